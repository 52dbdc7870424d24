"""What is wrong with a schedule: what makes it broken, and what the rules refuse when somebody saves it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from itertools import combinations

from oncall_tui.domain.errors import Invalid, OncallError
from oncall_tui.domain.schedules.cron import check_cron
from oncall_tui.domain.schedules.turns import shortest_turn
from oncall_tui.domain.schedules.values import FixedShift, Layer, Override, Restriction, Rotation, Schedule, Temporary
from oncall_tui.domain.time.durations import MOST_TURNS
from oncall_tui.domain.time.walltime import format_instant, zone

DAY = timedelta(days=1)
_FIRST_YEAR, _LAST_YEAR = 1970, 9000
_WEEK = frozenset(range(7))


class BrokenSchedule(OncallError):
    """Nobody can say who is on call: the schedule makes no sense. `parts` are the reasons, each with its path."""

    code = "broken_schedule"
    http_status = 422

    def __init__(self, name: str, reasons: Iterable[Invalid]) -> None:
        self.reasons = tuple(reasons)
        told = "; ".join(f"{reason.path}: {reason.sentence}" for reason in self.reasons)
        mend = "Correct the schedule; until then the fallback is paged."
        super().__init__(f"schedule {name} is broken: {told}", mend=mend)

    @property
    def parts(self) -> tuple[OncallError, ...]:
        return self.reasons


def problems(schedule: Schedule) -> tuple[Invalid, ...]:
    """Everything that is wrong, with paths as in the config file (`layers[1].restrict[0].from`)."""
    broken = faults(schedule)
    return broken + tuple(_refusals(schedule))


def faults(schedule: Schedule) -> tuple[Invalid, ...]:
    """What makes the schedule broken, so that nobody can say who is on call."""
    return tuple(_faults(schedule))


def _faults(schedule: Schedule) -> Iterator[Invalid]:
    yield from _zone(schedule.timezone, "timezone")
    for place, layer in enumerate(schedule.layers):
        yield from _layer(layer, f"layers[{place}]")
    for place, override in enumerate(schedule.overrides):
        yield from _override(override, f"overrides[{place}]")
    for place, temporary in enumerate(schedule.temporaries):
        yield from _temporary(temporary, f"temporary[{place}]")


def _zone(name: str, path: str) -> Iterator[Invalid]:
    try:
        zone(name)
    except Invalid as error:
        yield Invalid(error.sentence, mend=error.mend, path=path)


def _layer(layer: Layer, path: str) -> Iterator[Invalid]:
    if layer.timezone is not None:
        yield from _zone(layer.timezone, f"{path}.timezone")
    if layer.until is not None:
        yield from _instant(layer.until, f"{path}.until")
    if layer.rotation is not None and layer.shifts:
        yield Invalid(
            "a layer has a rotation or fixed shifts, not both", mend="Make two layers of it", path=f"{path}.shifts"
        )
    if layer.rotation is not None:
        yield from _rotation(layer.rotation, path)
    yield from _shifts(layer.shifts, f"{path}.shifts")
    for place, restriction in enumerate(layer.restrict):
        yield from _restriction(restriction, f"{path}.restrict[{place}]")


def _rotation(rotation: Rotation, path: str) -> Iterator[Invalid]:
    found = [
        *_start(rotation.start, f"{path}.start"),
        *_slots(rotation, f"{path}.users"),
        *_turns(rotation, path),
        *_days(rotation.days, f"{path}.days"),
    ]
    yield from found
    if not found:
        yield from _length(rotation, f"{path}.length")


def _start(start: datetime, path: str) -> Iterator[Invalid]:
    if start.tzinfo is not None:
        yield Invalid("a rotation starts at a wall time, not at an instant", mend="Leave the zone out", path=path)
    elif not _FIRST_YEAR <= start.year <= _LAST_YEAR:
        yield Invalid(f"the year is not within {_FIRST_YEAR} and {_LAST_YEAR}", mend="Correct it", path=path)


def _slots(rotation: Rotation, path: str) -> Iterator[Invalid]:
    if not rotation.slots:
        yield Invalid("a rotation needs at least one slot", mend="Name a user, or null for a planned gap", path=path)
    for place, slot in enumerate(rotation.slots):
        if len(set(slot)) < len(slot):
            yield Invalid("somebody stands twice in one slot", mend="Name each once", path=f"{path}[{place}]")


def _turns(rotation: Rotation, path: str) -> Iterator[Invalid]:
    if rotation.cron is not None:
        yield from _cron(rotation, rotation.cron, path)
    elif rotation.every is None:
        yield Invalid("a rotation needs every or cron", mend="Add every: 1w", path=f"{path}.every")
    elif not 1 <= rotation.every.count <= MOST_TURNS:
        yield Invalid(f"a turn has a count from 1 to {MOST_TURNS}", mend="Write it like 1w", path=f"{path}.every")
    elif rotation.every.unit == "hours" and rotation.days is not None:
        mend = "Use turns of days, weeks or months, or a restriction."
        yield Invalid("days do not go with turns of hours", mend=mend, path=f"{path}.days")


def _cron(rotation: Rotation, text: str, path: str) -> Iterator[Invalid]:
    if rotation.every is not None:
        yield Invalid("cron does not go with every", mend="Keep one of them.", path=f"{path}.every")
    if rotation.days is not None:
        yield Invalid("cron does not go with days", mend="Put the days into the cron text.", path=f"{path}.days")
    try:
        check_cron(text)
    except Invalid as error:
        yield Invalid(error.sentence, mend=error.mend, path=f"{path}.cron")


def _days(days: tuple[int, ...] | None, path: str) -> Iterator[Invalid]:
    if days is not None and (not days or not _WEEK.issuperset(days)):
        yield Invalid("days are one or more of mon to sun", mend="Write it like [mon, tue]", path=path)


def _length(rotation: Rotation, path: str) -> Iterator[Invalid]:
    if rotation.length is None:
        return
    if rotation.length <= timedelta(0):
        yield Invalid("a shift has a length above zero", mend="Write it like 8h", path=path)
        return
    shortest = shortest_turn(rotation)
    if shortest is not None and rotation.length > shortest:
        yield Invalid("the shift is longer than its turn", mend="Shorten length or lengthen the turn.", path=path)


def _restriction(restriction: Restriction, path: str) -> Iterator[Invalid]:
    yield from _days(restriction.days, f"{path}.days")
    if not timedelta(0) <= restriction.start < DAY:
        yield Invalid("a window starts from 00:00 to 23:59", mend="Correct the time", path=f"{path}.from")
    if not timedelta(0) <= restriction.end <= DAY:
        yield Invalid("a window ends from 00:00 to 24:00", mend="Correct the time", path=f"{path}.to")


def _instant(at: datetime, path: str) -> Iterator[Invalid]:
    if at.utcoffset() != timedelta(0):
        yield Invalid("the time is not in UTC", mend="Convert it", path=path)
    elif not _FIRST_YEAR <= at.year <= _LAST_YEAR:
        yield Invalid(f"the year is not within {_FIRST_YEAR} and {_LAST_YEAR}", mend="Correct it", path=path)


def _span(start: datetime, end: datetime, path: str) -> Iterator[Invalid]:
    found = [*_instant(start, f"{path}.start"), *_instant(end, f"{path}.end")]
    yield from found
    if not found and end <= start:
        yield Invalid(
            "it ends before it starts" if end < start else "it ends when it starts",
            mend="Let it end later than it starts",
            path=f"{path}.end",
        )


def _shifts(shifts: tuple[FixedShift, ...], path: str) -> Iterator[Invalid]:
    for place, shift in enumerate(shifts):
        yield from _span(shift.start, shift.end, f"{path}[{place}]")


def _override(override: Override, path: str) -> Iterator[Invalid]:
    yield from _span(override.start, override.end, path)
    kinds = [override.users, override.add, override.remove]
    if sum(map(bool, kinds)) != 1:
        yield Invalid("an override has one of user, users, add or remove", mend="Name who is on call", path=path)
    elif override.replaces is not None and not override.users:
        yield Invalid("replaces needs the user who steps in", mend="Add user", path=f"{path}.replaces")
    elif override.replaces in override.users:
        yield Invalid("nobody replaces themselves", mend="Name somebody else", path=f"{path}.replaces")
    if len(set(override.puts_on)) < len(override.puts_on):
        yield Invalid("somebody stands twice in one override", mend="Name each once", path=path)


def _temporary(temporary: Temporary, path: str) -> Iterator[Invalid]:
    yield from _span(temporary.start, temporary.end, path)
    yield from _shifts(temporary.shifts, f"{path}.shifts")


def _refusals(schedule: Schedule) -> Iterator[Invalid]:
    overrides = list(enumerate(schedule.overrides))
    for (_, earlier), (place, later) in combinations(overrides, 2):
        twice = sorted(set(earlier.puts_on) & set(later.puts_on))
        if twice and earlier.start < later.end and later.start < earlier.end:
            since = format_instant(earlier.start)
            sentence = f"another override, from {since}, puts {', '.join(twice)} on call already"
            yield Invalid(sentence, mend="Delete one of them or make them meet.", path=f"overrides[{place}]")
    for place, override in overrides:
        if any(_is_lost_in(override, temporary) for temporary in schedule.temporaries):
            sentence = "a temporary schedule holds in this span, so the override would change nothing"
            yield Invalid(sentence, mend="Change the temporary schedule.", path=f"overrides[{place}]")


def _is_lost_in(override: Override, temporary: Temporary) -> bool:
    """Whether an override that was not made before the temporary schedule lies wholly inside it."""
    if override.made_at is not None and temporary.made_at is not None and override.made_at < temporary.made_at:
        return False
    return temporary.start <= override.start and override.end <= temporary.end
