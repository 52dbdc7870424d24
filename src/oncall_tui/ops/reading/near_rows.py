"""Frozen rows of what stands around incidents: their groups, earlier occurrences, and silences that matter to them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupRow:
    """How many incidents of a group there are, by state. `name` is empty for those that belong to none."""

    name: str
    triggered: int = 0
    acknowledged: int = 0
    resolved: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class EarlierRow:
    """An earlier occurrence of an incident: the same key, over by now. `notes` are what people wrote down on it."""

    number: int
    title: str
    opened_at: datetime
    resolved_at: datetime | None
    resolved_by: str | None
    resolution: str | None
    acknowledged_by: str | None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class QuietRow:
    """A silence that new alerts like an incident's run into: its number, its end, whose it is and why."""

    number: int
    until: datetime
    by: str
    comment: str = ""
