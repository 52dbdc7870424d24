"""The services with everything that belongs to them: senders, heartbeats, maintenance; and the silences."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from oncall_tui.domain.directory.heartbeats import UNWELL
from oncall_tui.ops.heartbeats.reading import heartbeats
from oncall_tui.ops.intake.silences import list_silences
from oncall_tui.ops.integrations.reading import integrations
from oncall_tui.ops.maintenance import MaintenanceRow, list_maintenance
from oncall_tui.ops.reading.directory import services
from oncall_tui.ops.session import Session


@dataclass(frozen=True, slots=True)
class SenderCard:
    """An integration; `keys` in words, like `2 keys`."""

    name: str
    kind: str
    enabled: bool
    keys: str


@dataclass(frozen=True, slots=True)
class BeatCard:
    """A heartbeat; `late` when it should have been heard by now."""

    name: str
    rhythm: str
    health: str
    late: bool
    heard_at: datetime | None


@dataclass(frozen=True, slots=True)
class WindowCard:
    """A maintenance window with the span it is in, or the next; both None when it is over."""

    name: str
    start: datetime | None
    end: datetime | None
    now: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceCard:
    """A service and all that belongs to it."""

    name: str
    description: str
    team: str | None
    policies: tuple[str, ...]
    healthy: bool
    open_incidents: int
    integrations: tuple[SenderCard, ...]
    heartbeats: tuple[BeatCard, ...]
    maintenance: tuple[WindowCard, ...]

    @property
    def in_maintenance(self) -> bool:
        """Whether a window is open now."""
        return any(window.now for window in self.maintenance)


@dataclass(frozen=True, slots=True, kw_only=True)
class SilenceCard:
    """A silence that holds now, or will."""

    name: str
    matchers: str
    end: datetime
    comment: str


@dataclass(frozen=True, slots=True)
class Estate:
    """Everything of the Services tab."""

    services: tuple[ServiceCard, ...]
    silences: tuple[SilenceCard, ...]


def estate(session: Session) -> Estate:
    """All services by name, and the silences that are not over."""
    senders, beats, windows = integrations(session), heartbeats(session), list_maintenance(session)
    cards = tuple(
        ServiceCard(
            name=row.name,
            description=row.description,
            team=row.team,
            policies=row.policies,
            healthy=row.healthy,
            open_incidents=row.open_incidents,
            integrations=tuple(
                SenderCard(one.name, one.kind, one.enabled, _keys(sum(key.state == "valid" for key in one.keys)))
                for one in senders
                if one.service == row.name
            ),
            heartbeats=tuple(
                BeatCard(one.name, one.rhythm, str(one.health), one.health in UNWELL, one.heard_at)
                for one in beats
                if one.service == row.name
            ),
            maintenance=tuple(_window(one) for one in windows if row.name in one.window.services),
        )
        for row in services(session)
    )
    silences = tuple(
        SilenceCard(
            name=str(one.silence.id),
            matchers=", ".join(str(matcher) for matcher in one.silence.matchers),
            end=one.silence.end,
            comment=one.silence.comment,
        )
        for one in list_silences(session)
    )
    return Estate(cards, silences)


def _window(row: MaintenanceRow) -> WindowCard:
    start, end = row.span if row.span is not None else (None, None)
    return WindowCard(row.window.name, start, end, row.now)


def _keys(valid: int) -> str:
    return "1 key" if valid == 1 else f"{valid} keys" if valid else "no valid key"
