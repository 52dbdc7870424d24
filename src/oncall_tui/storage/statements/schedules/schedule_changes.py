"""Changing schedules one row at a time: overrides, the definitions of layers, the schedule itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Row, delete, func, insert, select, update

from oncall_tui.domain.schedules import Override
from oncall_tui.storage.tables import audit, calendar_feeds, incidents, schedule_layers, schedule_overrides, schedules
from oncall_tui.storage.tables.incidents import OPEN_INCIDENT
from oncall_tui.storage.types import to_json

_OVERRIDE = schedule_overrides.c
_LAYER = schedule_layers.c


def schedule_id(conn: Connection, name: str) -> int:
    """The row of the schedule of this name, which the caller knows to be there."""
    found: int = conn.execute(select(schedules.c.id).where(schedules.c.name == name)).scalar_one()
    return found


def add_schedule(conn: Connection, name: str, timezone: str) -> int:
    """Store a schedule without layers; its row."""
    made = insert(schedules).values(name=name, timezone=timezone).returning(schedules.c.id)
    return int(conn.execute(made).scalar_one())


def change_schedule(conn: Connection, row: int, name: str, timezone: str) -> None:
    """Let the schedule of this row have this name and zone."""
    conn.execute(update(schedules).where(schedules.c.id == row).values(name=name, timezone=timezone))


def delete_schedule(conn: Connection, row: int) -> None:
    """Delete the schedule of this row, and with it its layers, overrides, temporary schedules and calendars."""
    conn.execute(delete(schedules).where(schedules.c.id == row))


def calendars(conn: Connection, row: int) -> int:
    """How many calendars of the schedule of this row can be read."""
    owned = select(func.count()).where(calendar_feeds.c.schedule_id == row, calendar_feeds.c.revoked_at.is_(None))
    return int(conn.execute(owned).scalar_one())


def last_change(conn: Connection, thing: str, *, covers: bool = False) -> Row[Any, Any, Any] | None:
    """Who changed a thing last (`schedule primary`), as the audit trail has it; overrides apart, unless `covers`."""
    query = select(audit.c.at, audit.c.actor, audit.c.os_account).where(audit.c.object == thing)
    if not covers:
        query = query.where(audit.c.action.not_like("schedule.override.%"))
    return conn.execute(query.order_by(audit.c.id.desc()).limit(1)).one_or_none()


def open_documents(conn: Connection) -> Sequence[Row[int, str]]:
    """The number and document of every open incident, by number."""
    query = select(incidents.c.number, incidents.c.document).where(OPEN_INCIDENT)
    return conn.execute(query.order_by(incidents.c.number)).all()


def override_rows(conn: Connection, schedule: str | None = None) -> Sequence[Row[Any]]:
    """Every override, or those of one schedule, with the schedule's name, by start."""
    query = select(schedule_overrides, schedules.c.name.label("schedule")).join(schedules)
    if schedule is not None:
        query = query.where(schedules.c.name == schedule)
    return conn.execute(query.order_by(_OVERRIDE.start_at, _OVERRIDE.id)).all()


def override_row(conn: Connection, number: int) -> Row[Any] | None:
    """One override with its schedule's name."""
    query = select(schedule_overrides, schedules.c.name.label("schedule")).join(schedules)
    return conn.execute(query.where(_OVERRIDE.id == number)).one_or_none()


def add_override(conn: Connection, schedule: str, override: Override) -> int:
    """Store an override; its number."""
    values = {
        "schedule_id": schedule_id(conn, schedule),
        "start_at": override.start,
        "end_at": override.end,
        "users": list(override.users),
        "replaces": override.replaces,
        "added": to_json(list(override.add)) if override.add else None,
        "removed": to_json(list(override.remove)) if override.remove else None,
        "made_by": override.made_by,
        "made_at": override.made_at,
    }
    return int(conn.execute(insert(schedule_overrides).values(**values).returning(_OVERRIDE.id)).scalar_one())


def delete_override(conn: Connection, number: int) -> None:
    """Delete an override."""
    conn.execute(delete(schedule_overrides).where(_OVERRIDE.id == number))


def layer_row(conn: Connection, schedule: str, name: str) -> Row[Any, Any] | None:
    """The layer of this name: its id and its definition."""
    query = select(_LAYER.id, _LAYER.definition).join(schedules)
    return conn.execute(query.where(schedules.c.name == schedule, _LAYER.name == name)).one_or_none()


def add_layer(conn: Connection, schedule: str, name: str, definition: Mapping[str, Any]) -> None:
    """Store a layer after all the others of its schedule."""
    owner = schedule_id(conn, schedule)
    last = conn.execute(select(func.max(_LAYER.position)).where(_LAYER.schedule_id == owner)).scalar()
    position = 0 if last is None else last + 1
    conn.execute(
        insert(schedule_layers).values(schedule_id=owner, position=position, name=name, definition=dict(definition))
    )


def define_layer(conn: Connection, layer: int, definition: Mapping[str, Any]) -> None:
    """Let the layer with this id be defined so."""
    conn.execute(update(schedule_layers).where(_LAYER.id == layer).values(definition=dict(definition)))


def delete_layer(conn: Connection, layer: int) -> None:
    """Delete the layer with this id."""
    conn.execute(delete(schedule_layers).where(_LAYER.id == layer))
