"""What a scenario's shape can't tell: keys that don't go together, names that nobody has, times out of order."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime

from oncall_tui.domain.errors import Invalid
from oncall_tui.domain.incident.acting.acts import SNOOZE_LIMIT
from oncall_tui.domain.incident.causes import RESOLUTIONS
from oncall_tui.domain.time.durations import format_duration, parse_duration
from oncall_tui.domain.time.walltime import parse_wall_or_instant, zone
from oncall_tui.domain.world import World
from oncall_tui.ops.config.problems import hint
from oncall_tui.ops.scenarios.entries import EventEntry, PageEntry, ScenarioEntry

MOST_EVENTS = 10_000

_UTC = zone("UTC")
_ALWAYS = frozenset({"at", "do"})
_ABOUT_ONE = frozenset({"key", "by", "as_of"})
GOES_WITH: Mapping[str, frozenset[str]] = {
    "trigger": frozenset({"key", "by", "title", "description", "severity", "labels", "group", "started_at"}),
    "acknowledge": _ABOUT_ONE | {"take_over"},
    "escalate": _ABOUT_ONE,
    "resolve": _ABOUT_ONE | {"reason"},
    "reassign": _ABOUT_ONE | {"to"},
    "snooze": _ABOUT_ONE | {"for", "until"},
    "maintenance": frozenset({"by", "for"}),
    "fail_delivery": frozenset({"user", "contact", "how", "until"}),
}
_BY_A_PERSON = frozenset({"escalate", "reassign", "snooze"})


class _Found:
    """The problems so far; what only echoes a wrong shape is left out."""

    def __init__(self, world: World, broken: Collection[str]) -> None:
        self.world = world
        self.problems: list[Invalid] = []
        self._broken = broken

    def wrong(self, path: str, sentence: str, mend: str, code: str = "") -> None:
        """Something that makes no sense."""
        if not any(path == outer or path.startswith((f"{outer}.", f"{outer}[")) for outer in self._broken):
            self.problems.append(Invalid(sentence, mend=mend, path=path, code=code))

    def is_known_wrong(self, path: str) -> bool:
        """Whether the shape at this path is wrong."""
        return path in self._broken

    def is_wrong_inside(self, path: str) -> bool:
        """Whether the shape of something inside this path is wrong."""
        return any(inner.startswith(f"{path}.") for inner in self._broken)

    def refer(self, kind: str, name: str | None, known: Iterable[str], path: str) -> None:
        """The name must be known."""
        names = sorted(known)
        if not name or name in names:
            return
        mend = hint(name, names) or f"there is: {', '.join(names) or 'none yet'}"
        self.wrong(path, f"there is no {kind} '{name}'", mend, "missing_reference")

    def user(self, name: str | None, path: str) -> None:
        """The user must be known."""
        self.refer("user", name, self.world.users, path)


def check(entry: ScenarioEntry, world: World, broken: Collection[str]) -> list[Invalid]:
    """Everything that is wrong with a scenario beside its shape; `broken` are the paths whose shape is wrong."""
    found = _Found(world, broken)
    found.refer("service", entry.service, world.services, "service")
    if not entry.events:
        found.wrong("events", "nothing happens", "add an event: {at: 2026-03-01T03:10:00Z, do: trigger}", "missing")
    elif len(entry.events) > MOST_EVENTS:
        found.wrong("events", f"more than {MOST_EVENTS} events", "make several scenarios of it")
    for place, event in enumerate(entry.events):
        _check_event(event, f"events[{place}]", found)
    _check_times(entry, found)
    for place, wanted in enumerate(entry.expect):
        path = f"expect[{place}]"
        nothing = all(getattr(wanted, key) is None for key in wanted.model_fields_set)
        if nothing and not found.is_wrong_inside(path):
            found.wrong(path, "expects nothing", "write one of paged, not_paged, state, pages", "missing")
        for key, page in (("paged", wanted.paged), ("not_paged", wanted.not_paged)):
            if page is not None:
                _check_page(page, f"{path}.{key}", found)
    return found.problems


def _check_event(event: EventEntry, path: str, found: _Found) -> None:
    if found.is_known_wrong(f"{path}.do"):
        return
    given = {EventEntry.model_fields[name].alias or name for name in event.model_fields_set}
    for key in sorted(given - _ALWAYS - GOES_WITH[event.do]):
        allowed = ", ".join(sorted(GOES_WITH[event.do]))
        found.wrong(f"{path}.{key}", f"'{key}' does not go with {event.do}", f"known with it: {allowed}", "unknown_key")
    found.user(event.by, f"{path}.by")
    if event.do in _BY_A_PERSON and event.by is None:
        found.wrong(f"{path}.by", "is missing: only people do this", "add by: and a username", "missing")
    match event.do:
        case "resolve" if event.reason is not None and event.reason not in RESOLUTIONS:
            found.wrong(
                f"{path}.reason", f"'{event.reason}' is no reason for resolving", f"one of: {', '.join(RESOLUTIONS)}"
            )
        case "reassign":
            _check_to(event, path, found)
        case "snooze":
            _check_snooze(event, path, found)
        case "maintenance" if event.for_ is None:
            found.wrong(f"{path}.for", "is missing: every maintenance ends", "add for: 1h", "missing")
        case "fail_delivery":
            _check_failure(event, path, found)
        case _:
            pass


def _check_to(event: EventEntry, path: str, found: _Found) -> None:
    to = event.to
    if to is None or (to.user is None) == (to.policy is None):
        sentence = "is missing" if to is None else "names exactly one of user and policy"
        found.wrong(f"{path}.to", sentence, "write it like to: {user: ana} or to: {policy: payments}", "missing")
        return
    found.user(to.user, f"{path}.to.user")
    found.refer("policy", to.policy, found.world.policies, f"{path}.to.policy")


def _check_snooze(event: EventEntry, path: str, found: _Found) -> None:
    if (event.for_ is None) == (event.until is None):
        sentence = "a snooze needs for or until" if event.for_ is None else "for does not go with until"
        found.wrong(f"{path}.for", sentence, "write it like for: 1h", "missing")
    elif event.for_ is not None and parse_duration(event.for_) > SNOOZE_LIMIT:
        found.wrong(f"{path}.for", f"a snooze is at most {format_duration(SNOOZE_LIMIT)}", "write a shorter one")


def _check_failure(event: EventEntry, path: str, found: _Found) -> None:
    given = event.model_fields_set
    if event.user is None and event.contact is None:
        sentence = "is missing" if "user" not in given else "a channel is named by its contact"
        found.wrong(f"{path}.user", sentence, "write it like user: ana, contact: push", "missing")
        return
    found.user(event.user, f"{path}.user")
    user = found.world.users.get(event.user) if event.user is not None else None
    if user is not None:
        names = [contact.name for contact in user.contacts]
        found.refer(f"contact of {user.username}", event.contact, names, f"{path}.contact")


def _check_page(page: PageEntry, path: str, found: _Found) -> None:
    found.user(page.user, f"{path}.user")
    user = found.world.users.get(page.user) if page.user is not None else None
    if user is not None:
        names = [contact.name for contact in user.contacts]
        found.refer(f"contact of {user.username}", page.contact, names, f"{path}.contact")


def _check_times(entry: ScenarioEntry, found: _Found) -> None:
    """Everything that can be said of the order of times, once the first is known."""
    if not entry.events or not entry.events[0].at:
        return
    if entry.events[0].at.startswith("+"):
        mend = "write it like 2026-03-01T03:10:00Z"
        found.wrong("events[0].at", "the first event has nothing to be counted from", mend)
        return
    first = parse_wall_or_instant(entry.events[0].at, _UTC)
    until = _instant(entry.until, first)
    if until is not None and until <= first:
        found.wrong("until", "it ends before it begins", "write it like +1h")
        return
    for place, event in enumerate(entry.events):
        at, seen = _instant(event.at, first), _instant(event.as_of, first)
        if at is None:
            continue
        if until is not None and at > until:
            found.wrong(f"events[{place}].at", "this is after the scenario's end", "let until be later")
        if seen is not None and seen > at:
            found.wrong(f"events[{place}].as_of", "nobody has seen what comes later", "give a moment before the act")


def _instant(text: str | None, first: datetime) -> datetime | None:
    """The instant of a moment, unless it is missing or wrong."""
    if not text:
        return None
    return first + parse_duration(text[1:]) if text.startswith("+") else parse_wall_or_instant(text, _UTC)
