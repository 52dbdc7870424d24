"""Overrides: somebody else for a while. `take` is the one that a responder makes with a key."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row

from oncall_tui.domain.errors import Forbidden, Refused, Unknown
from oncall_tui.domain.schedules import BrokenSchedule, Override, Schedule, users_on_call
from oncall_tui.domain.schedules.preview import Preview
from oncall_tui.domain.time.walltime import format_instant
from oncall_tui.domain.world import World
from oncall_tui.ops.notices.handoffs import whole_second
from oncall_tui.ops.reading.who import schedule_named
from oncall_tui.ops.schedules.changing import (
    Changed,
    changing,
    kept,
    know,
    on_leave,
    preview_in,
    refuse,
    schedules_changed,
)
from oncall_tui.ops.session import Session
from oncall_tui.storage.statements.schedules import schedule_changes as stored


@dataclass(frozen=True, slots=True)
class OverrideRow:
    """A stored override: its number, its schedule, and what it says."""

    number: int
    schedule: str
    override: Override


def add_override(  # noqa: PLR0913 - an override says this much
    session: Session,
    schedule: str,
    *,
    start: datetime,
    end: datetime,
    users: Sequence[str] = (),
    replaces: str | None = None,
    add: Sequence[str] = (),
    remove: Sequence[str] = (),
    dry_run: bool = False,
) -> Changed:
    """Put an override on top of a schedule for [start, end), with exactly one of `users`, `add` and `remove`.

    `dry_run` only tells what it would do. Raises Unknown, Forbidden, Invalid or InvalidMany, with the rule's reason.
    """
    wanted = Override(start=start, end=end, users=tuple(users), replaces=replaces, add=tuple(add), remove=tuple(remove))
    with changing(session, dry_run=dry_run) as (conn, world):
        return _add(conn, session, world, schedule_named(world, schedule), wanted, session.now(), dry_run=dry_run)


def take(
    session: Session,
    schedule: str,
    *,
    until: datetime,
    replaces: str | None = None,
    user: str | None = None,
    dry_run: bool = False,
) -> Changed:
    """Be on call from now on in the place of whoever is, while they would be and until an instant.

    `user` takes it instead of the actor. With several on call, `replaces` names whom; with nobody, the taker is added.
    """
    with changing(session, dry_run=dry_run) as (conn, world):
        taker = user or session.actor.username
        if taker is None:
            raise Forbidden("nobody the team knows would be on call", mend="name yourself with --user, or who takes it")
        known = schedule_named(world, schedule)
        # One instant for all of it: what begins now is told by the change or by the next look, so by one of the two.
        now = session.now()
        start = whole_second(now)
        replaced = _replaced(known, start, taker, replaces)
        wanted = (
            Override(start=start, end=until, add=(taker,))
            if replaced is None
            else Override(start=start, end=until, users=(taker,), replaces=replaced)
        )
        return _add(conn, session, world, known, wanted, now, dry_run=dry_run)


def delete_override(session: Session, number: int, *, dry_run: bool = False) -> Changed:
    """Take an override away. Raises Unknown."""
    with changing(session, dry_run=dry_run) as (conn, world):
        row = stored.override_row(conn, number)
        if row is None:
            raise Unknown(f"there is no override {number}", mend="see 'oncall override list'", path="override")
        gone = _of_row(row)
        before = world.schedules[gone.schedule]
        left = tuple(override for override in before.overrides if override != gone.override)
        after = replace(before, overrides=left)
        shown = _preview_if_sound(world, before, after, gone.override)
        if not dry_run:
            stored.delete_override(conn, number)
            _keep(conn, session, world, "schedule.override.deleted", gone.override, (before, after), now=session.now())
        return Changed(
            number=number,
            schedule=gone.schedule,
            preview=shown,
            text=f"{gone.schedule}: no longer {told(gone.override)}",
        )


def list_overrides(
    session: Session, schedule: str | None = None, *, start: datetime | None = None, end: datetime | None = None
) -> tuple[OverrideRow, ...]:
    """The overrides that share an instant with [start, end), by start; of one schedule or of all. Raises Unknown."""
    with session.reading() as conn:
        if schedule is not None:
            schedule_named(session.directory.world(conn), schedule)
        found = [_of_row(row) for row in stored.override_rows(conn, schedule)]
    return tuple(
        row
        for row in found
        if (end is None or row.override.start < end) and (start is None or start < row.override.end)
    )


def told(override: Override) -> str:
    """An override in words, with its span."""
    if override.add:
        what = f"{', '.join(override.add)} added"
    elif override.remove:
        what = f"{', '.join(override.remove)} taken off"
    else:
        instead = f"instead of {override.replaces}" if override.replaces else "instead of everybody"
        what = f"{', '.join(override.users)} {instead}"
    return f"{what}, {format_instant(override.start)} to {format_instant(override.end)}"


def _add(  # noqa: PLR0913 - all of one change
    conn: Connection, session: Session, world: World, known: Schedule, wanted: Override, now: datetime, *, dry_run: bool
) -> Changed:
    people = [*wanted.puts_on, *wanted.remove, *((wanted.replaces,) if wanted.replaces else ())]
    know(world, people)
    override = replace(wanted, made_by=session.actor.name, made_at=now)
    after = replace(known, overrides=(*known.overrides, override))
    refuse(after, f"overrides[{len(known.overrides)}]")
    shown = preview_in(world, known, after, override.start, override.end)
    number = None
    if not dry_run:
        number = stored.add_override(conn, known.name, override)
        _keep(conn, session, world, "schedule.override.added", override, (known, after), now=now)
    return Changed(
        number=number,
        schedule=known.name,
        preview=shown,
        text=f"{known.name}: {told(override)}",
        leave=on_leave(conn, world, known.name, shown),
    )


def _preview_if_sound(world: World, before: Schedule, after: Schedule, gone: Override) -> Preview:
    """What goes with an override; nothing can be said of a broken schedule, which losing it may mend."""
    try:
        return preview_in(world, before, after, gone.start, gone.end)
    except BrokenSchedule:
        return Preview(gained=(), lost=(), gaps=(), double=())


def _replaced(known: Schedule, now: datetime, taker: str, replaces: str | None) -> str | None:
    """Whose place is taken; None when nobody is on call. Raises Refused when that is not clear or makes no sense."""
    on = users_on_call(known, now)
    if replaces is not None and replaces not in on:
        there = ", ".join(on) or "nobody"
        raise Refused(f"{replaces} is not on call in {known.name} now: {there}", mend="name somebody who is")
    if taker in on:
        raise Refused(f"{taker} is on call in {known.name} already", mend="see 'oncall who'")
    if replaces is None and len(on) > 1:
        raise Refused(f"{', '.join(on)} are on call together in {known.name}", mend="name whom to replace")
    return replaces or (on[0] if on else None)


def _of_row(row: Row[Any]) -> OverrideRow:
    override = Override(
        start=row.start_at,
        end=row.end_at,
        users=tuple(row.users),
        replaces=row.replaces,
        add=_names(row.added),
        remove=_names(row.removed),
        made_by=row.made_by,
        made_at=row.made_at,
    )
    return OverrideRow(row.id, row.schedule, override)


def _names(text: str | None) -> tuple[str, ...]:
    """One username as it is, several as a JSON list."""
    if not text:
        return ()
    return tuple(json.loads(text)) if text.startswith("[") else (text,)


def _keep(  # noqa: PLR0913 - all of one change
    conn: Connection,
    session: Session,
    world: World,
    action: str,
    override: Override,
    change: tuple[Schedule, Schedule],
    *,
    now: datetime,
) -> None:
    kept(conn, session, now, action, f"schedule {change[0].name}", told(override))
    schedules_changed(conn, session, now, world, [change])
