"""Escalation policies: whom to reach, in which order, how long to wait."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

DEFAULT_DELAY = timedelta(minutes=15)
DEFAULT_REMIND = timedelta(minutes=10)


class TargetKind(StrEnum):
    """What a step can point at."""

    USER = "user"
    SCHEDULE = "schedule"
    TEAM = "team"
    CHANNEL = "channel"


@dataclass(frozen=True, slots=True)
class Target:
    """One thing a step reaches. A channel's `name` is its redacted address, `channel` the stored one's number."""

    kind: TargetKind
    name: str
    channel: int | None = None

    def __str__(self) -> str:
        return self.name if self.kind is TargetKind.USER else f"{self.kind} {self.name}"


class Assign(StrEnum):
    """Who of a step's people is reached: everybody, or the next one in turn."""

    ALL = "all"
    ROUND_ROBIN = "round_robin"


@dataclass(frozen=True, slots=True)
class Step:
    """Reach the targets, then wait `delay` for an acknowledgement."""

    targets: tuple[Target, ...]
    delay: timedelta = DEFAULT_DELAY
    assign: Assign = Assign.ALL


@dataclass(frozen=True, slots=True)
class Policy:
    """Steps in order, `repeat` more rounds of them, reminders, and whom to page when all is exhausted."""

    name: str
    steps: tuple[Step, ...] = ()
    repeat: int = 0
    remind: timedelta | None = DEFAULT_REMIND
    fallback: tuple[Target, ...] = ()

    @property
    def rounds(self) -> int:
        """How often the steps are gone through in all."""
        return self.repeat + 1
