"""What makes no sense in a schedule, all at once, with the path inside its config entry."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from oncall_tui.domain.durations import Turn
from oncall_tui.domain.errors import Invalid
from oncall_tui.domain.schedules.cron import check_cron
from oncall_tui.domain.schedules.model import FixedShift, Layer, Override, Rotation, Schedule, Temporary
from oncall_tui.domain.walltime import zone

DAY = timedelta(days=1)
_SIZES = {"hours": timedelta(hours=1), "days": DAY, "weeks": timedelta(weeks=1), "months": timedelta(days=28)}


def problems(schedule: Schedule) -> tuple[Invalid, ...]:
    """Everything that makes the schedule unfit to be kept (RULES, Schedules)."""
    return tuple(_problems(schedule))


def _problems(schedule: Schedule) -> Iterator[Invalid]:
    yield from _zone_problem(schedule.timezone, "timezone")
    for place, layer in enumerate(schedule.layers):
        yield from _layer_problems(layer, f"layers[{place}]")
    for place, override in enumerate(schedule.overrides):
        yield from _override_problems(schedule, place, override, f"overrides[{place}]")
    for place, temporary in enumerate(schedule.temporaries):
        yield from _temporary_problems(temporary, f"temporary[{place}]")


def _zone_problem(name: str, path: str) -> Iterator[Invalid]:
    try:
        zone(name)
    except Invalid as error:
        yield Invalid(error.sentence, mend=error.mend, path=path)


def _layer_problems(layer: Layer, path: str) -> Iterator[Invalid]:
    if layer.timezone is not None:
        yield from _zone_problem(layer.timezone, f"{path}.timezone")
    if layer.rotation is None and not layer.shifts:
        yield Invalid("a layer needs users or shifts", mend="add `users` with `every`, or `shifts`", path=path)
    if layer.rotation is not None:
        yield from _rotation_problems(layer.rotation, path)
    yield from _shift_problems(layer.shifts, f"{path}.shifts")
    for place, window in enumerate(layer.restrict):
        if not window.days:
            yield Invalid("no day is named", mend="name days like [mon, tue]", path=f"{path}.restrict[{place}].days")


def _rotation_problems(rotation: Rotation, path: str) -> Iterator[Invalid]:
    if not rotation.slots:
        yield Invalid("a rotation needs somebody", mend="name users", path=f"{path}.users")
    if rotation.cron is not None:
        if rotation.every is not None or rotation.days is not None:
            yield Invalid("cron goes with neither `every` nor `days`", mend="keep one of them", path=f"{path}.cron")
        try:
            check_cron(rotation.cron)
        except Invalid as error:
            yield Invalid(error.sentence, mend=error.mend, path=f"{path}.cron")
        return
    if rotation.every is None:
        yield Invalid("a rotation needs `every` or `cron`", mend="add `every: 1w`", path=f"{path}.every")
        return
    yield from _days_problems(rotation, rotation.every, path)
    longest = DAY if rotation.days is not None else _SIZES[rotation.every.unit] * rotation.every.count
    if rotation.length is not None and not timedelta(0) < rotation.length <= longest:
        yield Invalid(
            "a shift's length is more than nothing and no longer than its turn",
            mend="shorten it, or lengthen `every`",
            path=f"{path}.length",
        )


def _days_problems(rotation: Rotation, every: Turn, path: str) -> Iterator[Invalid]:
    if rotation.days is None:
        return
    if not rotation.days:
        yield Invalid("no day is named", mend="name days like [mon, tue]", path=f"{path}.days")
    if every.unit == "hours":
        yield Invalid("turns of hours have no `days`", mend="use `restrict`", path=f"{path}.days")


def _shift_problems(shifts: tuple[FixedShift, ...], path: str) -> Iterator[Invalid]:
    for place, shift in enumerate(shifts):
        if shift.start >= shift.end:
            yield Invalid("it ends before it starts", mend="swap start and end", path=f"{path}[{place}].end")


def _override_problems(schedule: Schedule, place: int, override: Override, path: str) -> Iterator[Invalid]:
    if override.start >= override.end:
        yield Invalid("it ends before it starts", mend="swap start and end", path=f"{path}.end")
    if not (override.users or override.add or override.remove):
        yield Invalid("it changes nobody", mend="name user, users, add or remove", path=path)
    if override.replaces is not None and not override.users:
        yield Invalid("nobody takes the replaced one's place", mend="name user", path=f"{path}.replaces")
    for number, temporary in enumerate(schedule.temporaries):
        if temporary.start <= override.start and override.end <= temporary.end:
            yield Invalid(
                f"it lies inside temporary[{number}], which replaces everything",
                mend="change the temporary schedule's shifts instead",
                path=path,
            )
    for number, other in enumerate(schedule.overrides[:place]):
        both = {*override.users, *override.add} & {*other.users, *other.add}
        if both and override.start < other.end and other.start < override.end:
            yield Invalid(
                f"overrides[{number}] puts {', '.join(sorted(both))} on at the same time",
                mend="change one of the two spans",
                path=path,
            )


def _temporary_problems(temporary: Temporary, path: str) -> Iterator[Invalid]:
    if temporary.start >= temporary.end:
        yield Invalid("it ends before it starts", mend="swap start and end", path=f"{path}.end")
    yield from _shift_problems(temporary.shifts, f"{path}.shifts")
