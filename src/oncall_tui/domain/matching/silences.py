"""Silences: spans in which alerts that match open nothing. What is open already runs on, and every silence ends."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from oncall_tui.domain.events import Event
from oncall_tui.domain.matching.looking import Seen
from oncall_tui.domain.matching.matchers import Matcher


class SilenceState(StrEnum):
    """Where a silence stands, in Alertmanager's words."""

    PENDING = "pending"
    ACTIVE = "active"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True, kw_only=True)
class Silence:
    """Alerts for which all matchers hold are silent in [start, end). `integration`: only that one's alerts are."""

    id: int
    uuid: str
    matchers: tuple[Matcher, ...]
    start: datetime
    end: datetime
    creator: str
    comment: str = ""
    integration: str | None = None

    def state_at(self, now: datetime) -> SilenceState:
        """Where it stands at an instant."""
        if now >= self.end:
            return SilenceState.EXPIRED
        return SilenceState.ACTIVE if now >= self.start else SilenceState.PENDING


def silencing(
    silences: Iterable[Silence], event: Event, service: str, integration: str | None, now: datetime
) -> Silence | None:
    """The silence that holds an event of a service back at `now`: of several the one that ends last."""
    seen = Seen(event, service, integration or "")
    found = [
        silence
        for silence in silences
        if silence.start <= now < silence.end
        and silence.integration in (None, integration)
        and all(matcher.holds(seen) for matcher in silence.matchers)
    ]
    return max(found, key=lambda silence: (silence.end, -silence.id), default=None)
