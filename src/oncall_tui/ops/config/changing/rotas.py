"""Writing schedules down: layers, overrides and temporary schedules; and when people are away."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from oncall_tui.domain.schedules import Override, Temporary
from oncall_tui.domain.time.walltime import format_instant
from oncall_tui.storage import tables
from oncall_tui.storage.directory_rows import writing as rows
from oncall_tui.storage.types import to_json

Plain = dict[str, Any]


def write_layers(conn: Connection, schedule: int, layers: Iterable[Plain]) -> None:
    """Let these entries be the layers of the schedule with this id, in order."""
    values = [
        {
            "position": place,
            "name": layer["name"],
            "definition": {key: value for key, value in layer.items() if key != "name"},
        }
        for place, layer in enumerate(layers)
    ]
    rows.replace(conn, tables.schedule_layers, "schedule_id", schedule, values)


def write_span(conn: Connection, schedule: int, value: Override | Temporary, by: str, now: datetime) -> None:
    """Add an override or a temporary schedule to the schedule with this id."""
    common = {
        "schedule_id": schedule,
        "start_at": value.start,
        "end_at": value.end,
        "made_by": by,
        "made_at": now,
    }
    if isinstance(value, Override):
        people = {"users": list(value.users), "replaces": value.replaces}
        changed = {"added": _names(value.add), "removed": _names(value.remove)}
        rows.add(conn, tables.schedule_overrides, common | people | changed)
        return
    shifts = [
        {"user": shift.user, "start": format_instant(shift.start), "end": format_instant(shift.end)}
        for shift in value.shifts
    ]
    rows.add(conn, tables.schedule_temporaries, common | {"shifts": shifts})


def _names(names: tuple[str, ...]) -> str | None:
    return to_json(list(names)) if names else None
