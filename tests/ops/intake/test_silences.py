"""Silences on the real databases: what they hold back, and what opens when they are over."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from oncall_tui.domain.directory.people import Role
from oncall_tui.domain.errors import Invalid, InvalidMany, Unknown
from oncall_tui.domain.matching.silences import SilenceState
from oncall_tui.domain.routing import parse_matchers
from oncall_tui.domain.severity import Severity
from oncall_tui.ops.intake.silences import NewSilence, add_silence, create, delete_silence, find, list_silences, replace
from oncall_tui.ops.reading import detail
from oncall_tui.ops.routing.releasing import next_look, release_due
from oncall_tui.storage.tables import audit, events, silenced_alerts
from tests.support.house import House
from tests.support.worlds import T0, minutes

CONFIG = """
version: 1
users: [{username: ana, contacts: [{name: push, url: "json://127.0.0.1:9/ana"}]}]
policies: [{name: p, remind: off, steps: [{delay: 15m, targets: [{user: ana}]}]}]
services:
  - {name: checkout, policy: p}
  - {name: whole, policy: p, grouping: service}
integrations:
  - {name: monitor, kind: generic, service: checkout}
  - {name: other, kind: generic, service: checkout}
  - {name: healthy, kind: generic, service: whole}
"""


@pytest.fixture
def house(database_url: str, tmp_path: Path) -> Iterator[House]:
    with House(database_url, CONFIG, tmp_path) as made:
        yield made


@pytest.fixture
def lite(sqlite_url: str, tmp_path: Path) -> Iterator[House]:
    with House(sqlite_url, CONFIG, tmp_path) as made:
        yield made


def silence(house: House, matchers: str = 'team="pay"', minutes_long: float = 60, start: float = 0) -> int:
    row = add_silence(
        house.as_user("ana"), matchers=matchers, start=T0 + minutes(start), length=minutes(minutes_long), comment="why"
    )
    return row.silence.id


def look(house: House) -> None:
    """The engine's look at silences, at every instant it asks for up to now."""
    now = house.clock.now()
    while True:
        with house.store.read() as conn:
            due = next_look(conn)
        if due is None or due > now:
            return
        with house.store.write() as conn:
            release_due(conn, house.directory, now)


def outcomes(house: House) -> list[tuple[str, str]]:
    with house.store.read() as conn:
        return [(row.outcome, row.note) for row in conn.execute(select(events).order_by(events.c.id))]


PAY = {"team": "pay"}


def test_it_opens_nothing_and_opens_when_the_silence_is_over(house: House) -> None:
    number = silence(house)
    taken = house.post(labels=PAY)
    assert (taken.number, taken.verdict, taken.because) == (None, "silenced", f"silenced by silence {number}")
    house.clock.set(T0 + minutes(59))
    house.post(labels=PAY, title="5xx, and worse", severity=Severity.CRITICAL)
    look(house)
    assert (house.open, house.paged) == ([], [])
    [row] = list_silences(house.session)
    assert (row.held_back, row.state, row.silence.creator, row.silence.comment) == (
        1,
        SilenceState.ACTIVE,
        "ana",
        "why",
    )
    house.clock.set(T0 + minutes(60))
    look(house)
    assert house.open == [(1, "triggered")]
    assert house.paged == [(60, "ana")]
    shown = detail(house.session, 1)
    assert (shown.incident.title, shown.incident.severity) == ("5xx, and worse", Severity.CRITICAL)
    told = [line.text for line in shown.timeline if line.kind == "routed"]
    assert told == [f"held back by silence {number} since 2026-03-01T03:00:00Z, and still firing"]
    # The silence is set aside: nothing is looked at any more, and a repeat is a repeat.
    with house.store.read() as conn:
        assert next_look(conn) is None
        assert house.directory.world(conn).silences == ()
    assert house.post(labels=PAY).verdict == "repeat"


def test_what_its_sender_ended_stays_shut(house: House) -> None:
    silence(house)
    house.post(labels=PAY)
    assert house.post("resolve", labels=PAY).verdict == "nothing"
    house.clock.set(T0 + minutes(60))
    look(house)
    assert (house.open, [verdict for verdict, _ in outcomes(house)]) == ([], ["silenced", "nothing"])


def test_an_alert_past_its_own_end_stays_shut(lite: House) -> None:
    silence(lite)
    lite.post(labels=PAY, expires_at=T0 + minutes(5))
    lite.clock.set(T0 + minutes(60))
    look(lite)
    assert (lite.open, [verdict for verdict, _ in outcomes(lite)]) == ([], ["silenced", "nothing"])


