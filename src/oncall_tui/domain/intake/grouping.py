"""Which incident an event belongs to: keys, grouping, and what comes too late (RULES, Incidents: Keys, Grouping)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from oncall_tui.domain.directory.services import Grouping, Service
from oncall_tui.domain.events import Action, Event
from oncall_tui.domain.matching.silences import Silence
from oncall_tui.domain.severity import Severity

STILL_FIRING = timedelta(minutes=30)


class Verdict(StrEnum):
    """What an event does."""

    OPEN = "open"  # a new incident
    JOIN = "join"  # a new alert on an open incident
    REPEAT = "repeat"  # a known open alert again
    ACKNOWLEDGE = "acknowledge"
    RESOLVE = "resolve"
    RESOLVE_ALL = "resolve_all"  # a service says that it is healthy
    STILL_FIRING = "still_firing"  # resolved by hand, and the sender keeps re-sending the same occurrence
    NOTHING = "nothing"  # accepted, kept, changes nothing
    SUPPRESSED = "suppressed"  # a rule says that it is to open nothing
    SILENCED = "silenced"  # a silence holds it back until it ends


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownAlert:
    """The newest alert with the event's key, open or closed. `id` is its keeper's name for it.

    `told`: what its incident's description is, where the alert is the only one that speaks for it.
    """

    number: int
    open: bool
    id: int = 0
    title: str = ""
    severity: Severity | None = None
    started_at: datetime | None = None
    closed_at: datetime | None = None
    last_seen_at: datetime | None = None
    told: str | None = None
    closed_by_hand: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenIncident:
    """An open incident of the event's service that could take it in."""

    number: int
    group_key: str | None
    last_event_at: datetime


@dataclass(frozen=True, slots=True)
class Placement:
    """The verdict, the incident it is about, and why in words; with a silence, the one that holds the event back."""

    verdict: Verdict
    number: int | None = None
    because: str = ""
    silence: Silence | None = None


def group_key_of(event: Event, service: Service) -> str | None:
    """What an event's incident is grouped by at this service; None where only the alert's own key counts."""
    match service.grouping:
        case Grouping.SERVICE:
            return None
        case Grouping.LABELS:
            return "labels:" + "\x1f".join(f"{name}={event.labels.get(name, '')}" for name in service.group_labels)
        case _:
            return event.group_key


def place(
    event: Event, service: Service, known: KnownAlert | None, candidates: Sequence[OpenIncident], now: datetime
) -> Placement:
    """Where an event goes. `candidates` are the service's open incidents, newest first."""
    if event.action is not Action.TRIGGER:
        return _place_later_word(event, service, known, candidates)
    if known is not None and known.open:
        return Placement(Verdict.REPEAT, known.number, "the same key is open")
    if known is not None and _same_occurrence(event, known, now):
        return Placement(Verdict.STILL_FIRING, known.number, "resolved by hand, and its sender still says so")
    return _group(event, service, candidates, now)


def _place_later_word(
    event: Event, service: Service, known: KnownAlert | None, candidates: Sequence[OpenIncident]
) -> Placement:
    if event.action is Action.CHANGE:
        return Placement(Verdict.NOTHING, None, "a change, shown beside the incidents of its service")
    if event.dedup_key is None:
        if event.action is Action.RESOLVE and service.grouping is Grouping.SERVICE and candidates:
            return Placement(Verdict.RESOLVE_ALL, candidates[0].number, "the service is healthy")
        return Placement(Verdict.NOTHING, None, "no key, and nothing open that it could mean")
    if known is None or not known.open:
        return Placement(Verdict.NOTHING, None, f"nothing open has the key {event.dedup_key}")
    if event.action is Action.NOTE:
        return Placement(Verdict.NOTHING, known.number, "a note")
    verdict = Verdict.ACKNOWLEDGE if event.action is Action.ACKNOWLEDGE else Verdict.RESOLVE
    return Placement(verdict, known.number)


def _same_occurrence(event: Event, known: KnownAlert, now: datetime) -> bool:
    if not known.closed_by_hand or known.closed_at is None or event.started_at is None:
        return False
    return event.started_at == known.started_at and now - known.closed_at < STILL_FIRING


def _group(event: Event, service: Service, candidates: Sequence[OpenIncident], now: datetime) -> Placement:
    if service.grouping is Grouping.SERVICE:
        if candidates:
            return Placement(Verdict.JOIN, candidates[0].number, f"grouped because {service.name} has an open incident")
        return Placement(Verdict.OPEN)
    wanted = group_key_of(event, service)
    if wanted is None:
        return Placement(Verdict.OPEN)
    for candidate in candidates:
        if candidate.group_key != wanted:
            continue
        if service.grouping is Grouping.DEDUP_KEY:
            return Placement(Verdict.JOIN, candidate.number, f"grouped because the group is the same: {wanted}")
        if now - candidate.last_event_at <= service.group_window:
            labels = ", ".join(service.group_labels)
            return Placement(Verdict.JOIN, candidate.number, f"grouped because {labels} are the same")
    return Placement(Verdict.OPEN)
