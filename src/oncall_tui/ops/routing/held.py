"""What silences hold back: the last word of each alert, kept until it may open or its sender says that it is over."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Connection

from oncall_tui.domain.events import Action, Event
from oncall_tui.domain.intake.grouping import Placement
from oncall_tui.storage.statements.intake import silences as rows


def note_silence(
    conn: Connection, event: Event, placement: Placement, *, integration: int, service: int, now: datetime
) -> None:
    """Keep an event that was silenced, or forget what was kept of its alert when it opened or is over.

    Call it after each placement of an integration's event while the world has silences: without them nothing is kept.
    """
    if placement.silence is not None and event.dedup_key is not None:
        rows.hold_back(
            conn,
            integration=integration,
            key=event.dedup_key,
            service=service,
            silence=placement.silence.id,
            event=written(event),
            at=now,
            due=placement.silence.end,
        )
    elif event.action is Action.ACKNOWLEDGE or event.suppressed is not None:
        return
    elif event.dedup_key is not None:
        rows.let_go(conn, integration, event.dedup_key)
    else:
        rows.let_go_all(conn, integration, service)


def written(event: Event) -> Any:
    """An event as plain JSON."""
    return msgspec.to_builtins(event)


def read(plain: Any) -> Event:
    """The event that `written` made this of. Raises msgspec.ValidationError for anything else."""
    return msgspec.convert(plain, Event)
