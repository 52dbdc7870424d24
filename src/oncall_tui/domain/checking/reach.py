"""Whom a policy leads to over a span, by the engine's own function, asked only where somebody else comes on call."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from oncall_tui.domain.checking.findings import Span, joined
from oncall_tui.domain.directory.policies import Policy, Target, TargetKind
from oncall_tui.domain.incident.moves.reaching import audience
from oncall_tui.domain.schedules import BrokenSchedule, Schedule, Segment, lanes
from oncall_tui.domain.world import World

Rotas = Mapping[str, tuple[Segment, ...]]
"""Who is on call in each schedule, stretch by stretch; a broken one is one that nobody can tell anything of: absent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """When which step of a policy leads to nobody, when no step does, and when the fallback does not help either."""

    steps: tuple[tuple[Span, ...], ...]
    by_fallback_alone: tuple[Span, ...]
    nobody: tuple[Span, ...]


def rotas_of(schedules: Iterable[Schedule], start: datetime, end: datetime) -> Rotas:
    """The stretches of every schedule that is not broken."""
    found: dict[str, tuple[Segment, ...]] = {}
    for schedule in schedules:
        try:
            found[schedule.name] = lanes(schedule, start, end)[-1].segments
        except BrokenSchedule:
            continue
    return found


def reach_of(policy: Policy, world: World, rotas: Rotas, start: datetime, end: datetime) -> Reach:
    """Whom a policy leads to in [start, end)."""
    steps: list[list[Span]] = [[] for _ in policy.steps]
    alone: list[Span] = []
    nobody: list[Span] = []
    known: dict[tuple[tuple[str, ...], ...], tuple[tuple[bool, ...], bool]] = {}
    for span, people in _stretches(_schedules(policy), rotas, start, end):
        if people not in known:
            # Who is reached depends on who is on call alone: the same people again need no second look.
            known[people] = _look(policy, world, span.start)
        reached, fallback = known[people]
        for place, is_reached in enumerate(reached):
            if not is_reached:
                steps[place].append(span)
        if not any(reached):
            (alone if fallback else nobody).append(span)
    return Reach(steps=tuple(map(joined, steps)), by_fallback_alone=joined(alone), nobody=joined(nobody))


def _look(policy: Policy, world: World, at: datetime) -> tuple[tuple[bool, ...], bool]:
    reached = tuple(bool(audience(step.targets, policy, world, at)) for step in policy.steps)
    return reached, bool(audience(policy.fallback, policy, world, at))


def _schedules(policy: Policy) -> list[str]:
    targets: list[Target] = [*policy.fallback, *(target for step in policy.steps for target in step.targets)]
    return sorted({target.name for target in targets if target.kind is TargetKind.SCHEDULE})


def _stretches(
    names: list[str], rotas: Rotas, start: datetime, end: datetime
) -> Iterator[tuple[Span, tuple[tuple[str, ...], ...]]]:
    """The stretches in which the same people are on call in all of these schedules."""
    known = [rotas[name] for name in names if name in rotas]
    edges = sorted({start, *(segment.start for rota in known for segment in rota if start < segment.start < end)})
    places = [0] * len(known)
    for begin, finish in zip(edges, [*edges[1:], end], strict=True):
        for number, rota in enumerate(known):
            while rota[places[number]].end <= begin:
                places[number] += 1
        yield Span(begin, finish), tuple(rota[place].users for rota, place in zip(known, places, strict=True))