def test_deleting_it_opens_what_fires(house: House) -> None:
    number = silence(house)
    house.post(labels=PAY)
    house.clock.set(T0 + minutes(10))
    assert delete_silence(house.as_user("ana"), str(number)).state is SilenceState.EXPIRED
    look(house)
    assert house.paged == [(10, "ana")]
    assert delete_silence(house.as_user("ana"), str(number)).silence.end == T0 + minutes(10)
    with house.store.read() as conn:
        said = conn.execute(select(audit.c.action, audit.c.text).where(audit.c.object == f"silence {number}")).all()
    assert [row.action for row in said] == ["silence.added", "silence.ended"]
    assert said[0].text == 'team="pay": 2026-03-01T03:00:00Z to 2026-03-01T04:00:00Z'


def test_another_silence_takes_over(lite: House) -> None:
    first = silence(lite)
    silence(lite, 'title=~"5.."', minutes_long=30, start=50)
    lite.post(labels=PAY)
    lite.clock.set(T0 + minutes(60))
    look(lite)
    assert lite.open == []
    with lite.store.read() as conn:
        assert conn.execute(select(silenced_alerts.c.silence_id)).scalar_one() == first + 1
    lite.clock.set(T0 + minutes(80))
    look(lite)
    assert lite.paged == [(80, "ana")]


def test_what_is_open_runs_on(house: House) -> None:
    house.post(labels=PAY)
    silence(house)
    assert house.post(labels=PAY).verdict == "repeat"
    assert house.post("resolve", labels=PAY).verdict == "resolve"
    assert house.post(labels=PAY).verdict == "silenced"


@pytest.mark.parametrize(
    ("matchers", "labels", "verdict"),
    [
        ('team="pay"', {}, "open"),
        ('team=~"pay.*", env!="test"', {"team": "payments"}, "silenced"),
        ('team=~"pay.*", env!="test"', {"team": "payments", "env": "test"}, "open"),
        ('service="checkout"', {}, "silenced"),
        ('integration="monitor", severity!="critical"', {}, "silenced"),
        ('severity="high"', {"severity": "critical"}, "open"),  # a label goes before the field
    ],
)
def test_what_matches(lite: House, matchers: str, labels: dict[str, str], verdict: str) -> None:
    silence(lite, matchers)
    assert lite.post(labels=labels).verdict == verdict


def test_one_to_come_holds_nothing_back_yet(lite: House) -> None:
    silence(lite, start=5)
    assert lite.post(labels=PAY).verdict == "open"
    lite.clock.set(T0 + minutes(5))
    assert lite.post(labels=PAY, key="k2").verdict == "silenced"


def test_one_of_an_integration_is_about_its_alerts_alone(house: House) -> None:
    with house.store.write() as conn:
        world, now = house.directory.world(conn), house.clock.now()
        wanted = NewSilence(
            matchers=parse_matchers('team="pay"'),
            start=now,
            end=now + minutes(60),
            creator="amtool",
            integration="other",
        )
        made = create(conn, world, wanted, now, by="integration other", via="http")
    assert house.post(labels=PAY).verdict == "open"
    assert house.post(labels=PAY, integration="other").verdict == "silenced"
    with house.store.write() as conn, pytest.raises(Unknown):
        find(conn, made.uuid, integration="monitor")
    with house.store.write() as conn:
        world = house.directory.world(conn)
        again = replace(conn, world, made.uuid, wanted, house.clock.now(), by="x", via="http", integration="other")
        assert find(conn, made.uuid).state_at(house.clock.now()) is SilenceState.EXPIRED
        assert again.uuid != made.uuid


def test_healthy_forgets_all_of_the_service(lite: House) -> None:
    silence(lite)
    for key in ("a", "b"):
        lite.post(labels=PAY, key=key, integration="healthy")
    lite.post("resolve", key=None, integration="healthy")
    lite.clock.set(T0 + minutes(60))
    look(lite)
    assert lite.open == []


@pytest.mark.parametrize(
    ("matchers", "length", "path"),
    [
        ("", 60, "matchers"),
        ('team!="pay"', 60, "matchers"),
        ('team=~".*"', 60, "matchers"),
        ('team=~"("', 60, "matchers"),
        ('payload.a="b"', 60, "matchers"),
        ('team="pay"', 0, "end"),
        ('team="pay"', -5, "end"),
        ('team="pay"', 60 * 24 * 400, "end"),
    ],
)
def test_nonsense_is_refused(lite: House, matchers: str, length: float, path: str) -> None:
    with pytest.raises((Invalid, InvalidMany)) as refused:
        add_silence(lite.session, matchers=matchers, length=timedelta(minutes=length))
    assert [part.path for part in refused.value.parts] == [path]


def test_a_viewer_may_not(lite: House) -> None:
    with pytest.raises(Exception, match="may look"):
        add_silence(lite.as_user("vi", Role.VIEWER), matchers='team="pay"', length=minutes(5))
