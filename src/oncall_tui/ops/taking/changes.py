"""Changes: what was done to a service on purpose. They page nobody, and stand beside its incidents for 90 days."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from oncall_tui.domain.events import Event
from oncall_tui.storage.statements.intake import changes as rows

KEPT = timedelta(days=90)
"""How long a change is kept: as long as at PagerDuty."""


def row_of(event: Event, *, integration: int | None, service: int, now: datetime) -> Mapping[str, Any]:
    """A change as it is kept. One that its sender dates into the future was made when it came."""
    made = event.started_at if event.started_at is not None and event.started_at <= now else now
    return {
        "service_id": service,
        "integration_id": integration,
        "at": made,
        "received_at": now,
        "summary": event.title,
        "source": event.labels.get("source", ""),
        "details": event.description,
        "link": event.link,
    }


def forget_old(conn: Connection, now: datetime) -> int:
    """Let go of the changes that have been kept long enough; how many there were."""
    return rows.forget(conn, now - KEPT)
