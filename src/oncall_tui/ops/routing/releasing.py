"""What silences held back and nothing holds any more: it opens now, if its sender's last word was that it fires."""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import datetime

import msgspec
from sqlalchemy import Connection

from oncall_tui.domain.matching.silences import silencing
from oncall_tui.domain.time.walltime import format_instant
from oncall_tui.ops.directory import Directory
from oncall_tui.ops.intake import events
from oncall_tui.ops.routing.held import read
from oncall_tui.storage.directory_rows import revision
from oncall_tui.storage.statements.incident.incidents import lock_services
from oncall_tui.storage.statements.intake import silences as rows
from oncall_tui.storage.statements.prepared import Asked

log = logging.getLogger(__name__)

BATCH = 50


def services_to_release(conn: Connection, now: datetime, limit: int = BATCH) -> set[int]:
    """The services whose silenced alerts `release_due` would look at now."""
    return {row.service_id for row in rows.due_releases(conn, now, limit)}


def release_due(conn: Connection, directory: Directory, now: datetime, limit: int = BATCH) -> datetime | None:
    """Open silenced alerts that nothing silences at `now`, the longest overdue first, `limit` at the most.

    They are placed as if their sender posted them now. The answer is when to look again; at or before `now` it means
    that more wait. Silences that are over and hold nothing back are set aside.
    """
    lock_services(conn, services_to_release(conn, now, limit))
    # Read again behind the locks: whoever held one may have taken a resolve.
    due = rows.due_releases(conn, now, limit)
    world = directory.world(conn) if due else None
    for row in due:
        assert world is not None, "read whenever something is due"
        try:
            event = read(row.event)
        except (msgspec.ValidationError, TypeError, ValueError) as error:
            log.error("silenced alert %d can't be read (%s): let go", row.id, type(error).__name__)
            rows.let_go(conn, row.integration_id, row.dedup_key)
            continue
        silence = silencing(world.silences, event, row.service, row.integration, now)
        if silence is not None:
            rows.put_off(conn, row.id, silence.id, silence.end)
            continue
        rows.let_go(conn, row.integration_id, row.dedup_key)
        if row.integration in world.integrations and row.service in world.services:
            why = f"held back by silence {row.silence_id} since {format_instant(row.first_seen_at)}, and still firing"
            events.release(conn, world, row.integration, row.service, replace(event, routed=(*event.routed, why)), now)
    if rows.finish(conn, now):
        revision.move_on(conn)
    return next_look(conn)


def put_all_off(conn: Connection, now: datetime, to: datetime, limit: int) -> None:
    """Look at what is due only again in a while: it can't be opened, and is to starve nothing else."""
    for row in rows.due_releases(conn, now, limit):
        rows.put_off(conn, row.id, row.silence_id, to)


def next_look(conn: Asked) -> datetime | None:
    """When to look at silences again: at the end of one, or for what an ended one held back."""
    coming = (rows.next_release(conn), rows.next_end(conn))
    return min((at for at in coming if at is not None), default=None)
