"""Schedules, and who is on call in them now and next."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from oncall_tui.domain.schedules import Schedule
from oncall_tui.domain.world import World
from oncall_tui.ops.reading.rows import OnCallRow
from oncall_tui.ops.reading.who import on_call_rows
from oncall_tui.ops.session import Session


def schedules(session: Session) -> tuple[Schedule, ...]:
    """Every schedule, by name."""
    with session.looking() as look:
        world = session.directory.world(look)
    return tuple(sorted(world.schedules.values(), key=lambda schedule: schedule.name))


def on_call(session: Session, at: datetime | None = None) -> tuple[OnCallRow, ...]:
    """Who is on call in each schedule, now or at an instant, and who comes after them."""
    with session.looking() as look:
        world = session.directory.world(look)
    return rota_of(world, session.now() if at is None else at)


def rota_of(world: World, at: datetime) -> tuple[OnCallRow, ...]:
    """Who is on call in each schedule of a world, by the schedule's name, and who comes after them."""
    return tuple(_with_next(row, world) for row in on_call_rows(world, at))


def _with_next(row: OnCallRow, world: World) -> OnCallRow:
    if row.until is None:
        return row
    return replace(row, next_users=world.on_call(row.schedule, row.until) or ())
