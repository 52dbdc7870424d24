"""From an event to what its rules make of it: in order, pure, and never an exception (no rule loses an alert)."""

from __future__ import annotations

from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from oncall_tui.domain.directory.routing_rules import Rule
from oncall_tui.domain.errors import Invalid
from oncall_tui.domain.events import TITLE_LIMIT, Action, Event, cut, fit_key
from oncall_tui.domain.matching.looking import Seen
from oncall_tui.domain.routing.templates import Absent, fill_in
from oncall_tui.domain.routing.transforming import Transformed, changed_by
from oncall_tui.domain.time.durations import format_duration

if TYPE_CHECKING:
    from oncall_tui.domain.directory.services import Integration
    from oncall_tui.domain.world import World

TEXT_LIMIT = 4_000
"""Characters of a text that a rule makes."""


@dataclass(frozen=True, slots=True)
class Given:
    """What rules look at beside the event: the payload as it was read, and what transforms answered, in order."""

    payload: object = None
    transformed: tuple[Transformed, ...] = ()


@dataclass(frozen=True, slots=True)
class Routed:
    """An event after its rules, the service that it goes to, and what each rule did, in words."""

    event: Event
    service: str
    did: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Wanted:
    """The next transform that a rule asks for, and what it is given."""

    name: str
    seen: Seen


NOTHING_GIVEN = Given()


def has_rules(integration: Integration, world: World) -> bool:
    """Whether there is anything to route by."""
    return bool(integration.rules or world.rules)


def needs_payload(integration: Integration, world: World) -> bool:
    """Whether some rule looks at more than labels and fields."""
    return any(rule.needs_payload for rule in (*integration.rules, *world.rules))


def asks_transforms(integration: Integration, world: World) -> bool:
    """Whether some rule asks for a transform."""
    return any(rule.transform is not None for rule in (*integration.rules, *world.rules))


def services_of(integration: Integration, world: World) -> frozenset[str]:
    """The services that an integration's events can go to: all of them, once a transform may name one."""
    if asks_transforms(integration, world):
        return frozenset(world.services)
    named = {rule.service for rule in (*integration.rules, *world.rules) if rule.service is not None}
    return frozenset({integration.service, *(name for name in named if name in world.services)})


def route(event: Event, integration: Integration, world: World, given: Given = NOTHING_GIVEN) -> Routed:
    """What the integration's own rules, then the global ones, make of an event.

    The first rule that matches and does not say `continue` is the last one asked. What goes wrong in a rule is said in
    `did`, and the rest of it counts.
    """
    walk = _Walk(event, integration, world.services, given)
    for _ in walk.through((*integration.rules, *world.rules)):
        pass
    did = tuple(walk.did)
    return Routed(replace(walk.event, routed=did) if did else walk.event, walk.service, did)


def wanted(event: Event, integration: Integration, world: World, given: Given = NOTHING_GIVEN) -> Wanted | None:
    """The next transform that routing this event asks for, after those whose answers are given; None for no more."""
    walk = _Walk(event, integration, world.services, given)
    return next(walk.through((*integration.rules, *world.rules)), None)


