"""Who is on call: one function lays out a span of time, and every question is answered from what it gives.

So a point, a calendar and a preview never disagree. All instants are UTC, all spans [start, end). Everything here
raises BrokenSchedule for a schedule that makes no sense.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial
from itertools import chain
from operator import attrgetter

from oncall_tui.domain.schedules.answers import Coverage, Gap, NamedLane, OnCallNow, Segment, Shift, Stint
from oncall_tui.domain.schedules.pieces import Lane, On, Piece, Reasons, both, change, filled, put_on, tiled, together
from oncall_tui.domain.schedules.plan import LaneOf, Plan, applied, plan_of
from oncall_tui.domain.schedules.values import Schedule

HORIZON = timedelta(days=366)
"""How far `next_…` and a stint look: a year, a leap day included."""
_INSTANT = timedelta(microseconds=1)
_FIRST_LOOK = timedelta(days=2)
_BY_TIME = attrgetter("start", "end", "user")


def resolve(schedule: Schedule, start: datetime, end: datetime) -> Coverage:
    """The shifts and gaps of [start, end): one row per user and stretch, joined while the same user goes on."""
    tiling = _tiling(plan_of(schedule), start, end)
    return Coverage(tuple(_shifts(tiling)), tuple(_gaps(tiling)))


def users_on_call(schedule: Schedule, at: datetime) -> tuple[str, ...]:
    """The users on call at an instant, sorted."""
    return tuple(sorted(user for user, _ in _at(schedule, at)))


def on_call(schedule: Schedule, at: datetime) -> tuple[OnCallNow, ...]:
    """Everybody on call at an instant, sorted by user, each with reasons and the stint around it."""
    plan = plan_of(schedule)
    people = []
    for user, because in sorted(_at(schedule, at)):
        around = _stint(plan, user, at)
        people.append(OnCallNow(user, because, around.since, around.until))
    return tuple(people)


def stint(schedule: Schedule, user: str, at: datetime) -> Stint | None:
    """The stint of a user around an instant; None when the user is not on call then."""
    if user not in users_on_call(schedule, at):
        return None
    return _stint(plan_of(schedule), user, at)


def stretch(schedule: Schedule, at: datetime) -> Stint:
    """Since and until when exactly those are on call who are at this instant, nobody at all included."""
    plan = plan_of(schedule)
    people = frozenset(user for user, _ in _at(schedule, at))
    since = next((piece.end for piece in _backward(plan, at - HORIZON, at) if _people(piece) != people), None)
    until = next((piece.start for piece in _forward(plan, at, at + HORIZON) if _people(piece) != people), None)
    return Stint(since, until)


def next_on_call_at(schedule: Schedule, after: datetime, horizon: timedelta = HORIZON) -> datetime | None:
    """The first instant from `after` on at which somebody is on call; None when there is none within the horizon."""
    for piece in _forward(plan_of(schedule), after, after + horizon):
        if piece.on:
            return piece.start
    return None


def next_change_at(schedule: Schedule, after: datetime, horizon: timedelta = HORIZON) -> datetime | None:
    """The first instant later than `after` at which other people are on call than before; None within the horizon."""
    now: frozenset[str] | None = None
    for piece in _forward(plan_of(schedule), after, after + horizon):
        people = _people(piece)
        if now is not None and people != now:
            return piece.start
        now = people
    return None


def lanes(schedule: Schedule, start: datetime, end: datetime) -> tuple[NamedLane, ...]:
    """A lane for each layer as it stands by itself, in their order, and last the result of all."""
    plan = plan_of(schedule)
    own = [
        NamedLane(layer.name, schedule.priority(place), _segments(tiled(lane(start, end), start, end)))
        for place, (layer, lane) in enumerate(zip(schedule.layers, plan.layers, strict=True))
    ]
    return (*own, NamedLane("result", None, _segments(_tiling(plan, start, end))))


def _at(schedule: Schedule, at: datetime) -> On:
    return _tiling(plan_of(schedule), at, at + _INSTANT)[0].on


def _tiling(plan: Plan, start: datetime, end: datetime) -> Lane:
    """The one answer to who is on call: [start, end) without holes."""
    if end <= start:
        return []
    lane: Lane = []
    planned: Lane = []
    for rank in plan.ranks:
        if _is_covered(lane, start, end):
            break
        found = _rank(rank, start, end)
        lane = filled(lane, [piece for piece in found if piece.on])
        planned += [piece for piece in found if not piece.on]
    tiling = tiled(filled(lane, together(planned)), start, end)
    for override in plan.overrides.meeting(start, end):
        change(tiling, max(override.start, start), min(override.end, end), partial(applied, override))
    for temporary, lane_of in plan.temporaries:
        begin, finish = max(temporary.start, start), min(temporary.end, end)
        if begin < finish:
            tiles = tiled(lane_of(begin, finish), begin, finish)
            change(tiling, begin, finish, lambda _, tiles=tiles: tiles)  # type: ignore[misc]
    return tiling


def _rank(rank: tuple[LaneOf, ...], start: datetime, end: datetime) -> Lane:
    if len(rank) == 1:
        return rank[0](start, end)
    return together(chain.from_iterable(lane(start, end) for lane in rank))


def _is_covered(lane: Lane, start: datetime, end: datetime) -> bool:
    for piece in lane:
        if piece.start > start:
            return False
        start = piece.end
    return start >= end


def _forward(plan: Plan, start: datetime, end: datetime) -> Iterator[Piece]:
    """The tiles of [start, end) in order, laid out in ever longer stretches."""
    look = _FIRST_LOOK
    while start < end:
        until = min(start + look, end)
        yield from _tiling(plan, start, until)
        start, look = until, look * 2


def _backward(plan: Plan, start: datetime, end: datetime) -> Iterator[Piece]:
    """The tiles of [start, end) from the last to the first."""
    look = _FIRST_LOOK
    while start < end:
        since = max(end - look, start)
        yield from reversed(_tiling(plan, since, end))
        end, look = since, look * 2


def _stint(plan: Plan, user: str, at: datetime) -> Stint:
    since = next((piece.end for piece in _backward(plan, at - HORIZON, at) if not _has(piece, user)), None)
    until = next((piece.start for piece in _forward(plan, at, at + HORIZON) if not _has(piece, user)), None)
    return Stint(since, until)


def _people(piece: Piece) -> frozenset[str]:
    return frozenset(user for user, _ in piece.on)


def _has(piece: Piece, user: str) -> bool:
    return any(one == user for one, _ in piece.on)


def _shifts(tiling: Lane) -> list[Shift]:
    done: list[Shift] = []
    on: dict[str, tuple[datetime, Reasons]] = {}
    for piece in tiling:
        start = piece.start
        before, on = on, {}
        for user, because in piece.on:
            known = before.pop(user, None)
            on[user] = (start, because) if known is None else (known[0], both(known[1], because))
        for user, (since, reasons) in before.items():
            done.append(Shift(user, since, start, reasons))
    done += [Shift(user, since, tiling[-1].end, reasons) for user, (since, reasons) in on.items()]
    done.sort(key=_BY_TIME)
    return done


def _gaps(tiling: Lane) -> list[Gap]:
    gaps: list[Gap] = []
    for piece in tiling:
        if piece.on:
            continue
        if gaps and gaps[-1].end == piece.start and gaps[-1].planned == piece.planned:
            gaps[-1] = Gap(gaps[-1].start, piece.end, piece.planned)
        else:
            gaps.append(Gap(piece.start, piece.end, piece.planned))
    return gaps


def _segments(tiling: Lane) -> tuple[Segment, ...]:
    joined: list[Piece] = []
    for piece in tiling:
        last = joined[-1] if joined else None
        if last is not None and _alike(last, piece):
            on = last.on
            for user, because in piece.on:
                on = put_on(on, user, because)
            joined[-1] = Piece(last.start, piece.end, on, piece.planned)
        else:
            joined.append(piece)
    return tuple(_segment(piece) for piece in joined)


def _alike(one: Piece, other: Piece) -> bool:
    return one.planned == other.planned and {user for user, _ in one.on} == {user for user, _ in other.on}


def _segment(piece: Piece) -> Segment:
    users = tuple(sorted(user for user, _ in piece.on))
    reasons = dict.fromkeys(reason for _, because in piece.on for reason in because)
    return Segment(piece.start, piece.end, users, tuple(reasons), piece.planned)
