"""A change of a schedule is taken back on both databases: for a minute, and only while nobody has built on it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from oncall_tui.domain.directory.people import Role
from oncall_tui.domain.errors import Forbidden, LostRace, Refused
from oncall_tui.domain.schedules import Schedule, editing
from oncall_tui.ops.schedules.editing import delete_schedule, save_schedule
from oncall_tui.ops.schedules.overrides import add_override, delete_override, list_overrides, take
from oncall_tui.ops.schedules.undoing import Undo, undo_change
from oncall_tui.storage.directory_rows.revision import revision
from oncall_tui.storage.tables import audit
from tests.ops.schedules.conftest import MONDAY
from tests.support.house import House

SECOND = timedelta(seconds=1)


def at(day: int, hour: int = 0) -> datetime:
    """An hour of a day in January 2026."""
    return MONDAY.replace(day=day, hour=hour)


def stored(house: House, name: str) -> Schedule | None:
    with house.store.read() as conn:
        return house.directory.world(conn).schedules.get(name)


def primary(house: House) -> Schedule:
    found = stored(house, "primary")
    assert found is not None
    return found


def on_call(house: House, schedule: str, when: datetime) -> tuple[str, ...] | None:
    with house.store.read() as conn:
        return house.directory.world(conn).on_call(schedule, when)


def directory_revision(house: House) -> int:
    with house.store.read() as conn:
        return revision(conn)


def last_note(house: House) -> tuple[str | None, str, str, str]:
    """(actor, action, object, text) of the newest line of the audit trail."""
    with house.store.read() as conn:
        query = select(audit.c.actor, audit.c.action, audit.c.object, audit.c.text).order_by(audit.c.id.desc())
        row = conn.execute(query.limit(1)).one()
    return row.actor, row.action, row.object, row.text


def added(house: House, *, start: datetime, end: datetime, user: str = "cy", by: str = "bo") -> Undo:
    """An override, and how it is taken back."""
    done = add_override(house.as_user(by), "primary", start=start, end=end, users=[user])
    return Undo(schedule="primary", at=house.clock.now(), number=done.number)


def taken(house: House) -> Undo:
    """Cy takes ana's shift until noon, an hour after its start."""
    house.clock.set(at(5, 10))
    done = take(house.as_user("cy"), "primary", until=at(5, 12))
    return Undo(schedule="primary", at=house.clock.now(), number=done.number)


def deleted(house: House) -> Undo:
    """An override is there, and then gone."""
    number = added(house, start=at(6), end=at(7)).number
    assert number is not None
    (row,) = list_overrides(house.session)
    house.clock.move(SECOND)
    delete_override(house.as_user("bo"), number)
    return Undo(schedule="primary", at=house.clock.now(), override=row.override)


def edited(house: House) -> Undo:
    """Cy joins the weekly rotation between ana and bo, and has the turn now."""
    before = primary(house)
    after = editing.set_participants(before, "weekly", (("cy",), ("ana",), ("bo",)), now=house.clock.now(), keep=False)
    shown = save_schedule(house.session, after, seen=before, accept=True)
    return Undo(schedule="primary", at=house.clock.now(), before=shown.before, after=shown.after)


def test_an_added_override_is_taken_back(house: House) -> None:
    before = primary(house)
    change = added(house, start=at(6), end=at(7))
    assert on_call(house, "primary", at(6, 12)) == ("cy",)
    held = directory_revision(house)
    house.clock.move(59 * SECOND)
    text = "cy instead of everybody, 2026-01-06T00:00:00Z to 2026-01-07T00:00:00Z"
    assert undo_change(house.as_user("bo"), change) == f"undone: {text}"
    assert on_call(house, "primary", at(6, 12)) == ("ana",)
    assert primary(house) == before
    assert directory_revision(house) == held + 1
    assert last_note(house) == ("bo", "schedule.override.undone", "schedule primary", f"no longer {text}")


def test_a_taken_shift_is_given_back(house: House) -> None:
    change = taken(house)
    assert on_call(house, "primary", at(5, 11)) == ("cy",)
    assert undo_change(house.as_user("cy"), change).startswith("undone: cy instead of ana, 2026-01-05T10:00:00Z")
    assert on_call(house, "primary", at(5, 11)) == ("ana",)
    assert list_overrides(house.session) == ()


