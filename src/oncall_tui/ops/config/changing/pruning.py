"""Who and what can't be removed: people on call, in a rotation or holding incidents, and whatever others refer to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from oncall_tui.domain.errors import Refused
from oncall_tui.ops.config.changing.changes import KINDS
from oncall_tui.ops.config.kept import Kept, Plain

_TARGETS = ("user", "schedule", "team")
_PLURALS = {kind: section for section, kind in KINDS.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class InUse:
    """What open incidents hold: numbers by username, counts by service."""

    holders: Mapping[str, list[int]]
    services: Mapping[str, int]


def refusals(
    deleted: list[tuple[str, str]], present: frozenset[str], kept: Kept, use: InUse, now: datetime
) -> Iterator[Refused]:
    """Every reason why the deletions can't be made. `present` are the sections that the file replaces."""
    gone = set(deleted)
    for owner, references in _left(gone, present, kept, now):
        for kind, name in dict.fromkeys(references):
            if (_PLURALS[kind], name) in gone:
                yield _refused(kind, name, f"{owner} needs {'them' if kind == 'user' else 'it'}")
    for section, name in deleted:
        if section == "users" and use.holders.get(name):
            numbers = ", ".join(f"#{number}" for number in use.holders[name])
            yield _refused("user", name, f"they hold {numbers}", "reassign or resolve these first")
        if section == "services" and use.services.get(name):
            yield _refused("service", name, f"it has {use.services[name]} open incidents", "resolve these first")


def _refused(kind: str, name: str, why: str, mend: str = "replace it there first") -> Refused:
    return Refused(f"{kind} {name} can't be removed: {why}", mend=mend, path=_PLURALS[kind], code="in_use")


def _left(
    gone: set[tuple[str, str]], present: frozenset[str], kept: Kept, now: datetime
) -> Iterator[tuple[str, Iterator[tuple[str, str]]]]:
    """Everything that stays as it is stored, with what it refers to. Entries of the file itself are checked already."""
    for section, entries in kept.entries.items():
        if section in present:
            continue
        for name, entry in entries.items():
            yield f"{KINDS[section]} {name}", _references(section, entry)
    for name in kept.entries["schedules"]:
        if ("schedules", name) not in gone:
            yield f"schedule {name}, in an override or temporary schedule,", _of_spans(name, kept, now)


def _references(section: str, entry: Plain) -> Iterator[tuple[str, str]]:
    match section:
        case "teams":
            yield from (("user", name) for name in entry.get("members", ()))
            yield from (("policy", name) for name in entry.get("policies", ()))
        case "schedules":
            yield from (("user", name) for layer in entry.get("layers", ()) for name in _people(layer))
        case "policies":
            lists = [step.get("targets", ()) for step in entry.get("steps", ())]
            for target in (one for targets in (*lists, entry.get("fallback", ())) for one in targets):
                yield from ((kind, target[kind]) for kind in _TARGETS if target.get(kind))
        case "services":
            yield from ((kind, entry[kind]) for kind in ("team", "policy") if entry.get(kind))
        case "integrations":
            yield "service", entry["service"]
            yield from (("service", rule["service"]) for rule in entry.get("rules", ()) if rule.get("service"))
        case "heartbeats":
            yield "service", entry["service"]
        case "rules":
            yield from (("service", name) for name in (entry.get("service"),) if name)
        case "maintenance":
            yield from (("service", name) for name in entry.get("services", ()))


def _people(layer: Mapping[str, Any]) -> set[str]:
    """Everybody in a layer's rotation or shifts."""
    named = {shift["user"] for shift in layer.get("shifts", ())}
    for slot in layer.get("users") or ():
        named.update([slot] if isinstance(slot, str) else slot or ())
    return named


def _of_spans(schedule: str, kept: Kept, now: datetime) -> Iterator[tuple[str, str]]:
    """The people of overrides and temporary schedules that are not over: those stay, whatever a file says."""
    named: set[str] = set()
    for override in kept.overrides.get(schedule, ()):
        if override.end > now:
            named.update(override.puts_on, override.remove, (override.replaces,) if override.replaces else ())
    for temporary in kept.temporaries.get(schedule, ()):
        named.update(shift.user for shift in temporary.shifts if shift.end > now)
    yield from (("user", name) for name in sorted(named))
