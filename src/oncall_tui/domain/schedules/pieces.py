"""Stretches of time with who is on call in them, and how such stretches are laid over one another.

A lane is a list of pieces that is sorted and never overlaps. Where a lane has no piece, nothing is said; a piece
without people is a planned gap. A tiling is a lane without holes, in which unplanned gaps are pieces as well.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

Reasons = tuple[str, ...]
On = tuple[tuple[str, Reasons], ...]
"""Who is on call, each with the reasons why."""


# Not frozen: it would cost five times as much to make one, and a year of a schedule takes thousands.
@dataclass(slots=True)
class Piece:
    """From `start` up to `end`, these people. Without people: a gap, planned or not. Never changed once made."""

    start: datetime
    end: datetime
    on: On
    planned: bool = False

    def within(self, start: datetime, end: datetime) -> Piece:
        """The part of it in a span that it meets."""
        begin = start if self.start < start else self.start
        over = end if end < self.end else self.end
        return Piece(begin, over, self.on, self.planned)


Lane = list[Piece]


def both(reasons: Reasons, because: Reasons) -> Reasons:
    """The reasons, and those that are not among them yet."""
    if reasons == because:
        return reasons
    return reasons + tuple(reason for reason in because if reason not in reasons)


def put_on(on: On, user: str, because: Reasons) -> On:
    """These people and one more; the reasons of a person who is there already are joined."""
    for place, (known, reasons) in enumerate(on):
        if known == user:
            return (*on[:place], (user, both(reasons, because)), *on[place + 1 :])
    return (*on, (user, because))


def together(pieces: Iterable[Piece]) -> Lane:
    """The lane in which all these pieces hold at once: where they overlap, their people are on call together."""
    waiting = sorted(pieces, key=lambda piece: piece.start)
    if all(one.end <= other.start for one, other in pairwise(waiting)):
        return waiting
    cuts = sorted({edge for piece in waiting for edge in (piece.start, piece.end)})
    lane: Lane = []
    running: Lane = []
    taken = 0
    for start, end in pairwise(cuts):
        running = [piece for piece in running if piece.end > start]
        while taken < len(waiting) and waiting[taken].start <= start:
            running.append(waiting[taken])
            taken += 1
        if running:
            lane.append(_joined(start, end, running))
    return lane


def _joined(start: datetime, end: datetime, pieces: list[Piece]) -> Piece:
    on: On = ()
    for piece in pieces:
        for user, because in piece.on:
            on = put_on(on, user, because)
    return Piece(start, end, on, planned=not on)


def filled(upper: Lane, lower: Lane) -> Lane:
    """The upper lane, and in its holes the lower one."""
    if not upper or not lower:
        return upper or lower
    lane: Lane = []
    below = 0
    since = min(lower[0].start, upper[0].start)
    for piece in upper:
        if since < piece.start:
            below = _copy(lower, below, since, piece.start, lane)
        lane.append(piece)
        since = piece.end
    _copy(lower, below, since, max(lower[-1].end, since), lane)
    return lane


def _copy(lower: Lane, place: int, start: datetime, end: datetime, lane: Lane) -> int:
    """Append what the lower lane has in [start, end), reading on from `place`; where to read on after that."""
    while place < len(lower) and lower[place].end <= start:
        place += 1
    while place < len(lower) and lower[place].start < end:
        piece = lower[place]
        if piece.start < start or piece.end > end:
            lane.append(piece.within(start, end))
        else:
            lane.append(piece)
        if piece.end > end:
            break
        place += 1
    return place


def clipped(lane: Lane, start: datetime, end: datetime) -> Lane:
    """A lane, all of whose pieces meet a span, with its first and last piece cut to that span."""
    if lane and lane[0].start < start:
        lane[0] = lane[0].within(start, end)
    if lane and lane[-1].end > end:
        lane[-1] = lane[-1].within(start, end)
    return lane


def tiled(lane: Lane, start: datetime, end: datetime) -> Lane:
    """The lane's part in [start, end), its holes filled with gaps that nobody planned."""
    tiles: Lane = []
    for piece in lane:
        if start < piece.start:
            tiles.append(Piece(start, piece.start, ()))
        tiles.append(piece)
        start = piece.end
    if start < end:
        tiles.append(Piece(start, end, ()))
    return tiles


def change(tiling: Lane, start: datetime, end: datetime, to: Callable[[Lane], Lane]) -> None:
    """Replace the tiling's part in [start, end), which must not be empty, by what `to` makes of it."""
    first = bisect_right(tiling, start, key=_end)
    last = bisect_left(tiling, end, key=_start)
    inner = clipped(tiling[first:last], start, end)
    before, after = tiling[first], tiling[last - 1]
    edges_before = [before.within(before.start, start)] if before.start < start else []
    edges_after = [after.within(end, after.end)] if after.end > end else []
    tiling[first:last] = [*edges_before, *to(inner), *edges_after]


def _start(piece: Piece) -> datetime:
    return piece.start


def _end(piece: Piece) -> datetime:
    return piece.end
