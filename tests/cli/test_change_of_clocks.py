"""FAULTS C4 23: both changes of the clocks, and of the zone's rules, with the same answer from every face.

The handoff lies in the hour that is skipped or repeated. The instants are worked out by hand from the zones' rules.
"""

from __future__ import annotations

import json
import shutil
from datetime import UTC, datetime, timedelta
from importlib.resources import as_file, files
from pathlib import Path

import pytest
import recurring_ical_events
from icalendar import Calendar

from oncall_tui.domain.schedules import resolve
from oncall_tui.domain.time.walltime import format_instant
from oncall_tui.ops.feeds import calendar_at, make_feed
from oncall_tui.ops.reading import rota
from oncall_tui.ops.session import open_session
from oncall_tui.settings import load_settings
from tests.cli.running import CommandLine
from tests.support.processes import oncall, oncall_environment

# name, zone, the anchor, then the handoffs to ana, to bo, and away from bo
CHANGES = [
    ("berlin-spring", "Europe/Berlin", "2026-03-28T02:30", "03-28T01:30", "03-29T01:00", "03-30T00:30"),
    ("berlin-autumn", "Europe/Berlin", "2026-10-24T02:30", "10-24T00:30", "10-25T00:30", "10-26T01:30"),
    ("york-spring", "America/New_York", "2026-03-07T02:30", "03-07T07:30", "03-08T07:00", "03-09T06:30"),
    ("york-autumn", "America/New_York", "2026-10-31T01:30", "10-31T05:30", "11-01T05:30", "11-02T06:30"),
    ("howe-spring", "Australia/Lord_Howe", "2026-10-03T02:15", "10-02T15:45", "10-03T15:30", "10-04T15:15"),
    ("howe-autumn", "Australia/Lord_Howe", "2026-04-04T01:45", "04-03T14:45", "04-04T14:45", "04-05T15:15"),
    ("casa-back", "Africa/Casablanca", "2026-02-14T02:30", "02-14T01:30", "02-15T01:30", "02-16T02:30"),
    ("casa-forth", "Africa/Casablanca", "2026-03-21T02:30", "03-21T02:30", "03-22T02:00", "03-23T01:30"),
]
NOW = datetime(2026, 2, 14, tzinfo=UTC)
USERS = "version: 1\nusers: [{username: ana, role: admin}, {username: bo}, {username: cy}]\nschedules:\n"
TEAM = USERS + "".join(
    f"""\
  - name: {name}
    timezone: {zone}
    layers: [{{name: daily, users: [ana, bo], start: {anchor}, every: 1d}}]
"""
    for name, zone, anchor, *_ in CHANGES
)
Rows = list[tuple[str, str, str]]


def expected(first: str, second: str, third: str) -> tuple[str, str, Rows]:
    """From and until of the two days, and who is on call in them."""
    one, two, three = (f"2026-{at}:00Z" for at in (first, second, third))
    return one, three, [("ana", one, two), ("bo", two, three)]


def shown(oncall: CommandLine, name: str, since: str, until: str, *flags: str) -> Rows:
    """What `schedule show` says; no gap may be in it."""
    answer = oncall.json("schedule", "show", name, "--from", since, "--until", until, *flags)
    assert answer["gaps"] == []
    return [(row["user"], row["start"], row["end"]) for row in answer["shifts"]]


@pytest.mark.unmeasured
def test_c4_23_every_face_hands_off_at_the_same_instant(sqlite_url: str, tmp_path: Path) -> None:
    oncall = CommandLine(sqlite_url, tmp_path)
    file = oncall.file(TEAM)
    oncall.ok("config", "apply", file)
    environment = oncall_environment(sqlite_url, {"ONCALL_USER": "ana"})
    session = open_session(load_settings({"database": sqlite_url}, environ=environment), via="test")
    try:
        schedules = {one.name: one for one in rota.schedules(session)}
        for name, _, _, *edges in CHANGES:
            since, until, rows = expected(*edges)
            assert shown(oncall, name, since, until) == rows
            assert shown(oncall, name, since, until, "--config", file) == rows
            start, end = datetime.fromisoformat(since), datetime.fromisoformat(until)
            tab = resolve(schedules[name], start, end)
            assert [(one.user, format_instant(one.start), format_instant(one.end)) for one in tab.shifts] == rows
            token = make_feed(session, schedule=name).token
            with session.reading() as conn:
                feed = calendar_at(conn, session.directory, token, NOW)
            assert read_back(feed, name, start, end) == rows
    finally:
        session.close()


