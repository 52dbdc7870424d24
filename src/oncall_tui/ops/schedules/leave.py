"""When people are away, which shifts that touches, and what else is wrong with a schedule in a span."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from oncall_tui.domain.directory.people import Role
from oncall_tui.domain.errors import Forbidden, Invalid, Unknown
from oncall_tui.domain.schedules.clashes import LONGEST_NOTE, Findings, Leave, LeaveClash, examine, leave_clashes
from oncall_tui.domain.time.walltime import format_instant
from oncall_tui.ops.reading.who import schedule_named
from oncall_tui.ops.schedules.changing import changing, kept, know
from oncall_tui.ops.schedules.holidays import holidays_of
from oncall_tui.ops.session import Session
from oncall_tui.storage.statements.schedules import leave as stored


@dataclass(frozen=True, slots=True)
class LeaveRow:
    """Somebody's leave with its number, and the shifts they have meanwhile."""

    number: int
    leave: Leave
    clashes: tuple[LeaveClash, ...] = ()


def add_leave(session: Session, *, user: str, start: datetime, end: datetime, note: str = "") -> LeaveRow:
    """Note that a person is away in [start, end); the shifts they have then are told, not changed.

    One's own, or anybody's for an admin. Raises Unknown, Forbidden or Invalid, also for leave that overlaps another.
    """
    wanted = Leave(user, start, end, note)
    with changing(session, dry_run=False) as (conn, world):
        know(world, [user])
        _own(session, user)
        _check(conn, wanted)
        number = stored.add_leave(conn, wanted)
        kept(conn, session, session.now(), "leave.added", f"user {user}", _told(wanted))
        clashes = leave_clashes(world.schedules.values(), [wanted], start, end)
    return LeaveRow(number, wanted, clashes)


def delete_leave(session: Session, number: int) -> LeaveRow:
    """Forget a leave; one's own, or anybody's for an admin. Raises Unknown or Forbidden."""
    with changing(session, dry_run=False) as (conn, _):
        row = stored.leave_row(conn, number)
        if row is None:
            raise Unknown(f"there is no leave {number}", mend="see 'oncall leave list'", path="leave")
        _own(session, row.username)
        gone = Leave(row.username, row.start_at, row.end_at, row.note)
        stored.delete_leave(conn, number)
        kept(conn, session, session.now(), "leave.deleted", f"user {gone.user}", _told(gone))
    return LeaveRow(number, gone)


def list_leave(
    session: Session, user: str | None = None, *, start: datetime | None = None, end: datetime | None = None
) -> tuple[LeaveRow, ...]:
    """The leave that shares an instant with [start, end), by start, each with its clashes. Raises Unknown."""
    with session.reading() as conn:
        world = session.directory.world(conn)
        if user is not None:
            know(world, [user])
        rows = [
            (row.id, Leave(row.username, row.start_at, row.end_at, row.note)) for row in stored.leave_rows(conn, user)
        ]
    return tuple(
        LeaveRow(number, one, leave_clashes(world.schedules.values(), [one], one.start, one.end))
        for number, one in rows
        if (end is None or one.start < end) and (start is None or start < one.end)
    )


def check_schedule(session: Session, name: str, start: datetime, end: datetime) -> Findings:
    """Gaps, double bookings and leave clashes of a schedule in [start, end). Raises Unknown or BrokenSchedule."""
    with session.reading() as conn:
        world = session.directory.world(conn)
        known = schedule_named(world, name)
        away = [Leave(row.username, row.start_at, row.end_at, row.note) for row in stored.leave_rows(conn)]
    away += holidays_of(world.users.values(), start, end)
    others = [schedule for other, schedule in world.schedules.items() if other != name]
    return examine(known, others, away, start, end)


def _own(session: Session, user: str) -> None:
    if session.actor.username != user and session.actor.role is not Role.ADMIN:
        raise Forbidden(f"{session.actor.name} is no admin", mend=f"ask {user} or an admin to do it")


def _check(conn: Connection, wanted: Leave) -> None:
    if wanted.end <= wanted.start:
        raise Invalid("leave ends after it starts", mend="give a later end", path="end")
    if len(wanted.note) > LONGEST_NOTE:
        raise Invalid(f"a note has at most {LONGEST_NOTE} characters", mend="shorten it", path="note")
    for row in stored.leave_rows(conn, wanted.user):
        if row.start_at < wanted.end and wanted.start < row.end_at:
            there = _told(Leave(row.username, row.start_at, row.end_at))
            raise Invalid(f"leave {row.id} overlaps it: {there}", mend="delete that one first", path="start")


def _told(one: Leave) -> str:
    return f"{one.user} away, {format_instant(one.start)} to {format_instant(one.end)}"
