"""What saving an edited schedule would lead to, told before it is saved."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from oncall_tui.domain.errors import OncallError
from oncall_tui.domain.schedules.answers import Gap
from oncall_tui.domain.schedules.clashes import DoubleBooking, Leave, LeaveClash
from oncall_tui.domain.schedules.preview import Stretch, preview
from oncall_tui.domain.schedules.problems import faults
from oncall_tui.domain.schedules.resolve import resolve, users_on_call
from oncall_tui.domain.schedules.values import Schedule


@dataclass(frozen=True, slots=True)
class Moved:
    """How many shifts, whole or in part, one person gains and loses, and how much more time on call that is."""

    user: str
    gained: int
    lost: int
    time: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class SchedulePreview:
    """What an edit does in [start, end). With `problems` it can't be saved, and the rest is empty.

    `gaps_opened` were covered before; of a new schedule they are those after its first shift. A gap that an empty slot
    declares is told, and asks for nothing. `notes` are sentences worth reading first.
    """

    name: str
    before: Schedule | None
    after: Schedule
    start: datetime
    end: datetime
    problems: tuple[OncallError, ...] = ()
    gained: tuple[Stretch, ...] = ()
    lost: tuple[Stretch, ...] = ()
    people: tuple[Moved, ...] = ()
    gaps_opened: tuple[Gap, ...] = ()
    gaps_closed: tuple[Gap, ...] = ()
    double: tuple[DoubleBooking, ...] = ()
    leave: tuple[LeaveClash, ...] = ()
    on_now_before: tuple[str, ...] = ()
    on_now_after: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def unmeant_gaps(self) -> tuple[Gap, ...]:
        """The gaps that would open without an empty slot declaring them."""
        return tuple(gap for gap in self.gaps_opened if not gap.planned)

    @property
    def needs_yes(self) -> bool:
        """Whether somebody has to agree: time would be left without anybody, or somebody be in two schedules."""
        return bool(self.unmeant_gaps or self.double)

    @property
    def fine(self) -> bool:
        """Whether nothing speaks against it."""
        return not (self.problems or self.needs_yes or self.leave)

    @property
    def changes_nothing(self) -> bool:
        """Whether everybody stays where they are."""
        return not (self.gained or self.lost)


def effects(
    before: Schedule | None,
    after: Schedule,
    others: Iterable[Schedule],
    leave: Iterable[Leave],
    now: datetime,
    end: datetime,
) -> SchedulePreview:
    """What changing `before` (None for a new schedule) into `after` does from now on, beside the other schedules.

    Raises BrokenSchedule when `after` makes no sense. A broken `before` had nobody on call.
    """
    was, note = _sound(before, after)
    shown = preview(was, after, others, now, end)
    closed = preview(after, was, (), now, end).gaps
    on_before, on_after = users_on_call(was, now), users_on_call(after, now)
    opened = shown.gaps if before is not None else _after_first(after, now, end)
    return SchedulePreview(
        name=after.name,
        before=before,
        after=after,
        start=now,
        end=end,
        gained=shown.gained,
        lost=shown.lost,
        people=_people(shown.gained, shown.lost),
        gaps_opened=opened,
        gaps_closed=closed,
        double=shown.double,
        leave=away(after.name, shown.gained, leave),
        on_now_before=on_before,
        on_now_after=on_after,
        notes=(*note, *_at_once(on_before, on_after, new=before is None)),
    )


def away(schedule: str, gained: Iterable[Stretch], leave: Iterable[Leave]) -> tuple[LeaveClash, ...]:
    """Where those who come on in this schedule are on leave."""
    entries = tuple(leave)
    return tuple(
        LeaveClash(one.user, max(one.start, each.start), min(one.end, each.end), schedule, each.note)
        for one in gained
        for each in entries
        if each.user == one.user and each.start < one.end and one.start < each.end
    )


def _sound(before: Schedule | None, after: Schedule) -> tuple[Schedule, tuple[str, ...]]:
    """What to compare with: nobody at all where there was no schedule, or a broken one, which is told."""
    nobody = Schedule(name=after.name, timezone=after.timezone)
    if before is None:
        return nobody, ()
    if faults(before):
        return nobody, (f"schedule {before.name} is broken: nobody is on call by it until it is mended",)
    return before, ()


def _after_first(made: Schedule, start: datetime, end: datetime) -> tuple[Gap, ...]:
    """The gaps of a new schedule from its first shift on; none while there is no shift."""
    coverage = resolve(made, start, end)
    first = coverage.shifts[0].start if coverage.shifts else end
    return tuple(gap for gap in coverage.gaps if gap.start >= first)


def _people(gained: Iterable[Stretch], lost: Iterable[Stretch]) -> tuple[Moved, ...]:
    more, less = tuple(gained), tuple(lost)
    count_more, count_less = Counter(one.user for one in more), Counter(one.user for one in less)
    time: dict[str, timedelta] = {}
    for sign, stretches in ((1, more), (-1, less)):
        for one in stretches:
            time[one.user] = time.get(one.user, timedelta()) + sign * (one.end - one.start)
    return tuple(Moved(user, count_more[user], count_less[user], time[user]) for user in sorted(time))


def _at_once(before: Sequence[str], after: Sequence[str], *, new: bool) -> tuple[str, ...]:
    """Who comes on and who goes off at this very instant, in a sentence."""
    on = [user for user in after if user not in before]
    off = [user for user in before if user not in after]
    if on and off:
        return (f"{_and(on)} {'takes' if len(on) == 1 else 'take'} over from {_and(off)} at once",)
    if on:
        return (f"{_and(on)} {'comes' if len(on) == 1 else 'come'} on call at once",)
    if off:
        left = "" if after else ", and nobody is on call then"
        return (f"{_and(off)} {'goes' if len(off) == 1 else 'go'} off call at once{left}",)
    return ("nobody is on call in it now",) if new and not after else ()


def _and(users: Sequence[str]) -> str:
    return " and ".join(users)
