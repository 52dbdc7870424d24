"""Whom a change of a schedule concerns: who gains and who loses time on call, and what was done, in words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from oncall_tui.domain.notices.values import Moment, shift_key
from oncall_tui.domain.schedules import BrokenSchedule, Schedule, resolve, stint, users_on_call
from oncall_tui.domain.schedules.preview import preview

AHEAD = timedelta(weeks=8)
"""How far ahead people are told of what a change does to them."""
_INSTANT = timedelta(microseconds=1)

Span = tuple[datetime, datetime]


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """What a change does to one person from now on. `on_now`: whether they are on call, if that has changed.

    `key`: that of the start or end of a shift which falls due with the change itself, so that it is told once.
    """

    user: str
    gained: tuple[Span, ...]
    lost: tuple[Span, ...]
    on_now: bool | None
    key: str | None


def moved_by(before: Schedule, after: Schedule, now: datetime, settled: datetime) -> tuple[Moved, ...]:
    """Everybody whose shifts a change moves, by name; `settled` is up to when handoffs have been told already.

    Nothing can be said while the schedule is broken before or after.
    """
    try:
        shown = preview(before, after, (), now, now + AHEAD)
        was, will = users_on_call(before, now), users_on_call(after, now)
        return tuple(
            Moved(
                user=user,
                gained=tuple((one.start, one.end) for one in shown.gained if one.user == user),
                lost=tuple((one.start, one.end) for one in shown.lost if one.user == user),
                on_now=None if (user in was) == (user in will) else user in will,
                key=_key(after, user, now, settled),
            )
            for user in sorted({one.user for one in (*shown.gained, *shown.lost)})
        )
    except BrokenSchedule:
        return ()


def _key(after: Schedule, user: str, now: datetime, settled: datetime) -> str | None:
    """The key of what the change makes due at once, between `settled` and now."""
    around = stint(after, user, now)
    if around is not None:
        fresh = around.since is not None and around.since >= settled
        return shift_key(after.name, user, Moment.START, around.since) if fresh and around.since else None
    shifts = resolve(after, settled - _INSTANT, now + _INSTANT).shifts
    end = next((shift.end for shift in shifts if shift.user == user and settled <= shift.end <= now), None)
    return shift_key(after.name, user, Moment.END, end) if end is not None else None


def in_words(before: Schedule | None, after: Schedule | None) -> str:
    """What was done to a schedule: "an override was added, layer nights was edited"."""
    if before is None:
        return "the schedule was made"
    if after is None:
        return "the schedule was deleted"
    return ", ".join(_parts(before, after)) or "the schedule was edited"


def _parts(before: Schedule, after: Schedule) -> Iterator[str]:
    if before.timezone != after.timezone:
        yield f"the time zone is {after.timezone} now"
    had, has = ({layer.name: layer for layer in one.layers} for one in (before, after))
    yield from (f"layer {name} was added" for name in has if name not in had)
    yield from (f"layer {name} was removed" for name in had if name not in has)
    yield from (f"layer {name} was edited" for name in has if name in had and has[name] != had[name])
    if [name for name in had if name in has] != [name for name in has if name in had]:
        yield "layers were moved"
    spans = (
        ("override", before.overrides, after.overrides),
        ("temporary schedule", before.temporaries, after.temporaries),
    )
    for word, old, new in spans:
        yield from _counted(word, sum(one not in old for one in new), "added")
        yield from _counted(word, sum(one not in new for one in old), "removed")


def _counted(word: str, count: int, done: str) -> Iterator[str]:
    if count:
        yield (
            f"{'an' if word[0] in 'aeiou' else 'a'} {word} was {done}" if count == 1 else f"{count} {word}s were {done}"
        )