class _Walk:
    """One event on its way through the rules. It lives inside one call only."""

    def __init__(self, event: Event, integration: Integration, services: Container[str], given: Given) -> None:
        self.event = event
        self.service = integration.service
        self.did: list[str] = []
        self._integration = integration
        self._services = services
        self._given = given
        self._answers = list(given.transformed)

    def through(self, rules: Sequence[Rule]) -> Iterator[Wanted]:
        """Ask the rules in order; yields each transform that has no answer yet, and goes on without it."""
        for rule in rules:
            if rule.broken is not None:
                self._say(rule, f"passed over: {rule.broken}")
                continue
            if not self._matches(rule):
                continue
            said = len(self.did)
            if rule.transform is not None:
                if not self._answers:
                    yield Wanted(rule.transform, self._seen())
                self._transform(rule, rule.transform)
            self._apply(rule)
            if len(self.did) == said:
                self._say(rule, "matched")
            if not rule.go_on:
                return

    def _seen(self) -> Seen:
        known = self._integration
        return Seen(self.event, self.service, known.name, known.kind, self._given.payload)

    def _say(self, rule: Rule, what: str) -> None:
        self.did.append(f"rule '{rule.name}': {what}")

    def _matches(self, rule: Rule) -> bool:
        seen = self._seen()
        try:
            return all(matcher.holds(seen) for matcher in rule.match)
        except Exception as error:  # noqa: BLE001 - whatever JMESPath raises for a payload, the alert goes on
            self._say(rule, f"passed over, its matchers can't read this: {_why(error)}")
            return False

    def _transform(self, rule: Rule, name: str) -> None:
        answer = self._answers.pop(0) if self._answers else None
        if answer is None or answer.name != name:
            self._say(rule, f"transform '{name}' did not run")
            return
        changed = changed_by(answer, self.event)
        self.event = changed.event
        for line in changed.did:
            self._say(rule, line)
        if changed.service is not None:
            self._send_to(rule, changed.service)

    def _apply(self, rule: Rule) -> None:
        """Everything that the rule sets, read from the event as it matched."""
        made = self._made(rule)
        done = [f"{key.replace('_', ' ')} {_shown(value)}" for key, value in made.items()]
        if rule.suppress and self.event.action is Action.TRIGGER:
            made["suppressed"] = f"rule '{rule.name}'"
            done.append("suppressed")
        if made:
            self.event = replace(self.event, **made)
        if done:
            self._say(rule, ", ".join(done))
        if rule.service is not None:
            self._send_to(rule, rule.service)

    def _made(self, rule: Rule) -> dict[str, Any]:
        seen = self._seen()
        made: dict[str, Any] = {
            "severity": rule.severity,
            "urgency": rule.urgency,
            "hold_for": rule.hold_for,
            "title": self._filled(rule, "title", rule.title, seen),
            "dedup_key": self._filled(rule, "dedup key", rule.dedup_key, seen),
            "group_key": self._filled(rule, "group key", rule.group_key, seen),
            "labels": self._labels(rule, seen) if rule.labels else None,
        }
        if made["title"] is not None:
            made["title"] = cut(" ".join(made["title"].split()), TITLE_LIMIT)
        for key in ("dedup_key", "group_key"):
            if made[key] is not None:
                made[key] = fit_key(made[key])
        return {key: value for key, value in made.items() if value is not None}

    def _send_to(self, rule: Rule, service: str) -> None:
        if service not in self._services:
            self._say(rule, f"there is no service '{service}'")
            return
        self.service = service
        self._say(rule, f"service {service}")

    def _labels(self, rule: Rule, seen: Seen) -> dict[str, str] | None:
        labels = dict(self.event.labels)
        for name, text in rule.labels.items():
            value = self._filled(rule, f"label {name}", text, seen)
            if value:
                labels[name] = value
            elif value is not None:
                labels.pop(name, None)
        return labels if labels != self.event.labels else None

    def _filled(self, rule: Rule, what: str, text: str | None, seen: Seen) -> str | None:
        if text is None:
            return None
        try:
            return fill_in(text, seen.label, TEXT_LIMIT)
        except Absent as absent:
            self._say(rule, f"{what} not set: the event has no {absent.args[0]}")
        except ValueError as error:
            self._say(rule, f"{what} not set: {_why(error)}")
        return None


def _shown(value: object) -> str:
    match value:
        case dict():
            return " ".join(f"{name}={one}" for name, one in value.items())[:200]
        case timedelta():
            return format_duration(value)
        case _:
            return str(value)[:200]


def _why(error: Exception) -> str:
    sentence = error.sentence if isinstance(error, Invalid) else str(error).partition("\n")[0]
    return f"{type(error).__name__}: {sentence}"[:200]
