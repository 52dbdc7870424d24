"""What an entry is as a row: the columns that its text fills."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from oncall_tui.domain.time.durations import parse_duration
from oncall_tui.ops.config.kept import PLACE, Plain
from oncall_tui.storage.cipher import Cipher


class Known(Protocol):
    """What a row needs to know of those before it."""

    @property
    def cipher(self) -> Cipher: ...

    def id(self, section: str, name: str | None) -> int | None:
        """The row behind a name that may be absent."""


def seconds(text: str) -> float:
    """A duration's seconds."""
    return parse_duration(text).total_seconds()


def _seconds_or_off(text: str) -> float | None:
    return None if text == "off" else seconds(text)


def _user(_: Known, entry: Plain) -> Plain:
    values = {key: entry.get(key, "") for key in ("name", "email", "phone")}
    return values | {
        "username": entry["username"],
        "timezone": entry.get("timezone", "UTC"),
        "role": entry.get("role", "responder"),
        "handles": entry.get("handles", {}),
        "holidays": entry.get("holidays"),
    }


def _team_row(_: Known, entry: Plain) -> Plain:
    return {"name": entry["name"]}


def _schedule(_: Known, entry: Plain) -> Plain:
    return {"name": entry["name"], "timezone": entry["timezone"], "handoff": entry.get("handoff")}


def _policy(_: Known, entry: Plain) -> Plain:
    remind = _seconds_or_off(entry.get("remind", "10m"))
    return {"name": entry["name"], "repeat": entry.get("repeat", 0), "remind_seconds": remind}


def _service(known: Known, entry: Plain) -> Plain:
    return {
        "name": entry["name"],
        "description": entry.get("description", ""),
        "team_id": known.id("teams", entry.get("team")),
        "policy_id": known.id("policies", entry.get("policy")),
        "grouping": entry.get("grouping", "dedup_key"),
        "group_labels": entry.get("group_labels", []),
        "group_window_seconds": seconds(entry.get("group_window", "5m")),
        "urgency": entry.get("urgency", "severity"),
        "support_hours": entry.get("support_hours"),
        "ack_timeout_seconds": _seconds_or_off(entry.get("ack_timeout", "off")),
        "hold_for_seconds": seconds(entry.get("hold_for", "0s")),
        "runbook": entry.get("runbook"),
        "labels": entry.get("labels", {}),
    }


def _integration_row(known: Known, entry: Plain) -> Plain:
    return {
        "name": entry["name"],
        "kind": entry["kind"],
        "service_id": known.id("services", entry["service"]),
        "rules": entry.get("rules", []),
        "secret": known.cipher.seal(entry["secret"]) if "secret" in entry else None,
        "options": entry.get("options", {}),
    }


def _rule(_: Known, entry: Plain) -> Plain:
    definition = {key: value for key, value in entry.items() if key not in ("name", PLACE)}
    return {"name": entry["name"], "position": entry[PLACE], "definition": definition}


def _heartbeat(known: Known, entry: Plain) -> Plain:
    definition = {key: value for key, value in entry.items() if key not in ("name", "service", "key")}
    return {"name": entry["name"], "service_id": known.id("services", entry["service"]), "definition": definition}


def _maintenance(_: Known, entry: Plain) -> Plain:
    return {"name": entry["name"], "definition": {key: value for key, value in entry.items() if key != "name"}}


VALUES: dict[str, Callable[[Known, Plain], Plain]] = {
    "users": _user,
    "teams": _team_row,
    "schedules": _schedule,
    "policies": _policy,
    "services": _service,
    "integrations": _integration_row,
    "rules": _rule,
    "heartbeats": _heartbeat,
    "maintenance": _maintenance,
}
