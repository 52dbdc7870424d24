"""Write the directory as a config file; applied again, it changes nothing."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from oncall_tui.domain.schedules import Override, Temporary
from oncall_tui.domain.time.walltime import format_instant
from oncall_tui.ops.config.checks.leave import leave_entry
from oncall_tui.ops.config.entries.document import SECTIONS
from oncall_tui.ops.config.kept import PLACE, Kept, Plain, load, unsealer
from oncall_tui.ops.config.texts import KEPT
from oncall_tui.ops.config.yaml.writing import write_yaml

if TYPE_CHECKING:
    from oncall_tui.ops.session import Session


def export(session: Session, with_secrets: bool = False) -> str:
    """Everything that is configured, as YAML. Secrets are `***` unless an admin asks for them.

    Integration keys are known only by their hashes, with secrets or without.
    """
    if with_secrets:
        session.actor.may_configure()
    cipher = session.cipher()
    with session.reading() as conn:
        kept = load(conn, unsealer(cipher))
    return write_yaml(document(kept, with_secrets=with_secrets))


def document(kept: Kept, *, with_secrets: bool) -> dict[str, Any]:
    """The stored directory as the tree of a config file; empty sections are left out."""
    written: dict[str, Any] = {"version": 1}
    for section in SECTIONS:
        entries = [_entry(section, entry, kept, with_secrets=with_secrets) for entry in kept.entries[section].values()]
        if entries:
            written[section] = entries
    return written


def _entry(section: str, entry: Plain, kept: Kept, *, with_secrets: bool) -> Plain:
    match section:
        case "schedules":
            return (entry if with_secrets else _hidden(entry)) | _spans(entry["name"], kept)
        case "users":
            away = [leave_entry(one) for one in kept.leave.get(entry["username"], ())]
            return (entry if with_secrets else _hidden(entry)) | ({"leave": away} if away else {})
        case "integrations":
            keys = kept.keys[entry["name"]]
            signed = {"secret": KEPT} if "secret" in entry and not with_secrets else {}
            return entry | signed | ({"key": keys[-1] if with_secrets else KEPT} if keys else {})
        case "rules":
            return {key: value for key, value in entry.items() if key != PLACE}
        case "heartbeats":
            key = kept.beats.get(entry["name"])
            return entry | ({"key": key if with_secrets else KEPT} if key is not None else {})
        case _:
            return entry if with_secrets else _hidden(entry)


def _hidden(value: Any) -> Any:
    """The same with `***` for every URL that pages are sent to."""
    if isinstance(value, dict):
        return {key: KEPT if key == "url" else _hidden(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_hidden(inner) for inner in value]
    return value


def _spans(schedule: str, kept: Kept) -> Plain:
    users = kept.ids["users"]
    temporaries = [one for one in kept.temporaries[schedule] if all(shift.user in users for shift in one.shifts)]
    overrides = [
        one
        for one in kept.overrides[schedule]
        if all(name in users for name in _people(one)) and not any(_lost_in(one, other) for other in temporaries)
    ]
    spans: Plain = {}
    if overrides:
        spans["overrides"] = [_override(one) for one in overrides]
    if temporaries:
        spans["temporary"] = [_temporary(one) for one in temporaries]
    return spans


def _people(override: Override) -> tuple[str, ...]:
    return (*override.puts_on, *override.remove, *((override.replaces,) if override.replaces else ()))


def _lost_in(override: Override, temporary: Temporary) -> bool:
    """Whether the override has no effect: a file that held both would be refused."""
    return temporary.start <= override.start and override.end <= temporary.end


def _override(override: Override) -> Plain:
    written: Plain = {"users": list(override.users)} if len(override.users) > 1 else {}
    if len(override.users) == 1:
        written["user"] = override.users[0]
    if override.replaces:
        written["replaces"] = override.replaces
    for key, people in (("add", override.add), ("remove", override.remove)):
        if people:
            written[key] = list(people)
    return written | _span(override.start, override.end)


def _temporary(temporary: Temporary) -> Plain:
    shifts = [{"user": shift.user} | _span(shift.start, shift.end) for shift in temporary.shifts]
    return _span(temporary.start, temporary.end) | ({"shifts": shifts} if shifts else {})


def _span(start: datetime, end: datetime) -> Plain:
    return {"start": format_instant(start), "end": format_instant(end)}