def read_back(feed: bytes | None, name: str, start: datetime, end: datetime) -> Rows:
    """What a calendar program shows of the feed in [start, end)."""
    assert feed is not None
    calendar = Calendar.from_ical(feed)
    assert isinstance(calendar, Calendar)
    rows = []
    for one in recurring_ical_events.of(calendar).between(start, end):
        begin, over = one["DTSTART"].dt.astimezone(UTC), one["DTEND"].dt.astimezone(UTC)
        if begin < end and over > start:
            who = str(one["SUMMARY"]).removesuffix(f" on call: {name}")
            rows.append((who, format_instant(max(begin, start)), format_instant(min(over, end))))
    return sorted(rows, key=lambda row: row[1])


def test_c4_23_who_is_asked_at_the_handoff_and_a_second_before(cli: CommandLine) -> None:
    file = cli.file(TEAM, "changes.yaml")
    cli.ok("config", "apply", file)
    for name, _, _, _, second, _ in CHANGES:
        at = datetime.fromisoformat(f"2026-{second}:00+00:00")
        for asked, user in ((at, "bo"), (at - timedelta(seconds=1), "ana")):
            for flags in ([], ["--config", file]):
                answer = cli.json("who", "--schedule", name, "--at", format_instant(asked), *flags)
                assert [row["users"] for row in answer["on_call"]] == [[user]], (name, asked)


SUMMER = (
    USERS
    + """\
  - name: summer
    timezone: Europe/Berlin
    layers: [{name: daily, users: [ana, bo], start: 2026-06-29T09:00, every: 1d}]
    overrides: [{user: cy, start: 2026-07-01T10:00Z, end: 2026-07-01T12:00Z}]
"""
)


def turned_at(hour: str) -> Rows:
    """A day and a half of July in which people hand off at this hour in UTC; the override keeps its instants."""
    return [
        ("bo", "2026-07-01T00:00:00Z", f"2026-07-01T{hour}:00Z"),
        ("ana", f"2026-07-01T{hour}:00Z", "2026-07-01T10:00:00Z"),
        ("cy", "2026-07-01T10:00:00Z", "2026-07-01T12:00:00Z"),
        ("ana", "2026-07-01T12:00:00Z", f"2026-07-02T{hour}:00Z"),
        ("bo", f"2026-07-02T{hour}:00Z", "2026-07-02T12:00:00Z"),
    ]


def test_c4_23_when_the_zone_rules_change_handoffs_keep_their_wall_time_and_overrides_their_instant(
    sqlite_url: str, tmp_path: Path
) -> None:
    """A Berlin that gave up its summer time, between two answers from one database."""
    new_rules = tmp_path / "zoneinfo"
    (new_rules / "Europe").mkdir(parents=True)
    with as_file(files("tzdata.zoneinfo.Africa") / "Lagos") as an_hour_ahead_all_year:
        shutil.copy(an_hour_ahead_all_year, new_rules / "Europe" / "Berlin")
    file = tmp_path / "summer.yaml"
    file.write_text(SUMMER, encoding="utf-8")
    oncall(sqlite_url, "config", "apply", str(file), env={"ONCALL_USER": "ana"})
    span = ("--from", "2026-07-01T00:00Z", "--until", "2026-07-02T12:00Z", "--json")
    for rules, hour in (("", "07:00"), (str(new_rules), "08:00"), ("", "07:00")):
        for flags in ([], ["--config", str(file)]):
            env = {"ONCALL_USER": "ana", "PYTHONTZPATH": rules}
            answer = json.loads(oncall(sqlite_url, "schedule", "show", "summer", *span, *flags, env=env).stdout)
            assert [(row["user"], row["start"], row["end"]) for row in answer["shifts"]] == turned_at(hour)
            assert answer["gaps"] == []


@pytest.mark.parametrize("name", [name for name, *_ in CHANGES])
def test_c4_23_the_table_of_this_file_is_sound(name: str) -> None:
    """Spring days are shorter than 24 hours and autumn days longer, by an hour or by half of one."""
    (edges,) = [edges for known, _, _, *edges in CHANGES if known == name]
    one, two, three = (datetime.fromisoformat(f"2026-{at}:00+00:00") for at in edges)
    change = (three - one) - timedelta(days=2)
    half = timedelta(minutes=30)
    wanted = {"spring": -1, "forth": -1, "autumn": 1, "back": 1}[name.split("-")[1]] * half
    assert change == (wanted if name.startswith("howe") else 2 * wanted)
    assert one < two < three
