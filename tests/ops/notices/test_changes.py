"""Who has their shifts moved by somebody else is told, once; who did it themselves is not."""

from __future__ import annotations

from datetime import timedelta

import pytest

from oncall_tui.domain.directory.people import Role
from oncall_tui.domain.schedules import FixedShift
from oncall_tui.ops.config import apply
from oncall_tui.ops.schedules.overrides import add_override, delete_override, take
from oncall_tui.ops.schedules.shifts import add_shift
from tests.ops.notices.conftest import MADE, MONDAY, TEAM
from tests.ops.notices.test_handoffs import ROOM, SECOND, WEEK, at, queued, rows
from tests.support.house import House

HOUR = timedelta(hours=1)


def settled(house: House) -> None:
    """A worker has looked; nothing is left to be told."""
    at(house, MADE)
    assert queued(house) == []


def test_an_override_by_somebody_else_is_told_to_both(house: House) -> None:
    settled(house)
    start = MONDAY + timedelta(days=1)
    add_override(house.as_user("cy"), "primary", start=start, end=start + 2 * HOUR, users=["bo"], replaces="ana")
    gained, lost = sorted(rows(house), key=lambda row: row.username, reverse=True)
    assert (lost.username, lost.kind, lost.subject) == ("ana", "change", "Your shifts have changed: primary")
    assert lost.body.splitlines() == [
        "cy changed your shifts in primary.",
        "What: an override was added.",
        "You are not on call:",
        "- Tue 6 Jan 09:00 Europe/Lisbon until Tue 6 Jan 11:00 Europe/Lisbon",
    ]
    assert (gained.username, gained.contact) == ("bo", "mail")
    assert gained.body.splitlines()[2:] == [
        "You are on call:",
        "- Tue 6 Jan 04:00 America/New_York until Tue 6 Jan 06:00 America/New_York",
    ]


def test_who_did_it_is_not_told(house: House) -> None:
    settled(house)
    start = MONDAY + timedelta(days=1)
    add_override(house.as_user("bo"), "primary", start=start, end=start + HOUR, users=["bo"], replaces="ana")
    assert queued(house) == [("ana push", "Your shifts have changed: primary")]


def test_a_shift_taken_now_is_told_once_to_each_and_to_the_channel(house: House) -> None:
    """cy takes it at 10:10:00.5: ana learns it from the change itself, cy that it has begun, the room who has it."""
    settled(house)
    house.post(key="a", title="Slow")
    house.clock.move(timedelta(milliseconds=500))
    done = take(house.as_user("cy"), "primary", until=MONDAY + 3 * HOUR)
    assert queued(house) == [("ana push", "You are no longer on call: primary"), (ROOM, "On call in primary: cy")]
    assert rows(house)[0].body.splitlines() == [
        "You are no longer on call in primary: cy changed it.",
        "On call now: cy.",
        "What: an override was added.",
        "You are not on call:",
        "- Mon 5 Jan 10:10 Europe/Lisbon until Mon 5 Jan 12:00 Europe/Lisbon",
        "",
        "You still hold 1:",
        "#1 HIGH triggered: Slow",
    ]
    at(house, MADE + 2 * SECOND)
    assert queued(house)[2:] == [("cy push", "You are on call: primary")]
    at(house, MONDAY + 2 * HOUR)
    assert len(queued(house)) == 3
    assert done.number is not None


def test_a_shift_taken_as_a_second_ends_is_told_to_who_took_it(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second ends while the change is being written: it begins at 10:10:00, and everything says so."""
    settled(house)
    ticks = (MADE + timedelta(milliseconds=999 + count) for count in range(100))
    with monkeypatch.context() as ticking:
        ticking.setattr(house.clock, "now", lambda: next(ticks))
        take(house.as_user("cy"), "primary", until=MONDAY + 3 * HOUR)
    at(house, MADE + 3 * SECOND)
    assert queued(house) == [
        ("ana push", "You are no longer on call: primary"),
        (ROOM, "On call in primary: cy"),
        ("cy push", "You are on call: primary"),
    ]


def test_an_override_taken_back_is_told(house: House) -> None:
    settled(house)
    done = take(house.as_user("cy"), "primary", until=MONDAY + 3 * HOUR)
    at(house, MONDAY + 2 * HOUR)
    told = len(queued(house))
    assert done.number is not None
    delete_override(house.as_user("bo"), done.number)
    assert sorted(queued(house)[told:]) == [
        ("ana push", "You are on call now: primary"),
        ("cy push", "You are no longer on call: primary"),
        (ROOM, "On call in primary: ana"),
    ]
    told = len(queued(house))
    at(house, MONDAY + 3 * HOUR)
    assert len(queued(house)) == told, "by the schedule as it is now, nothing began or ended since"


def test_what_was_due_before_a_change_is_told_by_the_schedule_as_it_was(house: House) -> None:
    """No worker looked from ten past ten until cy's edit on the 12th at 10:00: bo's start at 09:00 is told by then."""
    settled(house)
    house.clock.set(MONDAY + WEEK + HOUR)
    take(house.as_user("cy"), "primary", until=MONDAY + WEEK + 3 * HOUR)
    assert queued(house)[:2] == [("ana push", "Your shift has ended: primary"), ("bo mail", "You are on call: primary")]
    assert ("bo mail", "You are no longer on call: primary") in queued(house)


def test_a_shift_of_an_admins_making(house: House) -> None:
    settled(house)
    start = MONDAY + timedelta(days=2)
    ana = house.as_user("ana", Role.ADMIN)
    add_shift(ana, "primary", FixedShift("bo", start, start + HOUR))
    assert queued(house) == [("bo mail", "Your shifts have changed: primary")]
    assert "What: layer shifts was added." in rows(house)[0].body


def test_a_config_file_tells_those_it_moves_but_nobody_who_is_new(house: House) -> None:
    settled(house)
    assert queued(house) == []  # the first file made everybody
    turned = TEAM.replace("users: [ana, bo], start", "users: [bo, zoe, ana], start").replace(
        "  - {username: cy",
        '  - {username: zoe, contacts: [{name: push, url: "json://127.0.0.1:9/zoe"}]}\n  - {username: cy',
    )
    apply(house.session, turned, addresses=False)
    assert queued(house) == [
        ("ana push", "You are no longer on call: primary"),
        ("bo mail", "You are on call now: primary"),
        (ROOM, "On call in primary: bo"),
    ]
    assert "What: layer weekly was edited." in rows(house)[0].body
    assert "root changed it" in rows(house)[0].body
    assert "- and " in rows(house)[0].body or rows(house)[0].body.count("\n- ") <= 5
    at(house, house.clock.now() + SECOND)
    assert len(queued(house)) == 3


def test_handoff_off_silences_changes_too(house: House) -> None:
    settled(house)
    start = MONDAY + timedelta(days=1)
    add_override(house.as_user("bo"), "quiet", start=start, end=start + HOUR, users=["bo"])
    assert queued(house) == []


def test_a_dry_run_tells_nobody(house: House) -> None:
    settled(house)
    take(house.as_user("cy"), "primary", until=MONDAY + 3 * HOUR, dry_run=True)
    assert queued(house) == []
