"""Fixed shifts: added to a layer of their own, deleted by span, in the words in which the others were written."""

from __future__ import annotations

from datetime import datetime

import pytest

from oncall_tui.domain.errors import Forbidden, Invalid, Refused, Unknown
from oncall_tui.domain.schedules import FixedShift
from oncall_tui.domain.schedules.preview import Stretch
from oncall_tui.ops.config import apply, export
from oncall_tui.ops.schedules.shifts import ShiftRow, add_shift, delete_shifts, list_shifts
from tests.ops.schedules.conftest import MONDAY
from tests.support.house import House

WRITTEN = """
version: 1
schedules:
  - name: fixed
    timezone: Europe/Lisbon
    layers:
      - name: plan
        shifts:
          - {user: ana, start: 2026-07-01T09:00, end: 2026-07-02T09:00}
          - {user: bo, start: 2026-07-02T09:00, end: 2026-07-03T09:00}
"""


def at(day: int, hour: int = 0) -> datetime:
    """An hour of a day in January 2026."""
    return MONDAY.replace(day=day, hour=hour)


def on_call(house: House, schedule: str, when: datetime) -> tuple[str, ...] | None:
    with house.store.read() as conn:
        return house.directory.world(conn).on_call(schedule, when)


def test_a_shift_goes_on_top_of_the_rotation(house: House) -> None:
    shift = FixedShift("cy", at(6, 8), at(6, 16))
    shown = add_shift(house.session, "primary", shift, dry_run=True)
    assert shown.preview.gained == (Stretch("cy", at(6, 8), at(6, 16)),)
    assert list_shifts(house.session, "primary") == ()
    assert add_shift(house.session, "primary", shift).preview == shown.preview
    assert on_call(house, "primary", at(6, 12)) == ("cy",)
    assert on_call(house, "primary", at(6, 16)) == ("ana",)
    add_shift(house.session, "primary", FixedShift("bo", at(7, 8), at(7, 16)))
    assert list_shifts(house.session, "primary") == (
        ShiftRow("shifts", shift),
        ShiftRow("shifts", FixedShift("bo", at(7, 8), at(7, 16))),
    )
    assert list_shifts(house.session, "primary", user="bo", start=at(7), end=at(8))[0].shift.user == "bo"
    assert list_shifts(house.session, "primary", start=at(6, 16), end=at(7, 8)) == ()


def test_those_wholly_inside_are_deleted_and_an_empty_layer_goes_with_them(house: House) -> None:
    for user, day in (("cy", 6), ("bo", 7), ("cy", 8)):
        add_shift(house.session, "primary", FixedShift(user, at(day, 8), at(day, 16)))
    cut = delete_shifts(house.session, "primary", start=at(6, 9), end=at(9), dry_run=True)
    assert [row.shift.user for row in cut.rows] == ["bo", "cy"]
    assert len(list_shifts(house.session, "primary")) == 3
    delete_shifts(house.session, "primary", start=at(6, 9), end=at(9), user="bo")
    assert [row.shift.user for row in list_shifts(house.session, "primary")] == ["cy", "cy"]
    done = delete_shifts(house.session, "primary", start=at(6, 8), end=at(8, 16))
    assert done.changed.preview.gained == (
        Stretch("ana", at(6, 8), at(6, 16)),
        Stretch("ana", at(8, 8), at(8, 16)),
    )
    assert on_call(house, "primary", at(6, 12)) == ("ana",)
    assert "name: shifts" not in export(house.session)
    nothing = delete_shifts(house.session, "primary", start=at(6), end=at(9))
    assert (nothing.rows, nothing.changed.preview.changes_nothing) == ((), True)


def test_what_a_file_wrote_keeps_its_words_and_can_be_applied_again(house: House) -> None:
    apply(house.session, WRITTEN, addresses=False)
    july = MONDAY.replace(month=7)
    assert list_shifts(house.session, "fixed")[0].shift.start == july.replace(day=1, hour=8)  # summer time in Lisbon
    add_shift(house.session, "fixed", FixedShift("cy", july.replace(day=3, hour=8), july.replace(day=4)), layer="plan")
    delete_shifts(house.session, "fixed", start=july.replace(day=2), end=july.replace(day=5), user="bo")
    told = export(house.session)
    assert "2026-07-01T09:00" in told
    assert "2026-07-03T08:00:00Z" in told
    assert "user: bo, start: 2026-07" not in told
    assert apply(house.session, told, addresses=False).changed == ()


def test_what_is_refused(sqlite_house: House) -> None:
    session = sqlite_house.session
    shift = FixedShift("cy", at(6, 8), at(6, 16))
    with pytest.raises(Refused, match="layer weekly is a rotation"):
        add_shift(session, "primary", shift, layer="weekly")
    with pytest.raises(Invalid):
        add_shift(session, "primary", FixedShift("cy", at(7), at(6)))
    with pytest.raises(Invalid, match="a name can't"):
        add_shift(session, "primary", shift, layer=" ")
    with pytest.raises(Unknown):
        add_shift(session, "primary", FixedShift("zoe", at(6), at(7)))
    with pytest.raises(Unknown):
        list_shifts(session, "nowhere")
    with pytest.raises(Forbidden):
        add_shift(sqlite_house.as_user("bo"), "primary", shift)
    with pytest.raises(Forbidden):
        delete_shifts(sqlite_house.as_user("bo"), "primary", start=at(6), end=at(7))
    add_shift(session, "primary", shift)
    with pytest.raises(Refused, match="is there already"):
        add_shift(session, "primary", shift)
    assert len(list_shifts(session, "primary")) == 1
