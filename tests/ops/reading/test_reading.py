"""What the faces read, on both databases: every filter gives exactly its rows, stretches never overlap or lack."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from oncall_tui.domain.errors import Invalid, Unknown
from oncall_tui.domain.queue import filters
from oncall_tui.domain.queue.filters import parse_filter
from oncall_tui.domain.severity import Severity
from oncall_tui.ops import reading
from oncall_tui.ops.incidents import acts
from tests.support.house import House
from tests.support.worlds import T0, minutes

CONFIG = """
version: 1
users:
  - {username: ana, role: admin, contacts: [{name: push, url: "json://127.0.0.1/ana"}]}
  - username: bo
    contacts: [{name: push, url: "json://127.0.0.1/bo"}]
    rules: [{contact: push, delay: 30s, urgency: high}]
teams: [{name: payments, members: [ana], policies: [main]}]
schedules:
  - {name: primary, timezone: UTC, layers: [{name: weekly, users: [ana, bo], start: 2026-02-23T00:00, every: 1w}]}
policies:
  - {name: main, repeat: 1, steps: [{delay: 5m, targets: [{schedule: primary}]}, {delay: 5m, targets: [{user: bo}]}]}
services:
  - {name: checkout, team: payments, policy: main, runbook: "https://wiki/x"}
  - {name: search, policy: main}
integrations:
  - {name: monitor, kind: generic, service: checkout}
  - {name: finder, kind: generic, service: search}
