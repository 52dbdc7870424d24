"""The Schedule tab by keyboard alone, in a real tmux: take, cover, undo, and a new rotation with a night layer.

What the screen says is held against what `oncall` answers in JSON.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.support.processes import ONCALL, Terminal, oncall, oncall_environment, wait_until

pytestmark = [pytest.mark.system("tmux"), pytest.mark.timeout(300)]

PLACES = ((80, 24, "sqlite_url"), (160, 48, "postgres_url"))
CONFIG = """
version: 1
users:
  - {username: ana, role: admin, timezone: Europe/Lisbon}
  - {username: bo, timezone: Europe/Stockholm}
  - {username: cy}
  - {username: dee}
schedules:
  - name: primary
    timezone: Europe/Lisbon
    layers:
      - {name: fixed, shifts: [{user: bo, start: "%s", end: "%s"}, {user: cy, start: "%s", end: "%s"}]}
"""


def instant(at: datetime) -> str:
    """As the command line writes it."""
    return f"{at:%Y-%m-%dT%H:%M:%SZ}"


class Desk:
    """A database and ana in front of its terminal. Bo is on call until tomorrow's hour, then cy for two days."""

    def __init__(self, url: str, folder: Path, size: tuple[int, int]) -> None:
        self.url = url
        self.began = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
        self.handoff = self.began + timedelta(days=1)
        self.end = self.began + timedelta(days=3)
        config = folder / "config.yaml"
        since = self.began - timedelta(days=1)
        config.write_text(CONFIG % tuple(map(instant, (since, self.handoff, self.handoff, self.end))))
        oncall(url, "config", "apply", str(config))
        environment = oncall_environment(url, {"ONCALL_USER": "ana"})
        self.terminal = Terminal(folder, ONCALL, environment, columns=size[0], rows=size[1])
        self.terminal.wait_for("Incidents")
        self.terminal.press("2")
        self.terminal.wait_for("because layer fixed")

    def press(self, *keys: str) -> None:
        """Keys by tmux's names."""
        self.terminal.press(*keys)

    def type(self, text: str) -> None:
        """Text, letter by letter as tmux sends it, and Enter."""
        self.terminal.press("-l", text)
        self.terminal.press("Enter")

    def shows(self, text: str) -> str:
        """The screen once it shows the text."""
        return self.terminal.wait_for(text)

    def who(self) -> list[str]:
        """Who is on call in primary now, by the command line."""
        answer = json.loads(oncall(self.url, "who", "--schedule", "primary", "--json").stdout)
        return list(answer["on_call"][0]["users"])

    def shifts(self, schedule: str, since: datetime, until: datetime) -> list[tuple[str, str, str]]:
        """(user, start, end) in the span, by the command line."""
        arguments = ("schedule", "show", schedule, "--from", instant(since), "--until", instant(until), "--json")
        answer: dict[str, Any] = json.loads(oncall(self.url, *arguments).stdout)
        return [(one["user"], one["start"], one["end"]) for one in answer["shifts"]]


@pytest.fixture(params=PLACES, ids=lambda place: f"{place[0]}x{place[1]}-{place[2]}")
def desk(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Desk]:
    columns, rows, database = request.param
    made = Desk(request.getfixturevalue(database), tmp_path, (columns, rows))
    try:
        yield made
    finally:
        made.terminal.close()


def test_a_shift_is_taken_and_given_back(desk: Desk) -> None:
    desk.press("t")
    shown = desk.shows("Take bo's shift?")
    assert "+ ana" in shown
    assert "- bo" in shown
    assert desk.who() == ["bo"], "nothing is done before the answer"
    desk.press("y")
    desk.shows("u undoes it")
    assert desk.who() == ["ana"]
    taken = desk.shifts("primary", desk.began, desk.end)
    assert ("cy", instant(desk.handoff), instant(desk.end)) in taken, "until the shift's end, and no longer"
    assert taken[1][0] == "ana"
    assert taken[1][2] == instant(desk.handoff)
    desk.press("u")
    desk.shows("undone: ana instead of bo")
    assert desk.who() == ["bo"]
    assert desk.shifts("primary", desk.began, desk.end)[0] == ("bo", instant(desk.began), instant(desk.handoff))


