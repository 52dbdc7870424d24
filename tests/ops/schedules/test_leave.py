"""Leave: who may note it, which shifts it touches, and what a check of a schedule finds."""

from __future__ import annotations

from datetime import datetime

import pytest

from oncall_tui.domain.directory.people import Role
from oncall_tui.domain.errors import Forbidden, Invalid, Unknown
from oncall_tui.domain.schedules.clashes import DoubleBooking, Leave, LeaveClash
from oncall_tui.ops.config import apply, export
from oncall_tui.ops.schedules.leave import LeaveRow, add_leave, check_schedule, delete_leave, list_leave
from tests.ops.schedules.conftest import MONDAY
from tests.support.house import House


def at(day: int, hour: int = 0) -> datetime:
    """An hour of a day in January 2026."""
    return MONDAY.replace(day=day, hour=hour)


def test_leave_is_kept_with_the_shifts_it_touches(house: House) -> None:
    done = add_leave(house.as_user("bo"), user="bo", start=at(18), end=at(25), note="the sea")
    clashes = (
        LeaveClash("bo", at(18), at(19, 9), "pair", "the sea"),
        LeaveClash("bo", at(18), at(19, 9), "primary", "the sea"),
    )
    assert done == LeaveRow(done.number, Leave("bo", at(18), at(25), "the sea"), clashes)
    assert list_leave(house.as_user("cy")) == (done,)
    assert list_leave(house.session, "bo", start=at(24), end=at(26)) == (done,)
    assert list_leave(house.session, start=at(25)) == list_leave(house.session, end=at(18)) == ()
    assert list_leave(house.session, "ana") == ()
    delete_leave(house.as_user("bo"), done.number)
    assert list_leave(house.session) == ()
    with pytest.raises(Unknown):
        delete_leave(house.session, done.number)


def test_ones_own_or_anybodys_for_an_admin(sqlite_house: House) -> None:
    with pytest.raises(Forbidden):
        add_leave(sqlite_house.as_user("bo"), user="cy", start=at(6), end=at(7))
    row = add_leave(sqlite_house.as_user("ana", Role.ADMIN), user="cy", start=at(6), end=at(7))
    with pytest.raises(Forbidden):
        delete_leave(sqlite_house.as_user("bo"), row.number)
    with pytest.raises(Forbidden):
        add_leave(sqlite_house.as_user("vi", Role.VIEWER), user="vi", start=at(6), end=at(7))


def test_what_makes_no_sense_is_refused(sqlite_house: House) -> None:
    session = sqlite_house.session
    add_leave(session, user="cy", start=at(6), end=at(8))
    with pytest.raises(Invalid, match="overlaps it"):
        add_leave(session, user="cy", start=at(7), end=at(9))
    with pytest.raises(Invalid, match="ends after it starts"):
        add_leave(session, user="cy", start=at(9), end=at(9))
    with pytest.raises(Invalid, match="at most 200"):
        add_leave(session, user="cy", start=at(9), end=at(10), note="x" * 201)
    with pytest.raises(Unknown):
        add_leave(session, user="zoe", start=at(9), end=at(10))
    with pytest.raises(Unknown):
        list_leave(session, "zoe")
    add_leave(session, user="cy", start=at(8), end=at(9))
    assert len(list_leave(session)) == 2


def test_a_check_finds_gaps_double_bookings_and_leave(house: House) -> None:
    add_leave(house.session, user="cy", start=at(18), end=at(20))
    found = check_schedule(house.session, "pair", at(11), at(20))
    assert [(gap.start, gap.end) for gap in found.gaps] == [(at(11), at(12, 9)), (at(19, 9), at(20))]
    assert found.declared == ()
    assert found.double == (DoubleBooking("bo", at(12, 9), at(19, 9), ("pair", "primary")),)
    assert found.leave == (LeaveClash("cy", at(18), at(19, 9), "pair", ""),)
    assert not found.fine
    with pytest.raises(Unknown):
        check_schedule(house.session, "nowhere", at(11), at(20))


def test_leave_is_no_part_of_a_file_and_applying_one_keeps_it(sqlite_house: House) -> None:
    add_leave(sqlite_house.session, user="cy", start=at(6), end=at(8))
    told = export(sqlite_house.session)
    assert apply(sqlite_house.session, told, addresses=False).changed == ()
    assert len(list_leave(sqlite_house.session)) == 1
