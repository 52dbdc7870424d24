"""Rules and transforms, from a post over HTTP to the incident's timeline."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
from sqlalchemy import select

from oncall_tui.domain.events import Action, Event
from oncall_tui.intake.doors.door import Arrival
from oncall_tui.intake.doors.writer_door import WriterDoor
from oncall_tui.intake.metrics import Metrics
from oncall_tui.intake.payload.reading import Post
from oncall_tui.ops.config import apply
from oncall_tui.ops.figures import Figures, figures
from oncall_tui.ops.intake.silences import add_silence
from oncall_tui.ops.reading import detail
from oncall_tui.ops.routing.transforms import Transforms
from oncall_tui.storage.tables import events
from oncall_tui.storage.writer import Writer
from tests.intake.serving import serving
from tests.support.house import House
from tests.support.worlds import minutes

PLAIN, ROUTED, TURNED = (letter * 32 for letter in "prt")
CONFIG = f"""
version: 1
users: [{{username: ana}}]
policies: [{{name: p, steps: [{{delay: 5m, targets: [{{user: ana}}]}}]}}]
services: [{{name: checkout, policy: p}}, {{name: payments, policy: p}}]
integrations:
  - {{name: plain, kind: generic, service: checkout, key: "{PLAIN}"}}
  - name: routed
    kind: generic
    service: checkout
    key: "{ROUTED}"
    rules:
      - {{name: paid, match: 'payload.meta.team=~"pay.*"', service: payments, severity: critical, title: "$title!"}}
      - {{name: noise, match: 'title=~"(?i)test.*"', suppress: true}}
  - name: turned
    kind: generic
    service: checkout
    key: "{TURNED}"
    rules:
      - {{name: good, match: 'title="good"', transform: good}}
      - {{name: raises, match: 'title="raises"', transform: raises, severity: low}}
      - {{name: hangs, match: 'title="hangs"', transform: hangs}}
      - {{name: eats, match: 'title="eats"', transform: eats}}
      - {{name: rubbish, match: 'title="rubbish"', transform: rubbish}}
      - {{name: odd, match: 'title="odd"', transform: odd}}
      - {{name: missing, transform: missing}}
rules:
  - {{name: everywhere, match: 'env="test"', urgency: low, hold_for: 2m}}
