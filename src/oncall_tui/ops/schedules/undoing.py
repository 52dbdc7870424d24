"""Taking a change of a schedule back, for a minute, while nobody has built on it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import Connection

from oncall_tui.domain.errors import LostRace, Refused
from oncall_tui.domain.schedules import Override, Schedule
from oncall_tui.domain.world import World
from oncall_tui.ops.schedules.changing import changing, kept, schedules_changed
from oncall_tui.ops.schedules.editing import delete_schedule, save_schedule
from oncall_tui.ops.schedules.overrides import told
from oncall_tui.ops.session import Session
from oncall_tui.storage.statements.schedules import schedule_changes as stored

UNDO_WITHIN = timedelta(seconds=60)


@dataclass(frozen=True, slots=True, kw_only=True)
class Undo:
    """How one change is taken back: an override that was added or deleted, or a schedule that was saved.

    `number` is an added override's; `override` a deleted one; `after` what saving left, and `before` what was there.
    """

    schedule: str
    at: datetime
    number: int | None = None
    override: Override | None = None
    before: Schedule | None = None
    after: Schedule | None = None


def undo_change(session: Session, change: Undo) -> str:
    """Take the change back; what was done, in words.

    Raises Refused after a minute, LostRace when somebody has changed the same time, or the same schedule, since.
    """
    if session.now() - change.at > UNDO_WITHIN:
        raise Refused("a change of a schedule can be undone for a minute", mend="change it back by hand")
    if change.after is not None:
        return _undo_saving(session, change.before, change.after)
    with changing(session, dry_run=False) as (conn, world):
        if change.number is not None:
            return _undo_adding(conn, session, world, change.number)
        return _undo_deleting(conn, session, world, change)


def _undo_saving(session: Session, before: Schedule | None, after: Schedule) -> str:
    if before is None:
        delete_schedule(session, after.name, seen=after)
        return f"schedule {after.name} is gone again"
    save_schedule(session, before, seen=after, accept=True)
    return f"schedule {before.name} is again what it was"


def _undo_adding(conn: Connection, session: Session, world: World, number: int) -> str:
    row = stored.override_row(conn, number)
    if row is None:
        raise LostRace("that override is no longer there", mend="look at the schedule again")
    before = world.schedules[row.schedule]
    own = (row.start_at, row.end_at, row.made_at)
    mine = next(one for one in before.overrides if (one.start, one.end, one.made_at) == own)
    _refuse_built_on(before, mine, row.made_at)
    stored.delete_override(conn, number)
    after = replace(before, overrides=tuple(one for one in before.overrides if one is not mine))
    return _undone(conn, session, world, mine, (before, after), "no longer")


def _undo_deleting(conn: Connection, session: Session, world: World, change: Undo) -> str:
    gone, before = change.override, world.schedules.get(change.schedule)
    if gone is None or before is None:
        raise LostRace(f"schedule {change.schedule} is no longer there", mend="look at the schedules again")
    _refuse_built_on(before, gone, change.at)
    # With the time at which it was made: overrides apply in that order, so it goes back to its place among them.
    overrides = sorted((*before.overrides, gone), key=lambda one: (one.made_at is not None, one.made_at))
    stored.add_override(conn, change.schedule, gone)
    return _undone(conn, session, world, gone, (before, replace(before, overrides=tuple(overrides))), "again")


def _refuse_built_on(schedule: Schedule, mine: Override, since: datetime) -> None:
    for one in schedule.overrides:
        newer = one.made_at is not None and one.made_at > since
        if newer and one is not mine and one.start < mine.end and mine.start < one.end:
            raise LostRace(
                f"{one.made_by or 'somebody'} has changed the same time since: {told(one)}",
                mend="look at the schedule again, then change what is there now",
            )


def _undone(
    conn: Connection,
    session: Session,
    world: World,
    override: Override,
    change: tuple[Schedule, Schedule],
    word: str,
) -> str:
    now, name = session.now(), change[0].name
    kept(conn, session, now, "schedule.override.undone", f"schedule {name}", f"{word} {told(override)}")
    schedules_changed(conn, session, now, world, [change])
    return f"undone: {name} is {word} with {told(override)}" if word == "again" else f"undone: {told(override)}"
