"""The whole directory in one look: every row of the configured objects, in their order."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from oncall_tui.storage.looking import AnyRow, Look, look_of

if TYPE_CHECKING:
    from sqlalchemy import Connection

REVISION_KEY = "directory_rev"


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


def revision(conn: Connection | Look) -> int:
    """The directory's revision; 0 before the first change."""
    found = look_of(conn).value("SELECT value FROM meta WHERE key = :key", {"key": REVISION_KEY})
    return int(found) if found is not None else 0


def people(conn: Connection | Look) -> PeopleRows:
    """Every user and team."""
    look = look_of(conn)
    rules = look.rows(
        "SELECT r.*, c.name AS contact FROM notification_rules r JOIN contact_methods c ON c.id = r.contact_id"
        " ORDER BY r.position, r.id"
    )
    members = look.rows(
        "SELECT m.team_id, u.username FROM team_members m JOIN users u ON u.id = m.user_id ORDER BY m.position, u.id"
    )
    paging = look.rows(
        "SELECT t.team_id, p.name FROM team_policies t JOIN policies p ON p.id = t.policy_id ORDER BY t.position, p.id"
    )
    return PeopleRows(
        users=look.rows("SELECT * FROM users ORDER BY id"),
        contacts=_by(look.rows("SELECT * FROM contact_methods ORDER BY position, id"), "user_id"),
        rules=_by(rules, "user_id"),
        teams=look.rows("SELECT * FROM teams ORDER BY id"),
        members=_by(members, "team_id"),
        policies=_by(paging, "team_id"),
    )


def rotas(conn: Connection | Look) -> ScheduleRows:
    """Every schedule."""
    look = look_of(conn)
    told = look.rows(
        "SELECT n.*, c.display, c.address FROM schedule_notices n JOIN channels c ON c.id = n.channel_id"
        " ORDER BY n.position, n.id",
        raw=("days",),
    )
    layers = look.rows("SELECT * FROM schedule_layers ORDER BY position, id", raw=("definition",))
    overrides = look.rows("SELECT * FROM schedule_overrides ORDER BY made_at, id", raw=("users",))
    temporaries = look.rows("SELECT * FROM schedule_temporaries ORDER BY made_at, id", raw=("shifts",))
    return ScheduleRows(
        schedules=look.rows("SELECT * FROM schedules ORDER BY id", raw=("handoff",)),
        notices=_by(told, "schedule_id"),
        layers=_by(layers, "schedule_id"),
        overrides=_by(overrides, "schedule_id"),
        temporaries=_by(temporaries, "schedule_id"),
    )


def ladders(conn: Connection | Look) -> PolicyRows:
    """Every policy."""
    look = look_of(conn)
    targets = look.rows(
        "SELECT t.*, u.username, s.name AS schedule, g.name AS team, c.display, c.address FROM policy_targets t"
        " LEFT JOIN users u ON u.id = t.user_id LEFT JOIN schedules s ON s.id = t.schedule_id"
        " LEFT JOIN teams g ON g.id = t.team_id LEFT JOIN channels c ON c.id = t.channel_id ORDER BY t.position, t.id"
    )
    by_place: dict[tuple[int, int | None], list[AnyRow]] = defaultdict(list)
    for row in targets:
        by_place[row.policy_id, row.step_id].append(row)
    return PolicyRows(
        policies=look.rows("SELECT * FROM policies ORDER BY id"),
        steps=_by(look.rows("SELECT * FROM policy_steps ORDER BY position, id"), "policy_id"),
        targets=by_place,
    )


def watched(conn: Connection | Look) -> Sequence[AnyRow]:
    """Every service, with the names of its team and policy."""
    return look_of(conn).rows(
        "SELECT s.*, t.name AS team, p.name AS policy FROM services s LEFT JOIN teams t ON t.id = s.team_id"
        " LEFT JOIN policies p ON p.id = s.policy_id ORDER BY s.id"
    )


def senders(conn: Connection | Look) -> Sequence[AnyRow]:
    """Every integration, with its service's name."""
    return look_of(conn).rows(
        "SELECT i.*, s.name AS service FROM integrations i JOIN services s ON s.id = i.service_id ORDER BY i.id"
    )


def sender_keys(conn: Connection | Look) -> Sequence[AnyRow]:
    """Every integration key that was ever stored, oldest first."""
    return look_of(conn).rows("SELECT * FROM integration_keys ORDER BY made_at, id")


def signs_of_life(conn: Connection | Look) -> Sequence[AnyRow]:
    """Every heartbeat, with its service's name."""
    return look_of(conn).rows(
        "SELECT h.*, s.name AS service FROM heartbeats h JOIN services s ON s.id = h.service_id ORDER BY h.id"
    )


def routing(conn: Connection | Look) -> Sequence[AnyRow]:
    """Every rule for all integrations, in the order in which they are asked."""
    return look_of(conn).rows("SELECT * FROM routing_rules ORDER BY position, id")


def maintenance(conn: Connection | Look) -> Sequence[AnyRow]:
    """Every maintenance window."""
    return look_of(conn).rows("SELECT * FROM maintenance_windows ORDER BY id")


def silences(conn: Connection | Look) -> Sequence[AnyRow]:
    """Silences that are to come, hold now, or still have alerts to let go, oldest first."""
    return look_of(conn).rows("SELECT * FROM silences WHERE finished = FALSE ORDER BY id")


def _by(rows: Iterable[AnyRow], column: str) -> dict[int, list[AnyRow]]:
    grouped: dict[int, list[AnyRow]] = defaultdict(list)
    for row in rows:
        grouped[getattr(row, column)].append(row)
    return grouped
