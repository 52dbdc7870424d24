"""What a file would change: entries compared by name with what is stored."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from oncall_tui.domain.errors import Invalid, OncallError
from oncall_tui.domain.schedules import Override, Schedule, Temporary, problems
from oncall_tui.domain.schedules.clashes import Leave
from oncall_tui.domain.time.walltime import format_instant, zone
from oncall_tui.ops.config.changing.beat_keys import with_beat_key
from oncall_tui.ops.config.changing.secrets import with_channels, with_contacts, with_notices, with_secret
from oncall_tui.ops.config.checks.leave import leave_of_user, new_leave
from oncall_tui.ops.config.checks.schedules import override_of, temporary_of
from oncall_tui.ops.config.entries.document import SECTIONS, Config
from oncall_tui.ops.config.entries.people import UserEntry
from oncall_tui.ops.config.entries.rules import GlobalRuleEntry
from oncall_tui.ops.config.entries.schedules import ScheduleEntry
from oncall_tui.ops.config.kept import PLACE, Kept, Plain
from oncall_tui.ops.config.texts import KEPT
from oncall_tui.ops.directory import building
from oncall_tui.storage.cipher import digest

Action = Literal["created", "updated", "deleted", "added"]

KINDS = {
    "users": "user",
    "teams": "team",
    "schedules": "schedule",
    "policies": "policy",
    "services": "service",
    "integrations": "integration",
    "rules": "rule",
    "heartbeats": "heartbeat",
    "maintenance": "maintenance",
}
"""The word for one entry of each section."""

_DIGEST = "sha256:"


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that is or would be changed."""

    action: Action
    kind: str
    name: str


@dataclass(frozen=True, slots=True)
class Written:
    """An entry to write, secrets in clear, and the keys in which it differs from what is stored."""

    section: str
    name: str
    entry: Plain
    created: bool
    differs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Added:
    """An override or a temporary schedule to add to a schedule."""

    schedule: str
    value: Override | Temporary

    @property
    def change(self) -> Change:
        """It in words: overrides have no names, so the schedule and the span stand for one."""
        kind = "override" if isinstance(self.value, Override) else "temporary"
        return Change("added", kind, f"{self.schedule} {_span(self.value.start, self.value.end)}")


@dataclass(slots=True)
class Changes:
    """Everything that applying a file would do, and why it can't."""

    written: list[Written] = field(default_factory=list)
    added: list[Added] = field(default_factory=list)
    leave: list[Leave] = field(default_factory=list)
    deleted: list[tuple[str, str]] = field(default_factory=list)
    keys: dict[str, str] = field(default_factory=dict)
    problems: list[OncallError] = field(default_factory=list)

    @property
    def listed(self) -> list[Change]:
        """The changes in the order in which they are made."""
        return [
            *(Change("created" if one.created else "updated", KINDS[one.section], one.name) for one in self.written),
            *(one.change for one in self.added),
            *(Change("added", "leave", f"{one.user} {_span(one.start, one.end)}") for one in self.leave),
            *(Change("deleted", KINDS[section], name) for section, name in self.deleted),
        ]


def _span(start: datetime, end: datetime) -> str:
    return f"{format_instant(start)}/{format_instant(end)}"


def changes_of(config: Config, kept: Kept, *, prune: bool) -> Changes:
    """What the file asks for. Keys for new integrations are made here, once."""
    found = Changes()
    for section in SECTIONS:
        entries = getattr(config, section)
        if entries is None:
            continue
        for place, entry in enumerate(entries):
            plain = entry.plain() | ({PLACE: place} if section == "rules" else {})
            _compare(section, plain, f"{section}[{place}]", kept, found, prune=prune)
        if prune:
            named = {_name(entry.plain()) for entry in entries}
            found.deleted += [(section, name) for name in kept.entries[section] if name not in named]
        elif section == "rules":
            _follow(entries, kept, found)
    for place, user in enumerate(config.users or ()):
        _compare_leave(user, f"users[{place}]", kept, found)
    for place, schedule in enumerate(config.schedules or ()):
        _compare_spans(schedule, f"schedules[{place}]", kept, found)
    return found


def _follow(entries: Sequence[GlobalRuleEntry], kept: Kept, found: Changes) -> None:
    """Stored rules that the file does not name come after those that it does, in the order that they had."""
    named = {entry.name for entry in entries}
    others = [(name, entry) for name, entry in kept.entries["rules"].items() if name not in named]
    for place, (name, entry) in enumerate(others, start=len(entries)):
        if entry[PLACE] != place:
            found.written.append(Written("rules", name, entry | {PLACE: place}, False, (PLACE,)))


def _name(entry: Mapping[str, Any]) -> str:
    name: str = entry["username"] if "username" in entry else entry["name"]
    return name


