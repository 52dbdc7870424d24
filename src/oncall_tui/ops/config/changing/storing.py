"""Writing changes down: rows of entries, in an order in which every reference finds its row."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Table

from oncall_tui.notify.redact import redact_url
from oncall_tui.ops.config.changing.changes import Added, Changes, Written
from oncall_tui.ops.config.changing.rotas import write_layers, write_span
from oncall_tui.ops.config.changing.values import VALUES, seconds
from oncall_tui.ops.config.kept import Kept, Plain
from oncall_tui.storage import tables
from oncall_tui.storage.cipher import Cipher
from oncall_tui.storage.directory_rows import writing as rows
from oncall_tui.storage.statements.intake import heartbeats as heartbeat_rows
from oncall_tui.storage.statements.schedules.leave import add_leave

_TABLES: dict[str, Table] = {
    "users": tables.users,
    "teams": tables.teams,
    "schedules": tables.schedules,
    "policies": tables.policies,
    "services": tables.services,
    "integrations": tables.integrations,
    "rules": tables.routing_rules,
    "heartbeats": tables.heartbeats,
    "maintenance": tables.maintenance_windows,
}
# Rows of these refer to nothing, so they come first, bare; a team's policy may page that very team.
_BARE = ("users", "teams", "schedules", "policies")


class Storing:
    """One application of a file, in the caller's transaction."""

    def __init__(self, conn: Connection, kept: Kept, cipher: Cipher, by: str, now: datetime) -> None:
        self.conn = conn
        self.kept = kept
        self.cipher = cipher
        self.by = by
        self.now = now
        self.ids = {section: dict(ids) for section, ids in kept.ids.items()}

    def store(self, changes: Changes) -> None:
        """Write everything."""
        for one in changes.written:
            if one.section in _BARE:
                self._row(one)
        writers: dict[str, Callable[[Written], None]] = {
            "users": self._contacts_and_rules,
            "teams": self._team,
            "schedules": self._layers,
            "policies": self._steps,
            "services": self._row,
            "integrations": self._integration,
            "rules": self._row,
            "heartbeats": self._heartbeat,
            "maintenance": self._row,
        }
        for one in changes.written:
            writers[one.section](one)
        for added in changes.added:
            self._span(added)
        for away in changes.leave:
            add_leave(self.conn, away)
        for section, name in reversed(changes.deleted):
            rows.remove(self.conn, _TABLES[section], self.ids[section].pop(name))

    def _row(self, one: Written) -> None:
        ids, values = self.ids[one.section], VALUES[one.section](self, one.entry)
        if one.name in ids:
            rows.change(self.conn, _TABLES[one.section], ids[one.name], values)
        else:
            ids[one.name] = rows.add(self.conn, _TABLES[one.section], values | self._birth(one.section))

    def _birth(self, section: str) -> Plain:
        return {"created_at": self.now} if section == "users" else {}

    def id(self, section: str, name: str | None) -> int | None:
        """The row behind a name that may be absent."""
        return None if name is None else self.ids[section][name]

    def _contacts_and_rules(self, one: Written) -> None:
        user, contacts = self.ids["users"][one.name], one.entry.get("contacts", ())
        known = rows.contacts(self.conn, user)
        urls = {contact["name"]: contact["url"] for contact in self._kept_entry(one).get("contacts", ())}
        rows.drop_contacts(self.conn, user, [contact["name"] for contact in contacts])
        for place, contact in enumerate(contacts):
            name = contact["name"]
            values: Plain = {
                "position": place,
                "limit_text": contact.get("limit"),
                "updates": contact.get("updates", False),
            }
            if contact["url"] != urls.get(name):
                values |= self._new_address(contact["url"])
            if name in known:
                rows.change(self.conn, tables.contact_methods, known[name], values)
            else:
                values |= {"user_id": user, "name": name}
                known[name] = rows.add(self.conn, tables.contact_methods, values)
        rules = [
            {
                "contact_id": known[rule["contact"]],
                "delay_seconds": seconds(rule.get("delay", "0s")),
                "urgency": rule.get("urgency"),
                "position": place,
            }
            for place, rule in enumerate(one.entry.get("rules", ()))
        ]
        rows.replace(self.conn, tables.notification_rules, "user_id", user, rules)

    def _kept_entry(self, one: Written) -> Plain:
        return self.kept.entries[one.section].get(one.name, {})

    def _new_address(self, url: str) -> Plain:
        """An address that an admin vouches for; what was known of the one before is no longer true."""
        return {
            "address": self.cipher.seal(url),
            "display": redact_url(url),
            "verified_at": self.now,
            "last_success_at": None,
            "last_failure_at": None,
            "last_answer": "",
        }

    def _team(self, one: Written) -> None:
        team = self.ids["teams"][one.name]
        members = [{"user_id": self.ids["users"][name], "position": n} for n, name in _numbered(one, "members")]
        policies = [{"policy_id": self.ids["policies"][name], "position": n} for n, name in _numbered(one, "policies")]
        rows.replace(self.conn, tables.team_members, "team_id", team, members)
        rows.replace(self.conn, tables.team_policies, "team_id", team, policies)

    def _layers(self, one: Written) -> None:
        write_layers(self.conn, self.ids["schedules"][one.name], one.entry.get("layers", ()))
        self._told(one)

    def _told(self, one: Written) -> None:
        """The channels that a schedule tells; whoever is told otherwise from now on is told of nothing before it."""
        schedule = self.ids["schedules"][one.name]
        notices = [
            {
                "position": place,
                "channel_id": self._channel(notice["url"]),
                "at_time": notice.get("at"),
                "days": notice.get("days"),
            }
            for place, notice in _numbered(one, "notices")
        ]
        rows.replace(self.conn, tables.schedule_notices, "schedule_id", schedule, notices)
        if {"handoff", "notices"} & set(one.differs):
            rows.replace(self.conn, tables.notice_marks, "schedule_id", schedule, [])

    def _steps(self, one: Written) -> None:
        policy = self.ids["policies"][one.name]
        rows.replace(self.conn, tables.policy_targets, "policy_id", policy, [])
        rows.replace(self.conn, tables.policy_steps, "policy_id", policy, [])
        for place, step in _numbered(one, "steps"):
            values = {
                "policy_id": policy,
                "position": place,
                "delay_seconds": seconds(step.get("delay", "15m")),
                "assign": step.get("assign", "all"),
            }
            row = rows.add(self.conn, tables.policy_steps, values)
            self._targets(policy, row, step.get("targets", ()))
        self._targets(policy, None, one.entry.get("fallback", ()))

    def _targets(self, policy: int, step: int | None, targets: Iterable[Plain]) -> None:
        values = [
            {
                "policy_id": policy,
                "step_id": step,
                "position": place,
                "kind": "channel" if "url" in target else next(iter(target)),
                "user_id": self.id("users", target.get("user")),
                "schedule_id": self.id("schedules", target.get("schedule")),
                "team_id": self.id("teams", target.get("team")),
                "channel_id": self._channel(target["url"]) if "url" in target else None,
            }
            for place, target in enumerate(targets)
        ]
        rows.add_all(self.conn, tables.policy_targets, values)

    def _channel(self, url: str) -> int:
        """The channel of this address; made when it is new."""
        fingerprint = self.cipher.fingerprint(url)
        known = rows.channel_id(self.conn, fingerprint)
        if known is not None:
            return known
        values = {"address": self.cipher.seal(url), "digest": fingerprint, "display": redact_url(url)}
        return rows.add(self.conn, tables.channels, values)

    def _integration(self, one: Written) -> None:
        self._row(one)
        row, key = self.ids["integrations"][one.name], one.entry["key"]
        # A key that is stored already changes nothing: others beside it are in their overlap and end by themselves.
        if key not in self.kept.keys.get(one.name, ()):
            rows.revoke_keys(self.conn, row, self.now, key)
            rows.give_key(self.conn, row, key, self.now)

    def _heartbeat(self, one: Written) -> None:
        self._row(one)
        # By another rhythm it is late at another time: whoever watches reckons anew.
        anew = bool({"every", "cron", "timezone", "grace"} & set(one.differs))
        heartbeat_rows.configured(self.conn, self.ids["heartbeats"][one.name], one.entry["key"], anew=anew)

    def _span(self, added: Added) -> None:
        write_span(self.conn, self.ids["schedules"][added.schedule], added.value, self.by, self.now)


def _numbered(one: Written, key: str) -> Iterable[tuple[int, Any]]:
    return enumerate(one.entry.get(key, ()))
