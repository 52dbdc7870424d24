"""The whole directory in one look: every row of the configured objects, in their order."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, FromClause, Row, Select, Text, select, type_coerce

from oncall_tui.storage.tables import (
    channels,
    contact_methods,
    heartbeats,
    integration_keys,
    integrations,
    maintenance_windows,
    notification_rules,
    policies,
    policy_steps,
    policy_targets,
    routing_rules,
    schedule_layers,
    schedule_notices,
    schedule_overrides,
    schedule_temporaries,
    schedules,
    services,
    team_members,
    team_policies,
    teams,
    users,
)

AnyRow = Row[Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class PeopleRows:
    """Users, and what belongs to each by user id; teams, with the names of members and policies by team id."""

    users: Sequence[AnyRow]
    contacts: Mapping[int, list[AnyRow]]
    rules: Mapping[int, list[AnyRow]]
    teams: Sequence[AnyRow]
    members: Mapping[int, list[AnyRow]]
    policies: Mapping[int, list[AnyRow]]


@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduleRows:
    """Schedules, and what belongs to each by schedule id. JSON stays text: one broken row may not hide the rest."""

    schedules: Sequence[AnyRow]
    layers: Mapping[int, list[AnyRow]]
    overrides: Mapping[int, list[AnyRow]]
    temporaries: Mapping[int, list[AnyRow]]
    notices: Mapping[int, list[AnyRow]]


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyRows:
    """Policies, their steps by policy id, and targets by (policy id, step id or None for the fallback)."""

    policies: Sequence[AnyRow]
    steps: Mapping[int, list[AnyRow]]
    targets: Mapping[tuple[int, int | None], list[AnyRow]]


def people(conn: Connection) -> PeopleRows:
    """Every user and team."""
    rules = (
        select(notification_rules, contact_methods.c.name.label("contact"))
        .join(contact_methods, contact_methods.c.id == notification_rules.c.contact_id)
        .order_by(notification_rules.c.position, notification_rules.c.id)
    )
    members = (
        select(team_members.c.team_id, users.c.username)
        .join(users, users.c.id == team_members.c.user_id)
        .order_by(team_members.c.position, users.c.id)
    )
    paging = (
        select(team_policies.c.team_id, policies.c.name)
        .join(policies, policies.c.id == team_policies.c.policy_id)
        .order_by(team_policies.c.position, policies.c.id)
    )
    return PeopleRows(
        users=_all(conn, select(users).order_by(users.c.id)),
        contacts=_by(
            _all(conn, select(contact_methods).order_by(contact_methods.c.position, contact_methods.c.id)), "user_id"
        ),
        rules=_by(_all(conn, rules), "user_id"),
        teams=_all(conn, select(teams).order_by(teams.c.id)),
        members=_by(_all(conn, members), "team_id"),
        policies=_by(_all(conn, paging), "team_id"),
    )


def rotas(conn: Connection) -> ScheduleRows:
    """Every schedule."""
    layers, overrides, temporaries = schedule_layers.c, schedule_overrides.c, schedule_temporaries.c
    told = (
        _raw(schedule_notices, schedule_notices.c.days)
        .add_columns(channels.c.display, channels.c.address)
        .join(channels, channels.c.id == schedule_notices.c.channel_id)
        .order_by(schedule_notices.c.position, schedule_notices.c.id)
    )
    return ScheduleRows(
        schedules=_all(conn, _raw(schedules, schedules.c.handoff).order_by(schedules.c.id)),
        notices=_by(_all(conn, told), "schedule_id"),
        layers=_by(
            _all(
                conn,
                _raw(schedule_layers, layers.definition).order_by(layers.position, layers.id),
            ),
            "schedule_id",
        ),
        overrides=_by(
            _all(conn, _raw(schedule_overrides, overrides.users).order_by(overrides.made_at, overrides.id)),
            "schedule_id",
        ),
        temporaries=_by(
            _all(conn, _raw(schedule_temporaries, temporaries.shifts).order_by(temporaries.made_at, temporaries.id)),
            "schedule_id",
        ),
    )


def ladders(conn: Connection) -> PolicyRows:
    """Every policy."""
    targets = (
        select(
            policy_targets,
            users.c.username,
            schedules.c.name.label("schedule"),
            teams.c.name.label("team"),
            channels.c.display,
            channels.c.address,
        )
        .outerjoin(users, users.c.id == policy_targets.c.user_id)
        .outerjoin(schedules, schedules.c.id == policy_targets.c.schedule_id)
        .outerjoin(teams, teams.c.id == policy_targets.c.team_id)
        .outerjoin(channels, channels.c.id == policy_targets.c.channel_id)
        .order_by(policy_targets.c.position, policy_targets.c.id)
    )
    by_place: dict[tuple[int, int | None], list[AnyRow]] = defaultdict(list)
    for row in _all(conn, targets):
        by_place[row.policy_id, row.step_id].append(row)
    return PolicyRows(
        policies=_all(conn, select(policies).order_by(policies.c.id)),
        steps=_by(_all(conn, select(policy_steps).order_by(policy_steps.c.position, policy_steps.c.id)), "policy_id"),
        targets=by_place,
    )


def watched(conn: Connection) -> Sequence[AnyRow]:
    """Every service, with the names of its team and policy."""
    return _all(
        conn,
        select(services, teams.c.name.label("team"), policies.c.name.label("policy"))
        .outerjoin(teams, teams.c.id == services.c.team_id)
        .outerjoin(policies, policies.c.id == services.c.policy_id)
        .order_by(services.c.id),
    )


def senders(conn: Connection) -> Sequence[AnyRow]:
    """Every integration, with its service's name."""
    return _all(conn, _of_service(integrations).order_by(integrations.c.id))


def sender_keys(conn: Connection) -> Sequence[AnyRow]:
    """Every integration key that was ever stored, oldest first."""
    return _all(conn, select(integration_keys).order_by(integration_keys.c.made_at, integration_keys.c.id))


def signs_of_life(conn: Connection) -> Sequence[AnyRow]:
    """Every heartbeat, with its service's name."""
    return _all(conn, _of_service(heartbeats).order_by(heartbeats.c.id))


def routing(conn: Connection) -> Sequence[AnyRow]:
    """Every rule for all integrations, in the order in which they are asked."""
    return _all(conn, select(routing_rules).order_by(routing_rules.c.position, routing_rules.c.id))


def maintenance(conn: Connection) -> Sequence[AnyRow]:
    """Every maintenance window."""
    return _all(conn, select(maintenance_windows).order_by(maintenance_windows.c.id))


def _of_service(table: Any) -> Select[Any]:
    return select(table, services.c.name.label("service")).join(services, services.c.id == table.c.service_id)


def _raw(table: FromClause, column: ColumnElement[Any]) -> Select[Any]:
    """The table's rows with one JSON column as the text it is."""
    others = [known for known in table.c if known is not column]
    return select(*others, type_coerce(column, Text).label(column.key))


def _all(conn: Connection, query: Select[Any]) -> Sequence[AnyRow]:
    return conn.execute(query).all()


def _by(rows: Iterable[AnyRow], column: str) -> dict[int, list[AnyRow]]:
    grouped: dict[int, list[AnyRow]] = defaultdict(list)
    for row in rows:
        grouped[getattr(row, column)].append(row)
    return grouped