def test_a_deleted_override_stands_again_as_it_was_made(house: House) -> None:
    change = deleted(house)
    assert on_call(house, "primary", at(6, 12)) == ("ana",)
    text = "cy instead of everybody, 2026-01-06T00:00:00Z to 2026-01-07T00:00:00Z"
    assert undo_change(house.as_user("cy"), change) == f"undone: primary is again with {text}"
    assert on_call(house, "primary", at(6, 12)) == ("cy",)
    (row,) = list_overrides(house.session)
    assert (row.override.made_by, row.override.made_at) == ("bo", MONDAY)
    assert last_note(house) == ("cy", "schedule.override.undone", "schedule primary", f"again {text}")


def test_a_deleted_override_goes_back_below_those_made_after_it(house: House) -> None:
    first = added(house, start=at(6), end=at(7))
    assert first.number is not None
    house.clock.move(SECOND)
    added(house, start=at(6), end=at(7), user="bo")
    assert on_call(house, "primary", at(6, 12)) == ("bo",)
    (gone,) = (row.override for row in list_overrides(house.session) if row.number == first.number)
    house.clock.move(SECOND)
    delete_override(house.as_user("bo"), first.number)
    undo_change(house.as_user("bo"), Undo(schedule="primary", at=house.clock.now(), override=gone))
    assert on_call(house, "primary", at(6, 12)) == ("bo",), "the later one still lies on top"
    assert len(list_overrides(house.session)) == 2


def test_an_edited_schedule_is_again_what_it_was_and_keeps_overrides_made_since(house: House) -> None:
    before = primary(house)
    change = edited(house)
    assert on_call(house, "primary", at(5, 11)) == ("cy",)
    house.clock.move(30 * SECOND)
    add_override(house.as_user("bo"), "primary", start=at(8), end=at(9), users=["bo"])
    assert undo_change(house.session, change) == "schedule primary is again what it was"
    assert on_call(house, "primary", at(5, 11)) == ("ana",)
    assert on_call(house, "primary", at(8, 12)) == ("bo",)
    assert primary(house).layers == before.layers
    assert last_note(house)[1] == "schedule.edited"


def test_a_renamed_schedule_gets_its_name_back(house: House) -> None:
    before = primary(house)
    shown = save_schedule(house.session, editing.rename(before, "first"), seen=before, accept=True)
    assert stored(house, "primary") is None
    change = Undo(schedule="first", at=house.clock.now(), before=shown.before, after=shown.after)
    assert undo_change(house.session, change) == "schedule primary is again what it was"
    assert stored(house, "first") is None
    assert primary(house) == before


def test_a_new_schedule_is_gone_again(house: House) -> None:
    made = replace(primary(house), name="second")
    shown = save_schedule(house.session, made, seen=None, accept=True)
    change = Undo(schedule="second", at=house.clock.now(), before=None, after=shown.after)
    assert undo_change(house.session, change) == "schedule second is gone again"
    assert stored(house, "second") is None


def test_a_new_schedule_that_somebody_covers_already_stays(house: House) -> None:
    shown = save_schedule(house.session, replace(primary(house), name="second"), seen=None, accept=True)
    change = Undo(schedule="second", at=house.clock.now(), before=None, after=shown.after)
    house.clock.move(SECOND)
    add_override(house.as_user("cy"), "second", start=at(6), end=at(7), users=["cy"])
    with pytest.raises(LostRace, match="schedule second is no longer what you saw: it was changed by cy"):
        undo_change(house.session, change)
    assert on_call(house, "second", at(6, 12)) == ("cy",)


@pytest.mark.parametrize("make", [taken, deleted, edited], ids=["added", "deleted", "edited"])
@pytest.mark.parametrize(("seconds", "is_kept"), [(59, False), (60, False), (61, True)])
def test_a_minute_is_the_limit(
    sqlite_house: House, make: Callable[[House], Undo], seconds: int, *, is_kept: bool
) -> None:
    change = make(sqlite_house)
    held = primary(sqlite_house)
    sqlite_house.clock.move(seconds * SECOND)
    if is_kept:
        with pytest.raises(Refused, match="can be undone for a minute"):
            undo_change(sqlite_house.session, change)
    else:
        undo_change(sqlite_house.session, change)
    assert (primary(sqlite_house) == held) is is_kept


