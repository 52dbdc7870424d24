"""What every change of a schedule has in common: it is judged, previewed, kept, noted, and waiting incidents look."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from oncall_tui.domain.errors import Invalid, InvalidMany, OncallError, Unknown
from oncall_tui.domain.schedules import Schedule, problems
from oncall_tui.domain.schedules.clashes import Leave, LeaveClash
from oncall_tui.domain.schedules.editing.effects import away
from oncall_tui.domain.schedules.preview import Preview, preview
from oncall_tui.domain.world import World
from oncall_tui.ops.notices.changes import tell_of_changes
from oncall_tui.ops.schedules.holidays import holidays_of
from oncall_tui.ops.session import Session
from oncall_tui.storage.directory_rows import revision
from oncall_tui.storage.directory_rows import writing as rows
from oncall_tui.storage.statements.schedules.leave import leave_rows


@dataclass(frozen=True, slots=True, kw_only=True)
class Changed:
    """What a change led to, or would lead to: the override's number if it is one, what moves, and a sentence.

    `leave` are the stretches in which somebody comes on who is away.
    """

    number: int | None
    schedule: str
    preview: Preview
    text: str
    leave: tuple[LeaveClash, ...] = ()


Change = tuple[Schedule | None, Schedule | None]
"""A schedule before and after: None where it was not there, or is gone."""


@contextmanager
def changing(session: Session, *, dry_run: bool) -> Iterator[tuple[Connection, World]]:
    """The directory that the change is made to; nobody else changes it meanwhile unless nothing is to be kept."""
    session.actor.may_act()
    if dry_run:
        with session.reading() as conn:
            yield conn, session.directory.world(conn)
        return
    with session.writing() as conn:
        revision.lock(conn)
        yield conn, session.directory.world(conn)


def kept(conn: Connection, session: Session, now: datetime, action: str, thing: str, text: str) -> None:
    """Finish a change in its own transaction: tell every process, wake waiting incidents, note who did it."""
    entry = {
        "at": now,
        "actor": session.actor.username,
        "os_account": session.actor.os_account,
        "via": session.actor.via,
        "action": action,
        "object": thing,
        "text": text,
    }
    rows.note(conn, [entry])
    revision.move_on(conn)
    revision.wake_waiting(conn, now)


def refuse(after: Schedule, prefix: str) -> None:
    """Raise whatever the rules say against the part of the schedule at this path; other parts are not judged."""
    found: list[OncallError] = [
        Invalid(problem.sentence, mend=problem.mend, path=problem.path[len(prefix) :].lstrip("."))
        for problem in problems(after)
        if problem.path == prefix or problem.path.startswith((f"{prefix}.", f"{prefix}["))
    ]
    if len(found) == 1:
        raise found[0]
    if found:
        raise InvalidMany(found)


def preview_in(world: World, before: Schedule, after: Schedule, start: datetime, end: datetime) -> Preview:
    """What the change does in [start, end), beside all the other schedules of the world."""
    others = [schedule for name, schedule in world.schedules.items() if name != before.name]
    return preview(before, after, others, start, end)


def schedules_changed(
    conn: Connection, session: Session, now: datetime, world: World, changes: Sequence[Change]
) -> None:
    """Every change of schedules passes here, in its own transaction: overrides, shifts, edits, config files.

    `world` is the directory before the change; the actor of the session made it. Each may be broken.
    """
    tell_of_changes(conn, world, changes, now, user=session.actor.username, by=session.actor.name)


def leave_of(conn: Connection) -> tuple[Leave, ...]:
    """When everybody is away."""
    return tuple(Leave(row.username, row.start_at, row.end_at, row.note) for row in leave_rows(conn))


def on_leave(conn: Connection, world: World, schedule: str, shown: Preview) -> tuple[LeaveClash, ...]:
    """Where those who come on are away, be it on a public holiday."""
    if not shown.gained:
        return ()
    users = [world.users[name] for name in sorted({one.user for one in shown.gained}) if name in world.users]
    start, end = min(one.start for one in shown.gained), max(one.end for one in shown.gained)
    return away(schedule, shown.gained, (*leave_of(conn), *holidays_of(users, start, end)))


def know(world: World, users: Iterable[str]) -> None:
    """Raise Unknown for a username that nobody has."""
    for user in users:
        if user not in world.users:
            there = ", ".join(sorted(world.users)) or "none yet"
            raise Unknown(f"there is no user '{user}'", mend=f"there is: {there}", path="user")