def test_two_hours_are_covered_and_the_override_deleted(desk: Desk) -> None:
    desk.press("Right", "Right", "Right")
    desk.press("o")
    desk.shows("Override primary")
    desk.type("soon")
    desk.shows("'soon' is no time")
    desk.press("BSpace", "BSpace", "BSpace", "BSpace")
    desk.type("+2h")
    shown = desk.shows("Make this override?")
    assert "2h" in shown
    desk.press("y")
    desk.shows("u undoes it")
    [wanted] = [one for one in desk.shifts("primary", desk.began, desk.end) if one[0] == "ana"]
    start, end = map(datetime.fromisoformat, wanted[1:])
    assert end - start == timedelta(hours=2)
    assert start - desk.began in (timedelta(hours=3), timedelta(hours=4)), "an hour may have begun meanwhile"
    desk.shows("because override by ana")
    desk.press("d")
    desk.shows("Delete the override ana for all?")
    desk.press("y")
    desk.shows("no longer ana for all   u undoes it")
    assert wanted not in desk.shifts("primary", desk.began, desk.end)
    desk.press("u")
    desk.shows("again with ana")
    assert wanted in desk.shifts("primary", desk.began, desk.end)


def test_a_weekly_rotation_with_a_night_layer_is_built_and_unmade(desk: Desk) -> None:
    desk.press("c")
    desk.shows("New schedule")
    desk.shows("a name that policies page")
    desk.type("nightly")
    desk.shows("changed, not saved")
    desk.press("Down", "Down", "a")
    desk.shows("ana, ana+bo together")
    desk.type("bo")
    desk.type("cy")
    desk.press("Enter", "G", "Enter")
    desk.type("nights")
    desk.press("-l", "de")
    desk.press("Tab", "Enter")
    desk.shows("People    dee")
    desk.press("Enter", "Down", "Enter", "C-u")
    desk.type("2026-01-05 00:00")
    desk.press("Down", "Enter", "C-u")
    desk.type("1d")
    desk.press("Down", "Down", "Down", "Enter")
    desk.type("20:00-08:00")
    desk.shows("Windows   20:00-08:00   mon-fri")
    desk.press("s")
    shown = desk.shows("y yes")
    assert "dee  " in shown, "who gains what"
    assert "Turn      1d" in shown
    desk.press("y")
    desk.shows("schedule nightly is made")
    since = datetime(2031, 1, 6, 12, tzinfo=UTC)  # a Monday in winter: Lisbon is at UTC
    people = [(user, start, end) for user, start, end in desk.shifts("nightly", since, since + timedelta(days=1))]
    assert people[1:2] == [("dee", "2031-01-06T20:00:00Z", "2031-01-07T08:00:00Z")], people
    assert len(people) == 3, people
    day = {people[0][0], people[2][0]}
    assert len(day) == 1
    assert day <= {"bo", "cy"}
    desk.shows("nightly   Europe/Lisbon")
    desk.press("u")
    desk.shows("is gone again")
    gone = json.loads(oncall(desk.url, "schedule", "list", "--json").stdout)
    assert [one["name"] for one in gone["schedules"]] == ["primary"]


def test_people_are_added_to_a_rotation_and_who_is_on_stays(desk: Desk) -> None:
    desk.press("E")
    desk.shows("Edit primary")
    desk.press("G", "Enter")
    desk.shows("enter keep")
    desk.type("backup")
    desk.shows("ana, ana+bo together")
    desk.type("dee")
    desk.press("Enter")
    desk.shows("dee takes over from bo at once")
    desk.press("s")
    desk.shows("y yes")
    desk.press("y")
    desk.shows("schedule primary is saved")
    wait_until(lambda: desk.who() == ["dee"], "the layer on top to win")
    desk.press("u")
    desk.shows("is again what it was")
    assert desk.who() == ["bo"]
