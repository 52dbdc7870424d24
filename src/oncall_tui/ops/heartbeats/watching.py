"""Looking at heartbeats: who is late by now, and who has to be excused because nobody was there to hear."""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import Connection

from oncall_tui.domain.directory.heartbeats import AGAIN, UNWELL, Beat, Health, Signal, excused, missed, muted, watched
from oncall_tui.domain.errors import OncallError
from oncall_tui.domain.events import Action
from oncall_tui.domain.matching.silences import Silence, silencing
from oncall_tui.domain.time.walltime import format_instant
from oncall_tui.domain.world import World
from oncall_tui.ops.heartbeats.lives import (
    beat_of,
    event_of,
    excuse_text,
    failure_of,
    rhythm_of,
    rhythm_text,
    tell,
    values_of,
)
from oncall_tui.storage.statements.intake import heartbeats as rows
from oncall_tui.storage.statements.intake.heartbeats import BeatRow

log = logging.getLogger(__name__)

AWAY_AFTER = timedelta(seconds=15)
"""An absence: nobody who can hear has said so for that long. Workers say it every five seconds."""


def services_due(conn: Connection, now: datetime) -> set[int]:
    """The services whose incidents `look` may touch now."""
    return rows.service_ids(conn, None, now)


def stay_open(conn: Connection, now: datetime) -> timedelta | None:
    """Say that a worker who can hear is there at `now`; how long nobody was, if that was an absence.

    After one, every heartbeat that may have reported meanwhile gets room before it is late. Of several workers that
    come back at once one does this.
    """
    was = rows.open_door(conn)
    if was is not None and was >= now:
        return None
    if not rows.note_open_door(conn, was, now):
        return None
    if was is not None and now - was <= AWAY_AFTER:
        return None
    for row in rows.running_ones(conn):
        before = beat_of(row)
        since = was or row.since_at or now
        try:
            after = excused(before, rhythm_of(row.definition), (since, now))
        except OncallError as error:
            log.error("heartbeat %s can't be excused: %s", row.name, error.sentence)
            continue
        if after != before:
            rows.keep(conn, row.id, values_of(after))
    return now - was if was is not None else None


def names_due(conn: Connection, now: datetime) -> tuple[str, ...]:
    """The heartbeats that `look` would look at."""
    return tuple(row.name for row in rows.due(conn, now))


def put_off(conn: Connection, name: str, now: datetime) -> None:
    """Look only again in a while at one that can't be looked at, so that it starves no other."""
    for row in rows.due(conn, now, name):
        rows.keep(conn, row.id, {"due_at": now + AGAIN})


def look(conn: Connection, world: World, now: datetime, only: str | None = None) -> int:
    """Open an incident for every heartbeat that is late at `now`, and reckon those that are new; how many are late.

    `only` the one of this name, if it is given.
    """
    late = 0
    for row in rows.due(conn, now, only):
        before = beat_of(row)
        if before.due_at is None:
            rows.keep(conn, row.id, values_of(watched(before, rhythm_of(row.definition), now)))
            continue
        after, lines = _failed(row, before, now) or (missed(before, now), _late(row, before))
        # It is one occurrence for as long as it lasts, however often it is told anew.
        started = after.since if after.health is Health.LATE else None
        told = tell(conn, world, row, event_of(row, Action.TRIGGER, *lines, started_at=started), now)
        if told.quiet_until is not None:
            after = muted(after, told.quiet_until, now)
        rows.keep(conn, row.id, values_of(after))
        late += after.health is Health.LATE
    return late


def heard_again(conn: Connection, silence: Silence, now: datetime) -> None:
    """Look now at every heartbeat that this silence may have kept quiet: it is over."""
    alone = (replace(silence, start=now, end=now + AGAIN),)
    for row in rows.every(conn):
        event = event_of(row, Action.TRIGGER, f"Heartbeat {row.name} is late")
        if Health(row.health) in UNWELL and silencing(alone, event, row.service, None, now) is not None:
            rows.keep(conn, row.id, {"due_at": now})


def _failed(row: BeatRow, beat: Beat, now: datetime) -> tuple[Beat, tuple[str, ...]] | None:
    """A failure that a silence kept quiet, with its next sign expected as ever; None once that is late, too."""
    if beat.health is not Health.FAILED or row.signal != Signal.FAIL.value or row.heard_at is None:
        return None
    due = rhythm_of(row.definition).due_after(row.heard_at)
    return (replace(beat, due_at=due), (failure_of(row.name), row.detail)) if due > now else None


def _late(row: BeatRow, beat: Beat) -> tuple[str, ...]:
    signal = f"{row.signal} at {format_instant(row.heard_at)}" if row.heard_at is not None else "none, ever"
    expected = f"Expected {rhythm_text(rhythm_of(row.definition))}; the last sign: {signal}."
    if beat.health is Health.FAILED:
        expected += " It had failed before."
    if beat.started_at is not None:
        expected += f" The run that started at {format_instant(beat.started_at)} did not end in time."
    return f"Heartbeat {row.name} is late", expected, row.detail, excuse_text(beat)
