"""What is stored, as entries in their one spelling, secrets in clear: for comparing with a file and for the export."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from pydantic import ValidationError
from sqlalchemy import Connection

from oncall_tui.domain.schedules import Override, Temporary
from oncall_tui.domain.schedules.clashes import Leave
from oncall_tui.ops.config.checks.found import Names
from oncall_tui.ops.config.entries.base import Entry
from oncall_tui.ops.config.entries.people import TeamEntry, UserEntry
from oncall_tui.ops.config.entries.policies import PolicyEntry
from oncall_tui.ops.config.entries.rules import GlobalRuleEntry
from oncall_tui.ops.config.entries.schedules import ScheduleEntry
from oncall_tui.ops.config.entries.services import HeartbeatEntry, IntegrationEntry, MaintenanceEntry, ServiceEntry
from oncall_tui.ops.directory import building, stored
from oncall_tui.ops.directory.loading import UNREADABLE
from oncall_tui.storage.cipher import Cipher
from oncall_tui.storage.directory_rows import reading
from oncall_tui.storage.looking import AnyRow
from oncall_tui.storage.statements.intake.heartbeats import digests
from oncall_tui.storage.statements.schedules.leave import leave_rows

Plain = dict[str, Any]
PLACE = "place"
"""Beside the keys of a rule's entry: which place it has among the others. No file writes it."""