def _compare(section: str, entry: Plain, path: str, kept: Kept, found: Changes, *, prune: bool) -> None:
    name = _name(entry)
    known = kept.entries[section].get(name)
    problems: list[Invalid] = []
    match section:
        case "users":
            bare = {key: value for key, value in entry.items() if key != "leave"}
            entry, problems = with_contacts(bare, known, path)
        case "policies":
            entry, problems = with_channels(entry, known, path)
        case "schedules":
            bare = {key: value for key, value in entry.items() if key not in ("overrides", "temporary")}
            entry, problems = with_notices(bare if prune else _with_own_shifts(bare, known), known, path)
        case "integrations":
            entry, problems = with_secret(_with_key(entry, path, kept, found), known, path)
            known = known and known | {"key": entry["key"]} if _is_valid(entry, kept) else known
        case "heartbeats":
            entry, problems = with_beat_key(entry, path, kept.beats, found.keys)
            known = known and known | ({"key": kept.beats[name]} if name in kept.beats else {})
    found.problems += problems
    if known == entry:
        return
    differs = tuple(key for key in {**entry, **(known or {})} if known is None or entry.get(key) != known.get(key))
    found.written.append(Written(section, name, entry, known is None, differs))


def _with_own_shifts(schedule: Plain, known: Plain | None) -> Plain:
    """The schedule with those stored layers of fixed shifts on top that the file does not name.

    Shifts are dated, like overrides: somebody may have added them by command. A file takes them away with --prune only.
    """
    layers = schedule.get("layers", [])
    named = {layer["name"] for layer in layers}
    own = [layer for layer in (known or {}).get("layers", ()) if "shifts" in layer and layer["name"] not in named]
    return schedule | {"layers": [*layers, *own]} if own else schedule


def _compare_leave(user: UserEntry, path: str, kept: Kept, found: Changes) -> None:
    """Leave is only added, and only what is not there with all its fields."""
    for place, one, other in new_leave(leave_of_user(user), kept.leave.get(user.username, ())):
        found.leave.append(one)
        if other is not None:
            sentence = f"it overlaps stored leave, {_span(other.start, other.end)}"
            mend = "write that one, or delete it with 'oncall leave delete'"
            found.problems.append(Invalid(sentence, mend=mend, path=f"{path}.leave[{place}]"))


def _is_valid(entry: Plain, kept: Kept) -> bool:
    return entry["key"] in kept.keys.get(entry["name"], ())


def _with_key(entry: Plain, path: str, kept: Kept, found: Changes) -> Plain:
    """The integration with its key's digest. One that has none anywhere gets a key made (32 hexadecimal digits,
    as PagerDuty's clients demand of a routing key)."""
    name, key, valid = entry["name"], entry.get("key"), kept.keys.get(entry["name"], [])
    if key is None and not valid:
        key = found.keys[name] = secrets.token_hex(16)
    elif key is None or (key == KEPT and valid):
        key = valid[-1]
    elif key == KEPT:
        sentence = f"{name} has no stored key to keep"
        found.problems.append(
            Invalid(sentence, mend="write the key, or leave it out", path=f"{path}.key", code="nothing_kept")
        )
    hashed = key if key.startswith(_DIGEST) else digest(key)
    owner = next((other for other, digests in kept.keys.items() if other != name and hashed in digests), None)
    if owner is not None:
        sentence = f"integration {owner} has this key"
        found.problems.append(
            Invalid(sentence, mend="give each a key of its own", path=f"{path}.key", code="duplicate")
        )
    return entry | {"key": hashed}


def _compare_spans(schedule: ScheduleEntry, path: str, kept: Kept, found: Changes) -> None:
    """Overrides and temporary schedules are only added, and only those that are not there with all their fields."""
    local = zone(schedule.timezone)
    known = kept.overrides.get(schedule.name, ())
    stretches = kept.temporaries.get(schedule.name, ())
    overrides = _new([override_of(one, local) for one in schedule.overrides], known)
    temporaries = _new([temporary_of(one, local) for one in schedule.temporary], stretches)
    found.added += [Added(schedule.name, one) for one in (*overrides.values(), *temporaries.values())]
    if not overrides or not (known or stretches):
        return  # the file alone has been checked
    whole = Schedule(
        name=schedule.name,
        timezone=local.key,
        layers=tuple(building.layer_of(layer.plain(), local) for layer in schedule.layers),
        overrides=(*known, *overrides.values()),
        temporaries=(*stretches, *temporaries.values()),
    )
    places = {f"overrides[{len(known) + number}]": place for number, place in enumerate(overrides)}
    for problem in problems(whole):
        if problem.path in places:
            at = f"{path}.overrides[{places[problem.path]}]"
            found.problems.append(Invalid(problem.sentence, mend=problem.mend, path=at, code=problem.code))


def _new(wanted: Sequence[Any], known: Sequence[Any]) -> dict[int, Any]:
    """Those of the wanted spans that are not known, by their place in the file."""
    identities = {_identity(one) for one in known}
    new: dict[int, Any] = {}
    for place, one in enumerate(wanted):
        if _identity(one) not in identities:
            identities.add(_identity(one))
            new[place] = one
    return new


def _identity(span: Override | Temporary) -> tuple[Any, ...]:
    """All the fields that a file knows of."""
    if isinstance(span, Temporary):
        return span.start, span.end, frozenset(span.shifts)
    people = (frozenset(span.users), frozenset(span.add), frozenset(span.remove))
    return span.start, span.end, span.replaces, *people
