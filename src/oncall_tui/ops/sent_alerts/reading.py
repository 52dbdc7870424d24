"""An integration's alerts with what became of them; nothing here changes anything."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row

from oncall_tui.domain.severity import Severity
from oncall_tui.ops.incidents.codec import decode
from oncall_tui.storage.reading import sent, story
from oncall_tui.storage.reading.sent import SORTS
from oncall_tui.storage.reading.sent_terms import Term, Terms, Wanted

__all__ = ["SORTS", "Line", "SentAlert", "Term", "Terms", "by_id", "by_key", "count", "lines", "listed", "of_incident"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SentAlert:
    """One alert as its sender may see it. `id` is its own number, `number` its incident's, which a merge may change.

    What is said of acknowledging and snoozing is its incident's, while the alert is open.
    """

    id: int
    integration: str
    number: int
    key: str
    title: str
    description: str
    severity: Severity
    labels: Mapping[str, str]
    open: bool
    count: int
    first_seen_at: datetime
    last_seen_at: datetime
    closed_at: datetime | None
    closed_by: str | None
    opened_at: datetime
    acknowledged_at: datetime | None
    acknowledged_by: str | None
    snoozed_until: datetime | None
    assignees: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A line of an incident's timeline."""

    id: int
    at: datetime
    kind: str
    by: str | None
    text: str


def by_id(conn: Connection, integration: str, alert: int) -> SentAlert | None:
    """The integration's alert with this number; None when there is none."""
    return _maybe(sent.of_id(conn, integration, alert))


def by_key(conn: Connection, integration: str, key: str) -> SentAlert | None:
    """The integration's newest alert of a key, an open one before any closed one; None when there is none."""
    return _maybe(sent.of_key(conn, integration, key))


def of_incident(conn: Connection, integration: str, number: int) -> tuple[SentAlert, ...]:
    """The integration's alerts of an incident, or of the one that it was merged into."""
    return tuple(_alert(row) for row in sent.of_incident(conn, integration, number))


def listed(  # noqa: PLR0913 - whose, which, in what order, from where and how many
    conn: Connection, integration: str, terms: Iterable[Wanted], *, sort: str, ascending: bool, offset: int, limit: int
) -> tuple[SentAlert, ...]:
    """A stretch of the integration's alerts that meet all terms, in an order of SORTS."""
    rows = sent.page(conn, integration, terms, sort=sort, ascending=ascending, offset=offset, limit=limit)
    return tuple(_alert(row) for row in rows)


def count(conn: Connection, integration: str, terms: Iterable[Wanted]) -> int:
    """How many of the integration's alerts meet all terms."""
    return sent.count(conn, integration, terms)


def lines(conn: Connection, alert: SentAlert) -> tuple[Line, ...]:
    """The timeline of the alert's incident."""
    found = story.entries(conn, alert.number)
    return tuple(Line(id=row.id, at=row.at, kind=row.kind, by=row.by, text=row.text) for row in found)


def _maybe(row: Row[Any] | None) -> SentAlert | None:
    return _alert(row) if row is not None else None


def _alert(row: Row[Any]) -> SentAlert:
    incident = decode(row.document)
    held = row.open and incident.acknowledged_by is not None
    return SentAlert(
        id=row.id,
        integration=row.integration,
        number=row.number,
        key=row.dedup_key or "",
        title=row.title,
        description=row.text,
        severity=Severity(row.severity),
        labels=row.labels,
        open=row.open,
        count=row._mapping["count"],
        first_seen_at=row.first_seen_at,
        last_seen_at=row.last_seen_at,
        closed_at=row.closed_at,
        closed_by=row.closed_by,
        opened_at=row.opened_at,
        acknowledged_at=incident.acknowledged_at if held else None,
        acknowledged_by=incident.acknowledged_by if held else None,
        snoozed_until=incident.snoozed_until if row.open else None,
        assignees=incident.assignees if row.open else (),
    )
