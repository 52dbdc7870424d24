"""The line on top."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime

from oncall_tui.domain.severity import Severity
from oncall_tui.ops.reading.rota import rota_of
from oncall_tui.ops.reading.rows import OnCallRow, Status
from oncall_tui.ops.session import Session
from oncall_tui.storage.reading import overview


def status(session: Session, now: datetime | None = None, *, rota: tuple[OnCallRow, ...] | None = None) -> Status:
    """Who is on call, what is open, whether a worker lives. `rota` spares resolving it again when it is known."""
    at = session.now() if now is None else now
    with session.looking() as look:
        world = session.directory.world(look)
        counts: Mapping[str, dict[Severity, int]] = defaultdict(dict)
        for state, severity, number in overview.open_incidents(look):
            counts[state][severity] = number
        worker, event = overview.worker_seen_at(look), overview.last_event_at(look)
    return Status(
        at=at,
        on_call=rota_of(world, at) if rota is None else rota,
        triggered=counts["triggered"],
        acknowledged=counts["acknowledged"],
        worker_seen_at=worker,
        last_event_at=event,
    )


def has_users(session: Session) -> bool:
    """Whether anybody is set up."""
    with session.looking() as look:
        return overview.has_users(look)
