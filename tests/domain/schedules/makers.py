"""Short ways to write schedules and instants down in tests."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from oncall_tui.domain.schedules import FixedShift, Layer, Override, Rotation, Schedule, Slot, resolve
from oncall_tui.domain.time.durations import parse_turn


def utc(text: str) -> datetime:
    """An instant: `2026-01-05` or `2026-01-05T09:00`."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def wall(text: str) -> datetime:
    """A wall time."""
    return datetime.fromisoformat(text)


def hours(count: float) -> timedelta:
    """So many hours."""
    return timedelta(hours=count)


def rotation(people: str, start: str, every: str | None = "1d", **more: Any) -> Rotation:
    """`ana bo+cy -`: three slots, of one, of two together, and a planned gap."""
    slots: list[Slot] = [() if slot == "-" else tuple(slot.split("+")) for slot in people.split()]
    turn = parse_turn(every) if every else None
    return Rotation(slots=tuple(slots), start=wall(start), every=turn, **more)


def layer(people: str, start: str, every: str | None = "1d", name: str = "main", **more: Any) -> Layer:
    """A layer of a rotation; `length`, `days` and `cron` belong to the rotation."""
    own = {key: more.pop(key) for key in ("length", "days", "cron") if key in more}
    return Layer(name=name, rotation=rotation(people, start, every, **own), **more)


def fixed(*shifts: tuple[str, str, str], name: str = "fixed", **more: Any) -> Layer:
    """A layer of fixed shifts in UTC."""
    return Layer(name=name, shifts=tuple(FixedShift(who, utc(start), utc(end)) for who, start, end in shifts), **more)


def override(start: str, end: str, **more: Any) -> Override:
    """An override in UTC."""
    return Override(start=utc(start), end=utc(end), **more)


def schedule(*layers: Layer, zone: str = "UTC", **more: Any) -> Schedule:
    """A schedule called primary."""
    return Schedule(name="primary", timezone=zone, layers=layers, **more)


def rows(made: Schedule, start: str, end: str) -> list[str]:
    """The shifts of a span as `ana 01-05T08:00 01-06T08:00`, and gaps as `gap …` or `planned …`."""
    coverage = resolve(made, utc(start), utc(end))
    found = [(shift.start, shift.end, shift.user) for shift in coverage.shifts]
    found += [(gap.start, gap.end, "planned" if gap.planned else "gap") for gap in coverage.gaps]
    return [f"{who} {begin:%m-%dT%H:%M} {over:%m-%dT%H:%M}" for begin, over, who in sorted(found)]