ONLY_STORED = frozenset({"enabled", "verified", "made_by", "made_at"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """The stored directory: entries by section and name, the ids of their rows, and what belongs to them.

    `keys` are each integration's valid digests, the newest last, `beats` the digest of each heartbeat's key. A broken
    schedule's entry holds what could be read.
    """

    entries: Mapping[str, Mapping[str, Plain]]
    ids: Mapping[str, dict[str, int]]
    overrides: Mapping[str, tuple[Override, ...]]
    temporaries: Mapping[str, tuple[Temporary, ...]]
    keys: Mapping[str, list[str]]
    leave: Mapping[str, tuple[Leave, ...]]
    beats: Mapping[str, str] = field(default_factory=dict)

    @property
    def names(self) -> Names:
        """Every name that an entry can refer to."""
        known = {section: frozenset(self.ids[section]) for section in self.ids}
        return Names(
            users=known["users"],
            teams=known["teams"],
            schedules=known["schedules"],
            policies=known["policies"],
            services=known["services"],
        )


def load(conn: Connection, unseal: Callable[[str], str]) -> Kept:
    """Everything that is stored."""
    people, rotas, ladders = reading.people(conn), reading.rotas(conn), reading.ladders(conn)
    services, senders = reading.watched(conn), reading.senders(conn)
    rules = reading.routing(conn)
    heartbeats, maintenance = reading.signs_of_life(conn), reading.maintenance(conn)
    schedules = {row.name: _schedule(row, rotas, unseal) for row in rotas.schedules}
    entries = {
        "users": _named(UserEntry, _users(people, unseal), "username"),
        "teams": _named(TeamEntry, stored.teams(people)),
        "schedules": {name: schedule[0] for name, schedule in schedules.items()},
        "policies": _named(PolicyEntry, _policies(ladders, unseal)),
        "services": _named(ServiceEntry, map(stored.service, services)),
        "integrations": _named(IntegrationEntry, _senders(senders, unseal)),
        "rules": _rules(rules),
        "heartbeats": _named(HeartbeatEntry, (stored.defined(row, service=row.service) for row in heartbeats)),
        "maintenance": _named(MaintenanceEntry, map(stored.defined, maintenance)),
    }
    ids = {
        "users": {row.username: row.id for row in people.users},
        "teams": _ids(people.teams),
        "schedules": _ids(rotas.schedules),
        "policies": _ids(ladders.policies),
        "services": _ids(services),
        "integrations": _ids(senders),
        "rules": _ids(rules),
        "heartbeats": _ids(heartbeats),
        "maintenance": _ids(maintenance),
    }
    return Kept(
        entries=entries,
        ids=ids,
        overrides={name: schedule[1] for name, schedule in schedules.items()},
        temporaries={name: schedule[2] for name, schedule in schedules.items()},
        keys=_keys(conn, ids["integrations"]),
        leave=_leave(conn),
        beats=_beats(conn, ids["heartbeats"]),
    )


def _rules(rows: Iterable[AnyRow]) -> dict[str, Plain]:
    """The rules for all integrations by name, with their places: the order in which a file has them counts."""
    entries = _named(GlobalRuleEntry, map(stored.rule, rows))
    return {name: entry | {PLACE: place} for place, (name, entry) in enumerate(entries.items())}


def _beats(conn: Connection, heartbeats: Mapping[str, int]) -> dict[str, str]:
    """The digest of each heartbeat's key, by its name."""
    known = digests(conn)
    return {name: digest for name, row in heartbeats.items() if (digest := known.get(row)) is not None}


def _leave(conn: Connection) -> dict[str, tuple[Leave, ...]]:
    """When people are away, by username."""
    found: dict[str, tuple[Leave, ...]] = {}
    for row in leave_rows(conn):
        one = Leave(row.username, row.start_at, row.end_at, row.note)
        found[one.user] = (*found.get(one.user, ()), one)
    return found


def unsealer(cipher: Cipher) -> Callable[[str], str]:
    """Unseals each text once: one channel may be the target of many steps."""
    known: dict[str, str] = {}

    def unseal(sealed: str) -> str:
        if sealed not in known:
            known[sealed] = cipher.unseal(sealed)
        return known[sealed]

    return unseal


def _ids(rows: Iterable[AnyRow]) -> dict[str, int]:
    return {row.name: row.id for row in rows}


def _named(model: type[Entry], entries: Iterable[Plain], key: str = "name") -> dict[str, Plain]:
    return {entry[key]: spelled(model, entry) for entry in entries}


def spelled(model: type[Entry], entry: Plain) -> Plain:
    """The entry as a file writes it; one that no file could hold is left as it is, and so differs from any file's."""
    bare = {key: value for key, value in entry.items() if value is not None and key not in ONLY_STORED}
    try:
        return model.model_validate(bare).plain()
    except ValidationError:
        return bare


def _users(rows: reading.PeopleRows, unseal: Callable[[str], str]) -> Iterable[Plain]:
    for row, entry in zip(rows.users, stored.users(rows), strict=True):
        contacts = zip(entry["contacts"], rows.contacts.get(row.id, ()), strict=True)
        yield entry | {
            "contacts": [
                _without_absent(contact | {"url": unseal(contact_row.address)}) for contact, contact_row in contacts
            ],
            "rules": [_without_absent(rule) for rule in entry["rules"]],
        }


def _senders(rows: Iterable[AnyRow], unseal: Callable[[str], str]) -> Iterable[Plain]:
    for row in rows:
        yield stored.integration(row) | ({"secret": unseal(row.secret)} if row.secret is not None else {})


def _without_absent(entry: Plain) -> Plain:
    return {key: value for key, value in entry.items() if value is not None and key not in ONLY_STORED}


def _policies(rows: reading.PolicyRows, unseal: Callable[[str], str]) -> Iterable[Plain]:
    addresses = {target.channel_id: target.address for targets in rows.targets.values() for target in targets}

    def written(target: Plain) -> Plain:
        return {"url": unseal(addresses[target["channel"]])} if "channel" in target else target

    for entry in stored.policies(rows):
        steps = [step | {"targets": list(map(written, step["targets"]))} for step in entry["steps"]]
        yield entry | {"steps": steps, "fallback": list(map(written, entry["fallback"]))}


def _schedule(
    row: AnyRow, rows: reading.ScheduleRows, unseal: Callable[[str], str]
) -> tuple[Plain, tuple[Override, ...], tuple[Temporary, ...]]:
    """The schedule without its overrides and temporaries, and these as values."""
    try:
        entry = stored.schedule(row, rows)
        built = building.schedule_of(entry)
    except UNREADABLE:
        return {"name": row.name, "timezone": row.timezone}, (), ()
    addresses = {notice.channel_id: notice.address for notice in rows.notices.get(row.id, ())}
    notices = [
        _without_absent(
            {"url": unseal(addresses[one["channel"]]), "on": one["on"], "at": one["at"], "days": one["days"]}
        )
        for one in entry["notices"]
    ]
    bare = {key: entry[key] for key in ("name", "timezone", "layers", "handoff")} | {"notices": notices}
    return spelled(ScheduleEntry, bare), built.overrides, built.temporaries


def _keys(conn: Connection, integrations: Mapping[str, int]) -> dict[str, list[str]]:
    names = {row: name for name, row in integrations.items()}
    keys: dict[str, list[str]] = {name: [] for name in integrations}
    for row in reading.sender_keys(conn):
        if row.revoked_at is None:
            keys[names[row.integration_id]].append(row.digest)
    return keys
