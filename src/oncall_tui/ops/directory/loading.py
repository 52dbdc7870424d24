"""The world as the database holds it."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from oncall_tui.domain.directory.maintenance import MaintenanceWindow
from oncall_tui.domain.directory.services import Service
from oncall_tui.domain.errors import Invalid
from oncall_tui.domain.matching.silences import Silence
from oncall_tui.domain.notices import ScheduleNotices
from oncall_tui.domain.routing import parse_matchers
from oncall_tui.domain.schedules import Schedule
from oncall_tui.domain.world import World
from oncall_tui.ops.directory import building, stored
from oncall_tui.storage.directory_rows import reading
from oncall_tui.storage.looking import AnyRow, Look, look_of

if TYPE_CHECKING:
    from sqlalchemy import Connection

log = logging.getLogger(__name__)

UNREADABLE = (ValueError, KeyError, TypeError, AttributeError, StopIteration, OverflowError, Invalid)
"""What the builder raises for a row that somebody or something has broken."""


def load_world(conn: Connection | Look) -> World:
    """The directory at one revision. A broken schedule is there and raises BrokenSchedule when it is resolved."""
    look = look_of(conn)
    at = reading.revision(look)  # before the rows: whatever changes meanwhile bears a later revision
    people, rotas, ladders = reading.people(look), reading.rotas(look), reading.ladders(look)
    users = (building.user_of(entry) for entry in stored.users(people))
    teams = (building.team_of(entry) for entry in stored.teams(people))
    policies = (building.policy_of(entry) for entry in stored.policies(ladders))
    integrations = (building.integration_of(stored.integration(row)) for row in reading.senders(look))
    windows = [window for row in reading.maintenance(look) if (window := _window(row)) is not None]
    return World(
        users={user.username: user for user in users},
        teams={team.name: team for team in teams},
        schedules={row.name: _schedule(row, rotas) for row in rotas.schedules},
        notices={row.name: _notices(row, rotas) for row in rotas.schedules},
        policies={policy.name: policy for policy in policies},
        services={row.name: _service(row) for row in reading.watched(look)},
        integrations={integration.name: integration for integration in integrations},
        maintenance={window.name: window for window in windows},
        rules=tuple(building.rule_of(stored.rule(row), row.name) for row in reading.routing(look)),
        silences=tuple(silence for row in reading.silences(look) if (silence := _silence(row)) is not None),
        revision=at,
    )


def _window(row: AnyRow) -> MaintenanceWindow | None:
    try:
        return building.maintenance_of(stored.defined(row))
    except UNREADABLE as error:
        # Rather a page too many: what can't be read silences nothing.
        log.error("maintenance window %s is broken: %s", row.name, type(error).__name__)
        return None


def _silence(row: AnyRow) -> Silence | None:
    try:
        return silence_of(row)
    except UNREADABLE as error:
        # Rather a page too many, here too.
        log.error("silence %s is broken: %s", row.id, type(error).__name__)
        return None


def silence_of(row: AnyRow) -> Silence:
    """A stored silence. Raises Invalid for matchers that can't be read."""
    return Silence(
        id=row.id,
        uuid=row.uuid,
        matchers=parse_matchers(row.matchers),
        start=row.start_at,
        end=row.end_at,
        creator=row.creator,
        comment=row.comment,
        integration=row.integration,
    )


def _schedule(row: AnyRow, rows: reading.ScheduleRows) -> Schedule:
    try:
        return building.schedule_of(stored.schedule(row, rows))
    except UNREADABLE as error:
        log.error("schedule %s is broken: %s", row.name, type(error).__name__)
        return broken_schedule(row.name, row.timezone)


def _notices(row: AnyRow, rows: reading.ScheduleRows) -> ScheduleNotices:
    try:
        return building.notices_of(stored.told(row, rows))
    except UNREADABLE as error:
        log.error("what schedule %s tells is broken: %s", row.name, type(error).__name__)
        return ScheduleNotices()


def broken_schedule(name: str, timezone: str = "") -> Schedule:
    """A schedule that raises BrokenSchedule whenever it is resolved; others are unaffected (FAULTS 32)."""
    return Schedule(name=name, timezone=f"broken: {timezone}")


def _service(row: AnyRow) -> Service:
    entry: dict[str, Any] = stored.service(row)
    try:
        return building.service_of(entry)
    except UNREADABLE as error:
        # Its support hours can't be read: by severity, an alert of it is high rather than silent.
        log.error("service %s has broken support hours: %s", row.name, type(error).__name__)
        return building.service_of(entry | {"support_hours": None})
