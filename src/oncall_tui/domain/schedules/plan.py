"""What the resolver works out once about a schedule, kept with it: functions from a span of instants to a lane."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from itertools import groupby
from zoneinfo import ZoneInfo

from oncall_tui.domain.schedules.pieces import Lane, On, Piece, clipped, put_on, together
from oncall_tui.domain.schedules.problems import BrokenSchedule, faults
from oncall_tui.domain.schedules.spans import Spans
from oncall_tui.domain.schedules.turns import shifts_of
from oncall_tui.domain.schedules.values import PLAN, FixedShift, Layer, Override, Rotation, Schedule, Temporary
from oncall_tui.domain.schedules.windows import describe, windows_of
from oncall_tui.domain.time.walltime import zone

LaneOf = Callable[[datetime, datetime], Lane]
"""The lane in a span of instants, clipped to it."""


@dataclass(frozen=True, slots=True)
class Plan:
    """A schedule made ready: a lane for each layer, the layers by priority, what lies on top of them."""

    layers: tuple[LaneOf, ...]
    ranks: tuple[tuple[LaneOf, ...], ...]
    """The lanes of equal priority, the highest priority first."""
    overrides: Spans[Override]
    temporaries: tuple[tuple[Temporary, LaneOf], ...]


def plan_of(schedule: Schedule) -> Plan:
    """The schedule's plan, made at the first asking. Raises BrokenSchedule."""
    kept = vars(schedule).get(PLAN)
    if isinstance(kept, Plan):
        return kept
    made = _make(schedule)
    vars(schedule)[PLAN] = made
    return made


def _make(schedule: Schedule) -> Plan:
    if broken := faults(schedule):
        raise BrokenSchedule(schedule.name, broken)
    lanes = tuple(_layer(layer, schedule) for layer in schedule.layers)
    places = sorted(range(len(lanes)), key=schedule.priority, reverse=True)
    ranks = tuple(tuple(lanes[place] for place in equal) for _, equal in groupby(places, key=schedule.priority))
    temporaries = tuple((one, _fixed(one.shifts, "temporary schedule")) for one in schedule.temporaries)
    return Plan(lanes, ranks, Spans(schedule.overrides), temporaries)


def _layer(layer: Layer, schedule: Schedule) -> LaneOf:
    if layer.rotation is None:
        lane = _fixed(layer.shifts, f"layer {layer.name}, fixed shift")
    else:
        lane = _rotation(layer.rotation, layer.name, zone(schedule.zone_name(layer)))
    if layer.restrict:
        lane = _restricted(layer, lane, zone(schedule.timezone))
    return lane if layer.until is None else _until(layer.until, lane)


def _rotation(rotation: Rotation, name: str, local: ZoneInfo) -> LaneOf:
    spans = shifts_of(rotation, local)
    count = len(rotation.slots)
    slots: list[On] = [
        tuple((user, (f"layer {name}, slot {place} of {count}",)) for user in slot)
        for place, slot in enumerate(rotation.slots, 1)
    ]

    def lane(start: datetime, end: datetime) -> Lane:
        pieces = [Piece(begin, over, slots[place], not slots[place]) for begin, over, place in spans(start, end)]
        return clipped(pieces, start, end)

    return lane


def _fixed(shifts: tuple[FixedShift, ...], because: str) -> LaneOf:
    known = Spans(shifts)

    def lane(start: datetime, end: datetime) -> Lane:
        return together(
            Piece(max(shift.start, start), min(shift.end, end), ((shift.user, (because,)),))
            for shift in known.meeting(start, end)
        )

    return lane


def _restricted(layer: Layer, inner: LaneOf, local: ZoneInfo) -> LaneOf:
    windows = windows_of(layer.restrict, local)
    texts = tuple(describe(restriction) for restriction in layer.restrict)

    @cache
    def said(on: On, place: int) -> On:
        return tuple((user, tuple(f"{reason}, within {texts[place]}" for reason in because)) for user, because in on)

    def lane(start: datetime, end: datetime) -> Lane:
        whole = inner(start, end)
        found: Lane = []
        place = 0
        for opens, closes, which in windows(start, end) if whole else ():
            while place < len(whole) and whole[place].start < closes:
                piece = whole[place]
                if piece.end > opens:
                    begin = opens if piece.start < opens else piece.start
                    over = closes if closes < piece.end else piece.end
                    found.append(Piece(begin, over, said(piece.on, which), piece.planned))
                if piece.end > closes:
                    break  # it reaches into the next window
                place += 1
        return found

    return lane


def _until(until: datetime, inner: LaneOf) -> LaneOf:
    def lane(start: datetime, end: datetime) -> Lane:
        return inner(start, min(end, until)) if start < until else []

    return lane


def applied(override: Override, tiling: Lane) -> Lane:
    """A tiling that lies within an override, as the override makes it."""
    because = (told(override),)
    if override.users and override.replaces is None:
        on = tuple((user, because) for user in override.users)
        return [Piece(tiling[0].start, tiling[-1].end, on)]
    return [_applied(override, because, piece) for piece in tiling]


def _applied(override: Override, because: tuple[str, ...], piece: Piece) -> Piece:
    gone = override.remove if override.replaces is None else (override.replaces,)
    on = tuple(one for one in piece.on if one[0] not in gone)
    if gone and len(on) == len(piece.on):
        return piece
    for user in override.puts_on:
        on = put_on(on, user, because)
    return Piece(piece.start, piece.end, on, piece.planned and not on)


def told(override: Override) -> str:
    """An override in words: who made it, and what it does."""
    by = f"override by {override.made_by}" if override.made_by else "override"
    if override.add:
        return f"{by}: {' and '.join(override.add)} added"
    if override.remove:
        return f"{by}: {' and '.join(override.remove)} taken off"
    who = " and ".join(override.users)
    return f"{by}: {who}" + (f" for {override.replaces}" if override.replaces is not None else "")
