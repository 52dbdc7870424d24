"""The one resolver: a span cut into pieces in which nothing changes. Everything else is read off these pieces."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from oncall_tui.domain.errors import Invalid
from oncall_tui.domain.schedules.model import BrokenSchedule, FixedShift, Layer, Override, Piece, Schedule, Temporary
from oncall_tui.domain.schedules.turns import turns_between
from oncall_tui.domain.schedules.windows import windows_between
from oncall_tui.domain.walltime import zone

Span = tuple[datetime, datetime]
On = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Stretch:
    """What one layer says of a stretch: its people, with the reason; nobody is a planned gap."""

    start: datetime
    end: datetime
    users: tuple[str, ...]
    because: str


def pieces(schedule: Schedule, start: datetime, end: datetime) -> list[Piece]:
    """The whole of `[start, end)` in pieces, in order, without a hole. Raises BrokenSchedule."""
    try:
        whole = _layered(schedule, start, end)
    except Invalid as error:
        raise BrokenSchedule(f"{schedule.name}: {error.sentence}", mend=error.mend) from error
    for override in schedule.overrides:
        whole = _overridden(whole, override)
    for temporary in schedule.temporaries:
        whole = _replaced(whole, temporary)
    return whole


def layer_stretches(schedule: Schedule, layer: Layer, start: datetime, end: datetime) -> list[Stretch]:
    """What one layer alone says of `[start, end)`, clipped, in order; it says nothing of the rest."""
    schedules_zone = zone(schedule.timezone)
    stop = end if layer.until is None else min(end, layer.until)
    if stop <= start:
        return []
    found = [*_turns(schedule, layer, start, stop), *_fixed(layer.shifts, f"layer {layer.name}, fixed shift")]
    if layer.restrict:
        allowed = windows_between(layer.restrict, schedules_zone, start, stop)
        found = [part for stretch in found for part in _inside(stretch, allowed)]
    return [part for stretch in found for part in _inside(stretch, [(start, stop)])]


def _turns(schedule: Schedule, layer: Layer, start: datetime, end: datetime) -> Iterator[Stretch]:
    if layer.rotation is None:
        return
    slots = layer.rotation.slots
    for first, last, slot in turns_between(layer.rotation, zone(layer.timezone or schedule.timezone), start, end):
        yield Stretch(first, last, slots[slot], f"layer {layer.name}, slot {slot + 1} of {len(slots)}")


def _fixed(shifts: Iterable[FixedShift], because: str) -> Iterator[Stretch]:
    for shift in shifts:
        yield Stretch(shift.start, shift.end, (shift.user,), because)


def _inside(stretch: Stretch, spans: Iterable[Span]) -> Iterator[Stretch]:
    for first, last in spans:
        start, end = max(stretch.start, first), min(stretch.end, last)
        if start < end:
            yield Stretch(start, end, stretch.users, stretch.because)


def _layered(schedule: Schedule, start: datetime, end: datetime) -> list[Piece]:
    """All layers together: at each instant the highest priority that has somebody, equal ones together."""
    ranked = [
        (place if layer.priority is None else layer.priority, place, stretch)
        for place, layer in enumerate(schedule.layers)
        for stretch in layer_stretches(schedule, layer, start, end)
    ]
    edges = sorted({start, end, *(s.start for _, _, s in ranked), *(s.end for _, _, s in ranked)})
    ranked.sort(key=lambda entry: entry[2].start)
    active: list[tuple[int, int, Stretch]] = []
    upcoming = 0
    made = []
    for first, last in zip(edges, edges[1:], strict=False):
        active = [entry for entry in active if entry[2].end > first]
        while upcoming < len(ranked) and ranked[upcoming][2].start <= first:
            active.append(ranked[upcoming])
            upcoming += 1
        made.append(_winner(first, last, active))
    return made


def _winner(start: datetime, end: datetime, active: Sequence[tuple[int, int, Stretch]]) -> Piece:
    covering = [entry for entry in active if entry[2].users]
    if not covering:
        return Piece(start, end, (), planned=bool(active))
    highest = max(priority for priority, _, _ in covering)
    chosen = sorted((entry for entry in covering if entry[0] == highest), key=lambda entry: entry[1])
    return Piece(start, end, tuple((user, stretch.because) for _, _, stretch in chosen for user in stretch.users))


def _overridden(whole: list[Piece], override: Override) -> list[Piece]:
    made: list[Piece] = []
    for piece in _cut(whole, override.start, override.end):
        if override.start <= piece.start < override.end:
            on = _apply(piece.on, override)
            made.append(Piece(piece.start, piece.end, on, planned=piece.planned and not on))
        else:
            made.append(piece)
    return made


def _apply(on: On, override: Override) -> On:
    by = f"override by {override.made_by}" if override.made_by else "override"
    if override.replaces is not None:
        if all(user != override.replaces for user, _ in on):
            return on
        kept = tuple(pair for pair in on if pair[0] != override.replaces)
        return (*kept, *((user, f"{by}: for {override.replaces}") for user in override.users))
    if override.users:
        return tuple((user, by) for user in override.users)
    kept = tuple(pair for pair in on if pair[0] not in override.remove)
    return (*kept, *((user, f"{by}: added") for user in override.add))


def _replaced(whole: list[Piece], temporary: Temporary) -> list[Piece]:
    made: list[Piece] = []
    edges = {edge for shift in temporary.shifts for edge in (shift.start, shift.end)}
    for edge in sorted({temporary.start, temporary.end, *edges}):
        whole = _cut(whole, edge, edge)
    for piece in whole:
        if temporary.start <= piece.start < temporary.end:
            on = tuple(
                (shift.user, "temporary schedule") for shift in temporary.shifts if shift.start <= piece.start < shift.end
            )
            made.append(Piece(piece.start, piece.end, on))
        else:
            made.append(piece)
    return made


def _cut(whole: Iterable[Piece], *edges: datetime) -> list[Piece]:
    """The same pieces, with a seam at each edge."""
    made = []
    for piece in whole:
        rest = piece
        for edge in edges:
            if rest.start < edge < rest.end:
                made.append(Piece(rest.start, edge, rest.on, rest.planned))
                rest = Piece(edge, rest.end, rest.on, rest.planned)
        made.append(rest)
    return made
