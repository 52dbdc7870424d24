"""What travels between the Schedule tab and the database thread: frozen values."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from oncall_tui.tui.outcome import Outcome

if TYPE_CHECKING:
    from oncall_tui.domain.schedules import Gap, Schedule
    from oncall_tui.domain.schedules.clashes import DoubleBooking, Leave, LeaveClash
    from oncall_tui.domain.schedules.preview import Stretch
    from oncall_tui.ops.schedules.overrides import OverrideRow
    from oncall_tui.ops.schedules.undoing import Undo


@dataclass(frozen=True, slots=True, kw_only=True)
class Rota:
    """What the tab needs beside the schedules: stored overrides, who is away, everybody's name, my own zone."""

    overrides: tuple[OverrideRow, ...] = ()
    leave: tuple[Leave, ...] = ()
    users: tuple[str, ...] = ()
    zone: str = "UTC"


class Way(StrEnum):
    """What an override does with the people it names."""

    TAKE_OVER = "take over from all"
    SWAP = "swap in for"
    ADD = "add"
    REMOVE = "take off"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cover:
    """An override that somebody wants: who, how, and for [start, end)."""

    schedule: str
    way: Way
    users: tuple[str, ...]
    replaces: str | None = None
    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Effects:
    """What a change would do, whatever kind of change it is."""

    gained: tuple[Stretch, ...] = ()
    lost: tuple[Stretch, ...] = ()
    gaps: tuple[Gap, ...] = ()
    double: tuple[DoubleBooking, ...] = ()
    leave: tuple[LeaveClash, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Foretold(Outcome):
    """What a change would do; not `ok` when it is refused, with every reason in `problems` as (path, sentence)."""

    effects: Effects | None = None
    problems: tuple[tuple[str, str], ...] = field(default=())


@dataclass(frozen=True, slots=True)
class Changed(Outcome):
    """A change that is kept, and how it is taken back."""

    undo: Undo | None = None
    schedule: Schedule | None = None