def test_an_override_that_somebody_built_on_stays_and_they_are_named(house: House) -> None:
    change = added(house, start=at(6), end=at(7))
    house.clock.move(SECOND)
    add_override(house.as_user("cy"), "primary", start=at(6, 12), end=at(8), users=["bo"], replaces="cy")
    with pytest.raises(LostRace, match="cy has changed the same time since: bo instead of cy, 2026-01-06T12:00:00Z"):
        undo_change(house.as_user("bo"), change)
    assert on_call(house, "primary", at(6, 6)) == ("cy",)
    assert len(list_overrides(house.session)) == 2


def test_another_override_beside_it_is_no_hindrance(house: House) -> None:
    change = added(house, start=at(6), end=at(7))
    house.clock.move(SECOND)
    added(house, start=at(7), end=at(8), by="cy")
    undo_change(house.as_user("bo"), change)
    assert [on_call(house, "primary", at(day, 12)) for day in (6, 7)] == [("ana",), ("cy",)]


def test_a_deleted_override_does_not_come_back_over_one_made_since(house: House) -> None:
    change = deleted(house)
    house.clock.move(SECOND)
    add_override(house.as_user("ana"), "primary", start=at(6, 12), end=at(6, 13), users=["bo"])
    with pytest.raises(LostRace, match="ana has changed the same time since: bo instead of everybody"):
        undo_change(house.as_user("bo"), change)
    assert len(list_overrides(house.session)) == 1


def test_an_edit_that_somebody_edited_stays_and_they_are_named(house: House) -> None:
    change = edited(house)
    house.clock.move(SECOND)
    seen = primary(house)
    theirs = editing.remove_participant(seen, "weekly", "bo", now=house.clock.now())
    save_schedule(house.as_user("ana", Role.ADMIN), theirs, seen=seen, accept=True)
    with pytest.raises(LostRace, match=r"no longer what you saw: it was changed by ana at 2026-01-05T09:00:01Z"):
        undo_change(house.session, change)
    assert primary(house).layers == theirs.layers


def test_what_is_gone_can_not_be_undone(house: House) -> None:
    override, deletion, edit = added(house, start=at(12), end=at(13)), deleted_beside(house), edited(house)
    assert override.number is not None
    delete_override(house.as_user("cy"), override.number)
    with pytest.raises(LostRace, match="that override is no longer there"):
        undo_change(house.as_user("bo"), override)
    delete_schedule(house.as_user("ana", Role.ADMIN), "primary")
    with pytest.raises(LostRace, match="schedule primary is no longer there"):
        undo_change(house.as_user("bo"), deletion)
    with pytest.raises(LostRace, match="schedule primary is no longer there: it was changed by ana"):
        undo_change(house.session, edit)


def deleted_beside(house: House) -> Undo:
    """An override of another day is there, and then gone."""
    done = add_override(house.as_user("bo"), "primary", start=at(20), end=at(21), users=["cy"])
    assert done.number is not None
    gone = next(row.override for row in list_overrides(house.session) if row.number == done.number)
    delete_override(house.as_user("bo"), done.number)
    return Undo(schedule="primary", at=house.clock.now(), override=gone)


def test_undone_twice_is_refused_the_second_time(house: House) -> None:
    change = added(house, start=at(6), end=at(7))
    undo_change(house.as_user("bo"), change)
    with pytest.raises(LostRace):
        undo_change(house.as_user("bo"), change)


def test_undoing_needs_the_right_to_change_and_no_more(sqlite_house: House) -> None:
    """A change belongs to the team: whoever could make it by hand may take it back, and is written down."""
    override, edit = added(sqlite_house, start=at(12), end=at(13)), edited(sqlite_house)
    with pytest.raises(Forbidden):
        undo_change(sqlite_house.as_user("vi", Role.VIEWER), override)
    with pytest.raises(Forbidden):
        undo_change(sqlite_house.as_user("bo"), edit)
    undo_change(sqlite_house.as_user("cy"), override)
    assert last_note(sqlite_house)[:2] == ("cy", "schedule.override.undone")
    undo_change(sqlite_house.as_user("ana", Role.ADMIN), edit)
    assert last_note(sqlite_house)[:2] == ("ana", "schedule.edited")