"""


@pytest.fixture
def house(database_url: str, tmp_path: Path) -> Iterator[House]:
    """Five incidents: 1 and 2 triggered, 3 acknowledged by bo, 4 low, 5 resolved."""
    with House(database_url, CONFIG, tmp_path) as made:
        made.post(key="a", title="Disk [/var] 100% full", severity=Severity.HIGH, labels={"region": "eu", "q": 'a"b'})
        made.post(key="b", title="Checkout 5xx", severity=Severity.CRITICAL)
        made.post(key="c", title="disk_slow", severity=Severity.MEDIUM, integration="finder")
        made.post(key="d", title="Chatty", severity=Severity.INFO, integration="finder")
        made.post(key="e", title="Over", integration="finder")
        acts.acknowledge(made.as_user("bo"), 3)
        acts.resolve(made.as_user("ana"), 5, reason="false alarm")
        yield made


FILTERS: tuple[tuple[str, list[int]], ...] = (
    ("", [2, 1, 4, 3]),
    ("state:all", [5, 4, 3, 2, 1]),
    ("state:triggered", [2, 1, 4]),
    ("state:acknowledged", [3]),
    ("state:resolved", [5]),
    ("state:open", [2, 1, 4, 3]),
    ("state:acked", [3]),
    ("state:resolved,triggered", [5, 4, 2, 1]),
    ("service:search", [4, 3]),
    ("service:search,checkout sev<high", [4, 3]),
    ("service:nowhere", []),
    ("team:payments", [2, 1]),
    ("sev>=high", [2, 1]),
    ("sev>high", [2]),
    ("sev<=medium", [4, 3]),
    ("sev<medium", [4]),
    ("sev:critical,info", [2, 4]),
    ("severity=high", [1]),
    ("urgency:low", [4]),
    ("urgency:high", [2, 1, 3]),
    ("urgency:high,low", [2, 1, 4, 3]),
    ("label:region=eu", [1]),
    ("label:region=eu service:search", []),
    ("@bo @nobody", [3]),
    ("#5 #2", [5, 2]),
    ('label:q=a"b', []),
    ("label:region=e", []),
    ("#5", [5]),
    ("disk", [1, 3]),
    ("DISK full", [1]),
    ("100%", [1]),
    ("k_s", [3]),
    ("[/var]", [1]),
    ("@bo", [3]),
    ("@b", []),
    ("@nobody", []),
    ("team:mine", []),
    ("since:1h", [2, 1, 4, 3]),
    ("before:1h", []),
    ("since:2026-01-01", [2, 1, 4, 3]),
    ("before:2026-01-01", []),
)


def test_a_filter_gives_exactly_its_rows(house: House) -> None:
    for text, numbers in FILTERS:
        page = reading.queue(house.session, parse_filter(text))
        assert ([row.number for row in page.rows], page.total) == (numbers, len(numbers)), text


def test_every_term_of_the_language_has_its_rows() -> None:
    """And each is tried where it keeps some and leaves some out; time and `mine` have tests of their own."""
    kept = {text for text, numbers in FILTERS if 0 < len(numbers) < 4}
    for field in {*filters._READERS, "sev"} - {"since", "before"}:
        assert any(text.startswith((f"{field}:", f"{field}>", f"{field}<", f"{field}=")) for text in kept), field
    assert {sign for sign in ("@", "#") if any(text.startswith(sign) for text in kept)} == {"@", "#"}
    for sign in filters._COMPARED:
        assert any(f"sev{sign}" in text for text in kept), sign


def test_time_parts_the_earlier_from_the_later(house: House) -> None:
    house.clock.set(T0 + minutes(30))
    house.post(key="late", title="Late")
    late = (T0 + minutes(30)).strftime("%Y-%m-%dT%H:%M:%SZ")
    for text, numbers in {
        "since:10m": [6],
        "before:10m": [1, 2, 3, 4],
        "since:1h": [1, 2, 3, 4, 6],
        "since:1h before:10m": [1, 2, 3, 4],
        f"since:{late}": [6],
        f"before:{late}": [1, 2, 3, 4],
    }.items():
        found = reading.queue(house.session, parse_filter(text))
        assert sorted(row.number for row in found.rows) == numbers, text


def test_my_teams_are_those_i_am_in(house: House) -> None:
    found = reading.queue(house.as_user("ana"), parse_filter("team:mine"))
    assert [row.number for row in found.rows] == [2, 1]


def test_me_is_whoever_looks(house: House) -> None:
    wanted = parse_filter("@me")
    assert [row.number for row in reading.queue(house.as_user("bo"), wanted).rows] == [3]
    assert reading.queue(house.session, wanted).rows == (), "somebody unknown has nothing"


@pytest.mark.parametrize("text", ["", "state:all"])
@pytest.mark.parametrize("limit", [1, 2, 3])
def test_stretches_join_to_the_whole(house: House, text: str, limit: int) -> None:
    wanted = parse_filter(text)
    whole = [row.number for row in reading.queue(house.session, wanted).rows]
    found: list[int] = []
    cursor: str | None = None
    while True:
        page = reading.queue(house.session, wanted, limit=limit, cursor=cursor)
        found += [row.number for row in page.rows]
        cursor = page.next_cursor
        if cursor is None:
            break
    assert found == whole


def test_a_made_up_cursor_is_refused(house: House) -> None:
    with pytest.raises(Invalid):
        reading.queue(house.session, parse_filter(""), cursor="x; drop table")


def test_a_row_says_what_comes_next_and_who_has_it(house: House) -> None:
    row = next(row for row in reading.queue(house.session, parse_filter("")).rows if row.number == 2)
    assert (row.service, row.team, row.assignees, row.steps, row.step) == ("checkout", "payments", ("ana",), 2, 1)
    assert (row.runbook, row.integration, row.dedup_key) == ("https://wiki/x", "monitor", "b")
    assert row.next is not None
    assert (row.next.kind, row.next.users, row.next.at - T0) == ("escalate", ("bo",), timedelta(minutes=5))


def test_the_story_of_one_incident(house: House) -> None:
    for job in house.claimed():
        house.answer(job)
    story = reading.detail(house.session, 2)
    assert [entry.kind for entry in story.timeline][:2] == ["triggered", "paged"]
    assert [(page.user, page.contact, page.state, len(page.attempts)) for page in story.pages] == [
        ("ana", "push", "delivered", 1)
    ]
    assert [(alert.key, alert.open, alert.count) for alert in story.alerts] == [("b", True, 1)]
    with pytest.raises(Unknown):
        reading.detail(house.session, 99)


def test_who_an_escalation_would_page_is_who_it_pages(house: House) -> None:
    ana = house.as_user("ana")
    told = reading.who_is_next(ana, 2)
    acts.escalate(ana, 2)
    assert told == ("bo",)
    assert reading.detail(ana, 2).incident.assignees == told


def test_the_line_on_top(house: House) -> None:
    status = reading.status(house.session)
    assert status.triggered == {Severity.CRITICAL: 1, Severity.HIGH: 1, Severity.INFO: 1}
    assert status.acknowledged == {Severity.MEDIUM: 1}
    acts.acknowledge(house.as_user("ana"), 2)
    both = reading.status(house.session)
    assert both.triggered == {Severity.HIGH: 1, Severity.INFO: 1}, "of none there is no count"
    assert both.acknowledged == {Severity.CRITICAL: 1, Severity.MEDIUM: 1}
    assert status.last_event_at == T0
    assert status.worker_seen_at is None
    (row,) = status.on_call
    assert (row.schedule, row.users, row.next_users) == ("primary", ("ana",), ("bo",))


def test_people_policies_services_teams_schedules(house: House) -> None:
    ana, bo = reading.users(house.session)
    assert (ana.on_call, ana.teams, bo.on_call) == (("primary",), ("payments",), ())
    assert "127.0.0.1/ana" not in ana.contacts[0].address, "addresses are redacted"
    assert bo.rules[0].delay == timedelta(seconds=30)
    (policy,) = reading.policies(house.session)
    assert [step.users_now for step in policy.steps] == [("ana",), ("bo",)]
    assert (policy.services, policy.teams) == (("checkout", "search"), ("payments",))
    checkout, search = reading.services(house.session)
    assert (checkout.healthy, checkout.open_incidents, search.open_incidents) == (False, 2, 2)
    assert checkout.integrations == (("monitor", "generic"),)
    assert [team.name for team in reading.teams(house.session)] == ["payments"]
    assert [schedule.name for schedule in reading.schedules(house.session)] == ["primary"]
    assert reading.has_users(house.session)
    assert reading.on_call(house.session)[0].users == ("ana",)
