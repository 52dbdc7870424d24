"""The same answer from SQLite, from PostgreSQL and from a config file alone, for any schedule."""

from __future__ import annotations

import json
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.cli.running import CommandLine

PEOPLE = ["ana", "bo", "cy", "dee"]
ZONES = ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Africa/Casablanca", "Asia/Kathmandu", "UTC"]
DAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
# Around both changes of the clocks in most of the zones, and a plain week.
SPANS = [
    ("2026-03-05T00:00Z", "2026-04-08T00:00Z"),
    ("2026-10-01T00:00Z", "2026-11-04T00:00Z"),
    ("2026-12-28T00:00Z", "2027-01-04T00:00Z"),
]

NUMBERS = count()

people = st.sampled_from(PEOPLE)
slots = st.lists(st.none() | people | st.lists(people, min_size=2, max_size=2, unique=True), min_size=1, max_size=4)
clocks = st.builds("{:02d}:{:02d}".format, st.integers(0, 23), st.sampled_from([0, 15, 30]))
dates = st.builds("2026-{:02d}-{:02d}".format, st.integers(1, 12), st.integers(1, 28))
windows = st.fixed_dictionaries(
    {"days": st.lists(st.sampled_from(DAYS), min_size=1, unique=True), "from": clocks, "to": clocks}
)
rotations = st.one_of(
    st.fixed_dictionaries(
        {"every": st.sampled_from(["8h", "1d", "2d", "1w", "1mo"])}, optional={"length": st.just("6h")}
    ),
    st.fixed_dictionaries({"cron": st.sampled_from(["30 1 * * *", "0 9 * * MON", "0 */6 * * *", "0 0 31 * *"])}),
    st.fixed_dictionaries(
        {
            "every": st.sampled_from(["1d", "1w"]),
            "days": st.lists(st.sampled_from(DAYS), min_size=1, unique=True),
        },
        optional={"length": st.sampled_from(["10h", "24h"])},
    ),
)


@st.composite
def layers(draw: st.DrawFn, name: str) -> dict[str, Any]:
    layer = draw(rotations) | {
        "name": name,
        "users": draw(slots),
        "start": f"2026-{draw(st.integers(1, 3)):02d}-02T02:30",
    }
    more = st.fixed_dictionaries(
        {},
        optional={
            "timezone": st.sampled_from(ZONES),
            "priority": st.integers(0, 2),
            "restrict": st.lists(windows, min_size=1, max_size=2),
            "until": dates.map(lambda day: f"{day}T12:00"),
        },
    )
    return layer | draw(more)


@st.composite
def overrides(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Some, a day each, so that no two of them meet."""
    made = []
    for day in draw(st.lists(dates, max_size=4, unique=True)):
        first, second = draw(st.permutations(PEOPLE))[:2]
        kinds: list[dict[str, Any]] = [
            {"user": first},
            {"users": [first, second]},
            {"user": first, "replaces": second},
            {"add": [first]},
            {"remove": [first, second]},
        ]
        span = {"start": f"{day}T{draw(clocks)}", "end": f"{day}T23:59"}
        made.append(span | draw(st.sampled_from(kinds)))
    return made


@st.composite
def configs(draw: st.DrawFn) -> dict[str, Any]:
    names = ["low", "middle", "high"][: draw(st.integers(1, 3))]
    schedule: dict[str, Any] = {
        "timezone": draw(st.sampled_from(ZONES)),
        "layers": [draw(layers(name)) for name in names],
        "overrides": draw(overrides()),
    }
    if draw(st.booleans()):
        inner = {"user": draw(people), "start": "2026-10-24T20:00", "end": "2026-10-25T06:00"}
        schedule["temporary"] = [{"start": "2026-10-24T12:00", "end": "2026-10-25T12:00", "shifts": [inner]}]
        schedule["overrides"] = [
            one for one in schedule["overrides"] if one["start"][:10] not in "2026-10-24 2026-10-25"
        ]
    roles = [{"username": "ana", "role": "admin"}, *({"username": name} for name in PEOPLE[1:])]
    return {"version": 1, "users": roles, "schedules": [schedule]}


@pytest.fixture
def databases(sqlite_url: str, postgres_url: str, tmp_path: Path) -> list[CommandLine]:
    """A command line on each of the two databases."""
    return [CommandLine(url, tmp_path) for url in (sqlite_url, postgres_url)]


def told(answer: str) -> Any:
    """What was answered; a file does not know who made its overrides, the databases do."""
    return json.loads(answer.replace("override by ana", "override"))


@pytest.mark.unmeasured
@settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(config=configs(), instants=st.lists(st.builds("{}T{}Z".format, dates, clocks), min_size=2, max_size=2))
def test_a_schedule_is_told_alike(databases: list[CommandLine], config: dict[str, Any], instants: list[str]) -> None:
    alone = databases[0]
    name = f"schedule-{next(NUMBERS)}"  # one of its own, as overrides are only ever added
    config["schedules"][0]["name"] = name
    file = alone.file(json.dumps(config))  # JSON is YAML
    for oncall in databases:
        oncall.ok("config", "apply", "--prune", file)
    for since, until in SPANS:
        asked = ("schedule", "show", name, "--from", since, "--until", until)
        first = told(alone.ok(*asked, "--json", "--config", file))
        assert first["shifts"] or first["gaps"]
        assert [told(oncall.ok(*asked, "--json")) for oncall in databases] == [first, first]
    for at in instants:
        point = ("who", "--schedule", name, "--at", at)
        first = told(alone.ok(*point, "--json", "--config", file))
        assert [told(oncall.ok(*point, "--json")) for oncall in databases] == [first, first]
