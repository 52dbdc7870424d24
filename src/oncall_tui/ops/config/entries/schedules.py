"""Schedules: layers of rotations or fixed shifts, overrides and temporary schedules."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, PlainSerializer, WithJsonSchema

from oncall_tui.domain.errors import Invalid
from oncall_tui.ops.config.entries.base import Entry
from oncall_tui.ops.config.kinds import (
    ClockTime,
    Cron,
    Duration,
    Name,
    SomeDuration,
    TurnText,
    Url,
    Username,
    WallTime,
    Zone,
    checked,
)
from oncall_tui.ops.config.texts import OFF, username, what

Day = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]


def _slot(value: object) -> list[str]:
    """One person, several together, or nobody, always as a list."""
    if value is None:
        return []
    if isinstance(value, list):
        return [username(one) for one in value]
    if isinstance(value, str):
        return [username(value)]
    raise Invalid(
        f"must be a username, a list of them or null, not {what(value)}", mend="write it like ana or [ana, bo]"
    )


def _people(value: object) -> list[str]:
    if value is None:
        raise Invalid("must be a username or a list of them, not nothing", mend="write it like ana or [ana, bo]")
    return _slot(value)


def _as_written(slot: list[str]) -> list[str] | str | None:
    return slot if len(slot) > 1 else (slot[0] if slot else None)


_NAME_OR_NAMES = [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]

Slot = Annotated[
    list[str],
    checked(_slot),
    PlainSerializer(_as_written),
    WithJsonSchema(
        {"description": "one person, several, or null: a planned gap", "anyOf": [*_NAME_OR_NAMES, {"type": "null"}]}
    ),
]
People = Annotated[
    list[str], checked(_people), WithJsonSchema({"description": "one person or several", "anyOf": _NAME_OR_NAMES})
]


class WindowEntry(Entry):
    """A weekly window; it belongs to the days on which it starts."""

    days: list[Day] = Field(description="on which the window starts")
    from_: ClockTime = Field(alias="from")
    to: ClockTime = Field(description="at or before `from`: on the next day; the same: 24 hours")


class ShiftEntry(Entry):
    """One person from one time to another."""

    user: Username
    start: WallTime
    end: WallTime


class LayerEntry(Entry):
    """A rotation (users, start, and every or cron), or fixed shifts."""

    name: Name
    users: list[Slot] | None = Field(None, description="the rotation's slots in order")
    start: WallTime | None = Field(None, description="the first handoff, in the layer's zone; nobody is on before it")
    every: TurnText | None = Field(None, description="how long a turn lasts: 12h, 1d, 1w, 1mo")
    cron: Cron | None = Field(None, description="hands off at these times instead of `every`")
    length: Duration | None = Field(None, description="a shift shorter than its turn")
    days: list[Day] | None = Field(None, description="the weekdays on which a shift starts")
    shifts: list[ShiftEntry] = Field(default_factory=list, description="fixed shifts instead of a rotation")
    restrict: list[WindowEntry] = Field(default_factory=list, description="the layer counts only in these windows")
    until: WallTime | None = Field(None, description="the layer ends here")
    timezone: Zone | None = Field(None, description="for `start` and handoffs; absent: the schedule's")
    priority: int | None = Field(None, ge=-1000, le=1000, description="higher wins; absent: the layer's place")


class OverrideEntry(Entry):
    """A change on top of the layers: user(s) alone take over from everybody."""

    user: Username | None = Field(None, description="who takes over; short for `users` with one")
    users: list[Username] = Field(default_factory=list)
    replaces: Username | None = Field(None, description="takes over only where this person would be on")
    add: People = Field(default_factory=list, description="on call besides the others")
    remove: People = Field(default_factory=list, description="not on call, the others stay")
    start: WallTime
    end: WallTime

    @property
    def everybody(self) -> list[str]:
        """`user` and `users` as one list."""
        return ([self.user] if self.user else []) + self.users


class TemporaryEntry(Entry):
    """Fixed shifts that replace layers and overrides in a span; gaps mean nobody."""

    start: WallTime
    end: WallTime
    shifts: list[ShiftEntry] = Field(default_factory=list)


class HandoffEntry(Entry):
    """When people are told of their shifts."""

    before: list[SomeDuration] = Field(["1d", "1h"], description="so long before a shift starts")
    start: bool = Field(True, description="when it starts")
    end: bool = Field(True, description="when it ends")
    changes: bool = Field(True, description="when somebody else has changed their shifts")


_NOTHING = {"before": [], "start": False, "end": False, "changes": False}


def _off_or_not(value: object) -> object:
    return _NOTHING if value == OFF else value


def _handoff_as_written(entry: HandoffEntry) -> dict[str, Any] | str:
    return OFF if entry.model_dump() == _NOTHING else entry.plain()


HandoffOrOff = Annotated[
    HandoffEntry,
    BeforeValidator(_off_or_not, json_schema_input_type=HandoffEntry | Literal["off"]),
    PlainSerializer(_handoff_as_written),
]


class ScheduleNoticeEntry(Entry):
    """A channel that is told who is on call: on change, or at a time of day."""

    url: Url = Field(description="a channel: Apprise URL; `***` keeps what is stored")
    on: Literal["change"] | None = Field(None, description="whenever somebody else comes on call")
    at: ClockTime | None = Field(None, description="at this time of day, in the schedule's zone")
    days: list[Day] | None = Field(None, description="on which days, with `at`; absent: every day")


class ScheduleEntry(Entry):
    """Who is on call when."""

    name: Name
    timezone: Zone = Field(description="of all wall times in it")
    layers: list[LayerEntry] = Field(default_factory=list, description="later ones win unless priorities say otherwise")
    overrides: list[OverrideEntry] = Field(default_factory=list, description="only added, never removed")
    temporary: list[TemporaryEntry] = Field(default_factory=list, description="only added, never removed")
    handoff: HandoffOrOff | None = Field(
        None, description="when people are told of their shifts, or off; absent: 24 h and 1 h before, at start and end"
    )
    notices: list[ScheduleNoticeEntry] = Field(default_factory=list, description="channels told who is on call")