"""
FILES = {
    "good": "def transform(event):\n    event['service'] = 'payments'\n"
    "    event['title'] = event['payload']['meta']['team']\n    return event\n",
    "raises": "def transform(event):\n    raise KeyError('team')\n",
    "hangs": "def transform(event):\n    while True: pass\n",
    "eats": "def transform(event):\n    held = []\n    while True: held.append(bytearray(64 << 20))\n",
    "rubbish": "def transform(event):\n    return [1, 2]\n",
    "odd": "def transform(event):\n"
    "    return {'title': 5, 'severity': 'purple', 'description': 'kept', 'colour': 'red'}\n",
}


@pytest.fixture
def house(database_url: str, tmp_path: Path) -> Iterator[House]:
    with House(database_url, CONFIG, tmp_path) as made:
        yield made


@pytest.fixture
def lite(sqlite_url: str, tmp_path: Path) -> Iterator[House]:
    with House(sqlite_url, CONFIG, tmp_path) as made:
        yield made


def figures_of(house: House) -> Figures:
    with house.store.read() as conn:
        return figures(conn, house.directory.world(conn), house.clock.now())


def client(
    house: House, transforms: Transforms | None = None, quiet: Callable[[str, str], None] = lambda _kind, _outcome: None
) -> Iterator[httpx.Client]:
    writer = Writer(house.store)
    try:
        door = WriterDoor(writer, house.directory, house.clock, transforms=transforms, quiet=quiet)
        with (
            serving(door, figures=lambda: figures_of(house)) as url,
            httpx.Client(base_url=url, trust_env=False, timeout=15) as made,
        ):
            yield made
    finally:
        writer.stop()


@pytest.fixture
def http(house: House) -> Iterator[httpx.Client]:
    yield from client(house)


@pytest.fixture
def turning(lite: House, tmp_path: Path) -> Iterator[httpx.Client]:
    folder = tmp_path / "transforms"
    folder.mkdir()
    for name, text in FILES.items():
        (folder / f"{name}.py").write_text(text)
    # A wide limit: what is tried is what comes of each, not how quick a busy machine is.
    with Transforms(folder, memory=256 << 20, within=4.0) as transforms:
        transforms.warm()
        yield from client(lite, transforms)


def post(http: httpx.Client, path_key: str, /, **body: object) -> int | None:
    answer = http.post(f"/in/generic/{path_key}", json=body)
    assert answer.status_code == 202, answer.text
    number: int | None = answer.json()["incident"]
    return number


def told(house: House, number: int | None, kind: str = "routed") -> list[str]:
    assert number is not None
    return [line.text for line in detail(house.session, number).timeline if line.kind == kind]


def kept(house: House) -> list[tuple[str, str]]:
    with house.store.read() as conn:
        return [(row.outcome, row.note) for row in conn.execute(select(events).order_by(events.c.id))]


def test_the_very_first_post_is_routed_by_its_payload(house: House, http: httpx.Client) -> None:
    """Nobody has looked at the rules before: the payload is read on the second try of the same post."""
    number = post(http, ROUTED, title="5xx", meta={"team": "payments"}, severity="low")
    assert number is not None
    incident = detail(house.session, number).incident
    assert (incident.service, incident.severity, incident.title) == ("payments", "critical", "5xx!")
    lines = told(house, number)
    assert lines == ["rule 'paid': severity critical, title 5xx!", "rule 'paid': service payments"]
    assert kept(house) == [("open", "; ".join(lines))]


def test_what_a_rule_suppresses_is_kept_and_counted(house: House, http: httpx.Client) -> None:
    assert post(http, ROUTED, title="Testing, please ignore") is None
    assert (house.open, kept(house)) == (
        [],
        [("suppressed", "rule 'noise': suppressed; suppressed by rule 'noise'")],
    )


def test_a_form_and_a_query_have_payloads_too(lite: House) -> None:
    for http in client(lite):
        text = http.post(f"/in/generic/{ROUTED}", data={"title": "a", "meta[team]": "pay"}).json()
        assert detail(lite.session, text["incident"]).incident.service == "payments"


def test_rules_for_all_come_after_an_integrations_own(lite: House) -> None:
    for http in client(lite):
        number = post(http, PLAIN, title="slow", labels={"env": "test"})
        assert told(lite, number) == ["rule 'everywhere': urgency low, hold for 2m"]
        assert number is not None
        assert (lite.column(number, "urgency"), lite.kinds(number)) == ("low", ["triggered", "routed", "held"])
        alone = post(http, ROUTED, title="slow", labels={"env": "test"}, meta={"team": "pay"})
        assert "everywhere" not in str(told(lite, alone))


def test_new_rules_count_from_the_next_post_on(house: House, http: httpx.Client) -> None:
    assert told(house, post(http, PLAIN, title="a")) == []
    rule = 'rules: [{name: late, match: payload.deep.x="1", severity: info}]'
    apply(house.session, f"version: 1\n{rule}\n", addresses=False)
    assert told(house, post(http, PLAIN, title="b", deep={"x": 1})) == ["rule 'late': severity info"]


def test_one_key_is_one_alert_wherever_it_is_sent(house: House, http: httpx.Client) -> None:
    first = post(http, ROUTED, title="5xx", key="k", meta={"team": "payments"})
    assert post(http, ROUTED, title="5xx", key="k") == first
    assert post(http, ROUTED, title="5xx", key="k", action="resolve") == first
    assert house.open == []


def test_a_transform_changes_the_event(lite: House, turning: httpx.Client) -> None:
    number = post(turning, TURNED, title="good", meta={"team": "payments"})
    assert number is not None
    incident = detail(lite.session, number).incident
    assert (incident.service, incident.title) == ("payments", "payments")
    assert told(lite, number) == ["rule 'good': transform 'good' changed title", "rule 'good': service payments"]


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("raises", "transform 'raises' failed, the event goes on as it was: KeyError: 'team'"),
        ("hangs", "transform 'hangs' failed, the event goes on as it was: "),
        ("eats", "transform 'eats' failed, the event goes on as it was: it used more memory than it may"),
        ("rubbish", "transform 'rubbish' failed, the event goes on as it was: it returned a list, not a dict"),
        ("unheard", "there is no file missing.py or entry point of this name"),
    ],
)
def test_whatever_a_transform_does_the_incident_opens_and_says_why(
    lite: House, turning: httpx.Client, name: str, why: str
) -> None:
    number = post(turning, TURNED, title=name)
    assert lite.open == [(number, "triggered")]
    assert why in " ".join(told(lite, number))
    assert [verdict for verdict, note in kept(lite) if why in note] == ["open"]


def test_the_rest_of_an_odd_answer_counts(lite: House, turning: httpx.Client) -> None:
    number = post(turning, TURNED, title="odd")
    assert number is not None
    shown = detail(lite.session, number).incident
    assert (shown.title, shown.description, shown.severity) == ("odd", "kept", "high")
    [line] = told(lite, number)
    assert line == (
        "rule 'odd': transform 'odd' changed description; title must be text, not int; severity can't be 'purple'; "
        "colour is nothing that it can set"
    )


def test_what_opens_nothing_is_counted(lite: House) -> None:
    metrics = Metrics(lambda: figures_of(lite))
    add_silence(lite.session, matchers='title="quiet"', length=minutes(5))
    for http in client(lite, quiet=metrics.quiet):
        for title in ("test one", "test two", "quiet", "loud"):
            post(http, ROUTED, title=title)
    lines = metrics.text().decode().splitlines()
    assert 'oncall_intake_quiet_events_total{kind="generic",outcome="suppressed"} 2.0' in lines
    assert 'oncall_intake_quiet_events_total{kind="generic",outcome="silenced"} 1.0' in lines


def test_a_message_that_comes_again_by_itself_is_no_repeat(lite: House) -> None:
    """The first try of a cold door finds that it has to read the payload: the sender's number is not used up by it."""
    body = b'{"title": "5xx", "meta": {"team": "pay"}}'
    event = Event(action=Action.TRIGGER, dedup_key="k", title="5xx")
    arrival = Arrival(key=ROUTED, kind="generic", events=[event], payload="{}", post=Post(body=body), once="message-1")
    writer = Writer(lite.store)
    try:
        door = WriterDoor(writer, lite.directory, lite.clock)
        first = asyncio.run(door.take(arrival))
        again = asyncio.run(door.take(arrival))
    finally:
        writer.stop()
    assert ([one.number for one in first], list(again)) == ([1], [])
    assert detail(lite.session, 1).incident.service == "payments"
