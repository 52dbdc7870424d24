"""What a transform is given, and what its answer makes of an event: each thing is checked, none can lose the alert."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from oncall_tui.domain.errors import Invalid
from oncall_tui.domain.events import DESCRIPTION_LIMIT, TITLE_LIMIT, Action, Event, cut, fit_key
from oncall_tui.domain.matching.looking import Seen
from oncall_tui.domain.severity import Severity, Urgency, severity_named
from oncall_tui.domain.time.durations import parse_duration
from oncall_tui.domain.time.walltime import format_instant

MOST_TRANSFORMS = 8
"""How many transforms one event goes through; rules that ask for more are told that theirs did not run."""

MOST_LABELS = 200
LONGEST_LABEL = 4_000
LINK_LIMIT = 2_000
READ_ONLY = ("action", "started_at", "integration", "kind", "payload")


@dataclass(frozen=True, slots=True)
class Transformed:
    """A transform's answer: the value that it returned, or why there is none."""

    name: str
    value: object = None
    problem: str | None = None


@dataclass(frozen=True, slots=True)
class Changed:
    """The event as a transform left it, the service that it named, and what is to be said of it."""

    event: Event
    service: str | None
    did: tuple[str, ...]


def plain(seen: Seen) -> dict[str, Any]:
    """The event as a transform gets it: JSON-able, times as text, the payload as it was read."""
    event = seen.event
    return {
        "action": event.action.value,
        "dedup_key": event.dedup_key,
        "group_key": event.group_key,
        "title": event.title,
        "description": event.description,
        "severity": event.severity.value,
        "urgency": event.urgency.value if event.urgency is not None else None,
        "labels": dict(event.labels),
        "link": event.link,
        "service": seen.service,
        "hold_for": None,
        "suppress": False,
        "started_at": format_instant(event.started_at) if event.started_at is not None else None,
        "integration": seen.integration,
        "kind": seen.kind,
        "payload": seen.payload,
    }


def changed_by(answer: Transformed, event: Event) -> Changed:
    """The event after a transform; what is wrong with its answer leaves that part as it was, and is said."""
    name = f"transform '{answer.name}'"
    if answer.problem is not None:
        return Changed(event, None, (f"{name} failed, the event goes on as it was: {answer.problem}",))
    if not isinstance(answer.value, Mapping):
        what = "nothing" if answer.value is None else f"a {type(answer.value).__name__}"
        return Changed(event, None, (f"{name} failed, the event goes on as it was: it returned {what}, not a dict",))
    made: dict[str, Any] = {}
    wrong: list[str] = []
    service = None
    for key, value in answer.value.items():
        if key == "service" and isinstance(value, str):
            service = value
        elif key in _READERS:
            try:
                made["suppressed" if key == "suppress" else key] = _READERS[key](value)
            except Invalid as error:
                wrong.append(f"{key} {error.sentence}")
        elif key not in READ_ONLY:
            wrong.append(f"{str(key)[:40]} is nothing that it can set")
    suppress = made.pop("suppressed", False)
    if suppress and event.action is Action.TRIGGER:
        made["suppressed"] = name
    made = {key: value for key, value in made.items() if value != getattr(event, key)}
    kept = [f"; {line}" for line in wrong[:5]]
    what = ", ".join(key.replace("_", " ") for key in made) or "nothing"
    return Changed(replace(event, **made), service, (f"{name} changed {what}{''.join(kept)}",))


def _text(limit: int) -> Callable[[object], str]:
    def read(value: object) -> str:
        if not isinstance(value, str):
            raise Invalid(f"must be text, not {type(value).__name__}")
        return cut(value.encode("utf-16", "surrogatepass").decode("utf-16", "replace").replace("\0", "\ufffd"), limit)

    return read


def _or_none(read: Callable[[object], Any]) -> Callable[[object], Any]:
    return lambda value: None if value is None else read(value)


def _key(value: object) -> str:
    text = _text(LONGEST_LABEL)(value)
    if not text:
        raise Invalid("is empty")
    return fit_key(text)


def _severity(value: object) -> Severity:
    severity = severity_named(value) if isinstance(value, str) else None
    if severity is None:
        raise Invalid(f"can't be '{str(value)[:40]}'")
    return severity


def _urgency(value: object) -> Urgency:
    if value not in ("high", "low"):
        raise Invalid("must be high or low")
    return Urgency(str(value))


def _labels(value: object) -> dict[str, str]:
    if not isinstance(value, Mapping) or len(value) > MOST_LABELS:
        raise Invalid(f"must be a dict with at most {MOST_LABELS} entries")
    if not all(isinstance(one, str | int | float | bool) for one in value.values()):
        raise Invalid("must hold texts only")
    return {_text(200)(str(name)): _text(LONGEST_LABEL)(str(one)) for name, one in value.items()}


def _span(value: object) -> Any:
    if not isinstance(value, str):
        raise Invalid("must be a duration like 2m")
    return parse_duration(value)


def _flag(value: object) -> bool:
    if not isinstance(value, bool):
        raise Invalid("must be true or false")
    return value


def _link(value: object) -> str:
    text = _text(LINK_LIMIT)(value)
    if not text.startswith(("https://", "http://")):
        raise Invalid("is no web address")
    return text


_READERS: Mapping[str, Callable[[object], Any]] = {
    "title": lambda value: " ".join(_text(TITLE_LIMIT)(value).split()),
    "description": _text(DESCRIPTION_LIMIT),
    "severity": _severity,
    "urgency": _or_none(_urgency),
    "dedup_key": _or_none(_key),
    "group_key": _or_none(_key),
    "labels": _labels,
    "link": _or_none(_link),
    "hold_for": _or_none(_span),
    "suppress": _flag,
}
