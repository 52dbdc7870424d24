"""A heartbeat's row as the rule's values, and back; and what its service's incident is told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from oncall_tui.domain.directory.heartbeats import Beat, Health, Rhythm
from oncall_tui.domain.events import Action, Event
from oncall_tui.domain.intake.grouping import Verdict
from oncall_tui.domain.matching.silences import Silence, silencing
from oncall_tui.domain.time.durations import format_duration, parse_duration
from oncall_tui.domain.time.walltime import format_instant
from oncall_tui.domain.world import World
from oncall_tui.ops.intake.events import take_by_hand
from oncall_tui.storage.statements.intake.heartbeats import BeatRow

VIA = "heartbeat"


def rhythm_of(definition: Mapping[str, Any]) -> Rhythm:
    """When signs are expected, out of what is stored."""
    return Rhythm(
        every=parse_duration(definition["every"]) if definition.get("every") else None,
        cron=definition.get("cron"),
        timezone=definition.get("timezone") or "UTC",
        grace=parse_duration(definition.get("grace") or "0s"),
    )


def beat_of(row: BeatRow) -> Beat:
    """The life as it was kept."""
    away = (row.away_from, row.away_until) if row.away_from is not None and row.away_until is not None else None
    return Beat(
        health=Health(row.health), since=row.since_at, due_at=row.due_at, started_at=row.started_at, excused=away
    )


def values_of(beat: Beat) -> dict[str, Any]:
    """The life as it is kept."""
    return {
        "health": beat.health.value,
        "since_at": beat.since,
        "due_at": beat.due_at,
        "started_at": beat.started_at,
        "away_from": beat.excused[0] if beat.excused else None,
        "away_until": beat.excused[1] if beat.excused else None,
    }


def rhythm_text(rhythm: Rhythm) -> str:
    """The rhythm in words: `every 1d, grace 1h`."""
    grace = f", grace {format_duration(rhythm.grace)}" if rhythm.grace else ""
    if rhythm.cron is not None:
        return f"{rhythm.cron} ({rhythm.timezone}){grace}"
    assert rhythm.every is not None, "a heartbeat is expected by every or by cron"
    return f"every {format_duration(rhythm.every)}{grace}"


@dataclass(frozen=True, slots=True)
class Told:
    """The incident that something was told about, if any; or until when a silence keeps it quiet."""

    number: int | None
    quiet_until: datetime | None = None


def tell(conn: Connection, world: World, row: BeatRow, event: Event, now: datetime) -> Told:
    """Let the heartbeat's service hear of it, as of any alert, unless a silence holds it back."""
    by = f"heartbeat {row.name}"
    taken = take_by_hand(conn, world, row.service, event, now, by=by, via=VIA, silenced=True)
    if taken.verdict != Verdict.SILENCED.value:
        return Told(taken.number)
    silence = silence_of(world, row, event, now)
    return Told(None, silence.end if silence is not None else None)


def silence_of(world: World, row: BeatRow, event: Event, now: datetime) -> Silence | None:
    """The silence that holds an event of a heartbeat back now."""
    return silencing(world.silences, event, row.service, None, now)


def event_of(row: BeatRow, action: Action, title: str, *lines: str, started_at: datetime | None = None) -> Event:
    """What is told: one key for each heartbeat, whatever is wrong with it."""
    return Event(
        action=action,
        dedup_key=f"heartbeat {row.name}",
        title=title,
        description="\n".join(line for line in lines if line),
        labels={"heartbeat": row.name},
        started_at=started_at,
    )


def failure_of(name: str) -> str:
    """The title of a failure that a job reports."""
    return f"Heartbeat {name} reports a failure"


def excuse_text(beat: Beat) -> str:
    """For which absence of ours it had got more time; empty when for none."""
    if beat.excused is None:
        return ""
    since, until = map(format_instant, beat.excused)
    return (
        f"oncall was away from {since} to {until}: a sign in that time could not be heard, and it got more time since."
    )
