"""From a scenario file to what will happen and what is expected: every problem of the file at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pydantic import ValidationError

from oncall_tui.domain.errors import Invalid, InvalidMany
from oncall_tui.domain.severity import Severity
from oncall_tui.domain.simulation import Act, Deed, FailDelivery, Happening, How, Maintain, Scenario, Trigger
from oncall_tui.domain.simulation.expectations import (
    CountsPages,
    EndsIn,
    Expectation,
    NotPaged,
    Paged,
    PageLike,
)
from oncall_tui.domain.time.durations import parse_duration
from oncall_tui.domain.time.walltime import parse_wall_or_instant, zone
from oncall_tui.domain.world import World
from oncall_tui.ops.config.entries.base import PARTIAL
from oncall_tui.ops.config.problems import shape_problems
from oncall_tui.ops.config.texts import what
from oncall_tui.ops.config.yaml.reading import read_yaml
from oncall_tui.ops.scenarios.checks import check
from oncall_tui.ops.scenarios.entries import EventEntry, PageEntry, ScenarioEntry

_UTC = zone("UTC")


@dataclass(frozen=True, slots=True)
class Script:
    """A scenario without a fault, and what it expects, each expectation with its path in the file."""

    scenario: Scenario
    expectations: tuple[tuple[str, Expectation], ...]


def read_scenario(text: str, world: World) -> Script:
    """The scenario that a text holds, in a world that has everything it names.

    Raises InvalidMany with every problem and its path, Invalid where it is no YAML or no mapping at all.
    """
    tree = read_yaml(text)
    if not isinstance(tree, dict):
        raise Invalid(
            f"a scenario is a mapping with service, events and until, not {what(tree)}",
            mend="begin with `service:`",
        )
    entry, problems = _shaped(tree)
    problems += check(entry, world, [problem.path for problem in problems])
    if problems:
        raise InvalidMany(problems)
    return _script(entry)


def schema() -> dict[str, Any]:
    """The JSON Schema of a scenario file, for editors (draft 2020-12)."""
    made = ScenarioEntry.model_json_schema(by_alias=True)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "oncall-tui scenario file",
        **{key: value for key, value in made.items() if key != "title"},
    }


def _shaped(tree: dict[str, Any]) -> tuple[ScenarioEntry, list[Invalid]]:
    try:
        return ScenarioEntry.model_validate(tree), []
    except ValidationError as error:
        problems = shape_problems(error, ScenarioEntry)
    return ScenarioEntry.model_validate(tree, context=PARTIAL), problems


def _script(entry: ScenarioEntry) -> Script:
    first = parse_wall_or_instant(entry.events[0].at, _UTC)
    happenings = tuple(_happening(event, entry, first) for event in entry.events)
    scenario = Scenario(service=entry.service, happenings=happenings, until=_at(entry.until, first))
    return Script(scenario, tuple(_expectations(entry, first)))


def _at(text: str, first: datetime) -> datetime:
    """The instant of a moment: `+5m` is so long after the first event."""
    if text.startswith("+"):
        return first + parse_duration(text[1:])
    return parse_wall_or_instant(text, _UTC)


def _maybe(text: str | None, first: datetime) -> datetime | None:
    return None if text is None else _at(text, first)


def _happening(event: EventEntry, entry: ScenarioEntry, first: datetime) -> Happening:
    at = _at(event.at, first)
    match event.do:
        case "trigger":
            title = event.title or event.key or f"{entry.service} burns"
            return Trigger(
                at=at,
                title=title,
                severity=Severity(event.severity or entry.severity),
                # Without a key a sender's alert is known by its title; each that a person opens is a new one.
                key=event.key or (None if event.by is not None else title),
                description=event.description or "",
                labels=event.labels or {},
                group=event.group,
                started_at=_maybe(event.started_at, first),
                by=event.by,
            )
        case "fail_delivery":
            until = _maybe(event.until, first)
            how = How(event.how or How.PERMANENT)
            return FailDelivery(at=at, user=event.user, contact=event.contact, how=how, until=until)
        case "maintenance":
            return Maintain(at=at, span=parse_duration(event.for_ or "0s"), by=event.by)
        case _:
            return _act(event, at, first)


def _act(event: EventEntry, at: datetime, first: datetime) -> Act:
    to = event.to
    return Act(
        at=at,
        do=Deed(event.do),
        by=event.by,
        key=event.key,
        as_of=_maybe(event.as_of, first),
        take_over=event.take_over or False,
        reason=event.reason or "fixed",
        user=to.user if to is not None else None,
        policy=to.policy if to is not None else None,
        until=at + parse_duration(event.for_) if event.for_ is not None else _maybe(event.until, first),
    )


def _expectations(entry: ScenarioEntry, first: datetime) -> Sequence[tuple[str, Expectation]]:
    found: list[tuple[str, Expectation]] = []
    for place, wanted in enumerate(entry.expect):
        path = f"expect[{place}]"
        if wanted.paged is not None:
            found.append((f"{path}.paged", Paged(_like(wanted.paged, first))))
        if wanted.not_paged is not None:
            found.append((f"{path}.not_paged", NotPaged(_like(wanted.not_paged, first))))
        if wanted.state is not None:
            found.append((f"{path}.state", EndsIn(wanted.state)))
        if wanted.pages is not None:
            found.append((f"{path}.pages", CountsPages(wanted.pages)))
    return found


def _like(page: PageEntry, first: datetime) -> PageLike:
    return PageLike(
        user=page.user,
        channel=page.user is None and "user" in page.model_fields_set,
        contact=page.contact,
        step=page.step,
        round=page.round,
        incident=page.incident,
        since=_maybe(page.from_, first),
        latest=first + parse_duration(page.within) if page.within is not None else None,
        before=_maybe(page.until, first),
    )
