"""Who is on call: in a span, at an instant, since and until when. All read off the same pieces."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from oncall_tui.domain.errors import Invalid
from oncall_tui.domain.schedules.model import BrokenSchedule, Coverage, Gap, Piece, Schedule, Shift
from oncall_tui.domain.schedules.pieces import layer_stretches, pieces

INSTANT = timedelta(microseconds=1)
YEAR = timedelta(days=366)


@dataclass(frozen=True, slots=True)
class OnCallNow:
    """A person on call at an instant: since and until when, None beyond a year, and every reason at that instant."""

    user: str
    since: datetime | None
    until: datetime | None
    because: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Lane:
    """A row of the calendar: one layer, or the result."""

    name: str
    shifts: tuple[Shift, ...]


def resolve(schedule: Schedule, start: datetime, end: datetime) -> Coverage:
    """Shifts and gaps of `[start, end)`: a row a person, clipped, joined while the person goes on. Raises BrokenSchedule."""
    if start >= end:
        return Coverage((), ())
    found = pieces(schedule, start, end)
    return Coverage(_shifts(found), _gaps(found))


def users_on_call(schedule: Schedule, at: datetime) -> tuple[str, ...]:
    """The people on call at this instant, each once. Raises BrokenSchedule."""
    return pieces(schedule, at, at + INSTANT)[0].users


def on_call(schedule: Schedule, at: datetime) -> tuple[OnCallNow, ...]:
    """The people on call at this instant, with since and until. Raises BrokenSchedule."""
    now = pieces(schedule, at, at + INSTANT)[0]
    return tuple(
        OnCallNow(
            user,
            _edge(schedule, user, at, forward=False),
            _edge(schedule, user, at, forward=True),
            tuple(dict.fromkeys(because for name, because in now.on if name == user)),
        )
        for user in now.users
    )


def next_change_at(schedule: Schedule, after: datetime, horizon: timedelta = YEAR) -> datetime | None:
    """The first instant later than `after` at which the people on call change; None within the horizon."""
    now = users_on_call(schedule, after)
    return _first(schedule, after, horizon, lambda piece: piece.users != now)


def next_on_call_at(schedule: Schedule, after: datetime, horizon: timedelta = YEAR) -> datetime | None:
    """The first instant from `after` on at which somebody is on call; None within the horizon."""
    return _first(schedule, after, horizon, lambda piece: bool(piece.on))


def lanes(schedule: Schedule, start: datetime, end: datetime) -> tuple[Lane, ...]:
    """A lane for each layer by itself, then one called `on call` for the result. Raises BrokenSchedule."""
    try:
        made = [
            Lane(
                layer.name,
                _shifts(
                    Piece(s.start, s.end, tuple((user, s.because) for user in s.users))
                    for s in layer_stretches(schedule, layer, start, end)
                ),
            )
            for layer in schedule.layers
        ]
    except Invalid as error:
        raise BrokenSchedule(f"{schedule.name}: {error.sentence}", mend=error.mend) from error
    return (*made, Lane("on call", resolve(schedule, start, end).shifts))


def _shifts(found: Iterable[Piece]) -> tuple[Shift, ...]:
    done: list[Shift] = []
    going: dict[str, Shift] = {}
    for piece in found:
        for user in [name for name, shift in going.items() if shift.end < piece.start or name not in piece.users]:
            done.append(going.pop(user))
        for user, because in piece.on:
            known = going.get(user)
            if known is None:
                going[user] = Shift(user, piece.start, piece.end, (because,))
            else:
                reasons = known.because if because in known.because else (*known.because, because)
                going[user] = Shift(user, known.start, max(known.end, piece.end), reasons)
    done.extend(going.values())
    return tuple(sorted(done, key=lambda shift: (shift.start, shift.end, shift.user)))


def _gaps(found: Iterable[Piece]) -> tuple[Gap, ...]:
    made: list[Gap] = []
    for piece in found:
        if piece.on:
            continue
        if made and made[-1].end == piece.start and made[-1].planned == piece.planned:
            made[-1] = Gap(made[-1].start, piece.end, piece.planned)
        else:
            made.append(Gap(piece.start, piece.end, piece.planned))
    return tuple(made)


def _strides(horizon: timedelta) -> Iterable[tuple[timedelta, timedelta]]:
    """The horizon in growing strides: most answers are near."""
    begin, stride = timedelta(0), timedelta(days=8)
    while begin < horizon:
        yield begin, min(horizon, begin + stride)
        begin, stride = begin + stride, stride * 3


def _first(
    schedule: Schedule, after: datetime, horizon: timedelta, wanted: Callable[[Piece], bool]
) -> datetime | None:
    for near, far in _strides(horizon):
        for piece in pieces(schedule, after + near, after + far):
            if wanted(piece):
                return piece.start
    return None


def _edge(schedule: Schedule, user: str, at: datetime, *, forward: bool) -> datetime | None:
    """Where the person's time on call that holds at `at` ends (or began), None beyond a year."""
    if forward:
        return _first(schedule, at, YEAR, lambda piece: user not in piece.users)
    for near, far in _strides(YEAR):
        for piece in reversed(pieces(schedule, at - far, at - near)):
            if user not in piece.users:
                return piece.end
    return None
