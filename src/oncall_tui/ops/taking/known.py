"""The alerts that a batch of events is about, as they stand after each of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from oncall_tui.domain.events import Event
from oncall_tui.domain.intake.grouping import KnownAlert
from oncall_tui.domain.severity import Severity
from oncall_tui.storage.statements.incident import alerts as rows
from oncall_tui.storage.statements.incident import incidents as incident_rows
from oncall_tui.storage.types import clean

Keeper = tuple[int | None, int]
"""Whose keys they are: an integration's, or of a service those that people made up (then without an integration)."""


@dataclass(slots=True, kw_only=True)
class _Alert:
    id: int  # below 0 until it has a row
    keeper: Keeper
    dedup_key: str | None
    number: int
    open: bool
    title: str
    severity: Severity
    first_seen_at: datetime | None
    last_seen_at: datetime | None
    started_at: datetime | None
    closed_at: datetime | None = None
    closed_by: str | None = None
    told: str | None = None
    expires_at: datetime | None = None
    labels: Mapping[str, str] = field(default_factory=dict)
    count: int = 0


class KnownAlerts:
    """Alerts by key, changed in memory; `write` puts what has changed into the tables."""

    __slots__ = ("_added", "_by_id", "_by_key", "_closed", "_conn", "_now", "_seen", "_titles")

    def __init__(self, conn: Connection, now: datetime) -> None:
        self._conn = conn
        self._now = now
        self._by_key: dict[tuple[Keeper, str], _Alert | None] = {}
        self._by_id: dict[int, _Alert] = {}
        self._titles: dict[int, dict[int, str]] = {}
        self._added: list[_Alert] = []
        self._seen: dict[int, _Alert] = {}
        self._closed: dict[int, _Alert] = {}

    def foresee(self, integration: int, keys: Iterable[str]) -> Callable[[], None]:
        """Look up what is known of an integration's keys, all at once.

        To be told `in_one_go`; what is given back is called after that, before anything else is asked here.
        """
        keeper = (integration, 0)
        wanted = {clean(key) for key in keys}
        asked = rows.newest(self._conn, integration, wanted)

        def know() -> None:
            found = {row.dedup_key: row for row in asked()}
            for key in wanted:
                self._by_key[keeper, key] = self._kept(keeper, found[key]) if key in found else None

        return know

    def is_open(self, keeper: Keeper, key: str) -> bool:
        """Whether the key's alert is open; the key was looked up before."""
        alert = self._by_key[keeper, clean(key)]
        return alert is not None and alert.open

    def of_key(self, keeper: Keeper, key: str) -> KnownAlert | None:
        """The newest alert of a key, an open one before any closed one."""
        key = clean(key)
        try:
            alert = self._by_key[keeper, key]
        except KeyError:
            row = self._look_up(keeper, key)
            alert = self._by_key[keeper, key] = self._kept(keeper, row) if row is not None else None
        return _shown(alert) if alert is not None else None

    def open_titles(self, number: int) -> tuple[str, ...]:
        """The titles of an incident's open alerts."""
        titles = self._titles.get(number)
        if titles is None:
            titles = {row.id: row.title for row in incident_rows.open_alerts(self._conn, number)}
            self._titles[number] = titles
            for alert in self._by_id.values():
                self._retitle(alert)
        return tuple(titles.values())

    def add(self, keeper: Keeper, event: Event, number: int) -> None:
        """A new open alert of an incident."""
        alert = _Alert(
            id=-1 - len(self._added),
            keeper=keeper,
            dedup_key=event.dedup_key,
            number=number,
            open=True,
            title=event.title,
            severity=event.severity,
            labels=event.labels,
            first_seen_at=self._now,
            last_seen_at=self._now,
            started_at=event.started_at,
            expires_at=event.expires_at,
            told=event.description,
            count=1,
        )
        self._added.append(alert)
        self._by_id[alert.id] = alert
        if event.dedup_key is not None:
            self._by_key[keeper, clean(event.dedup_key)] = alert
        self._retitle(alert)

    def repeat(self, known: KnownAlert, event: Event) -> None:
        """It was posted again."""
        alert = self._by_id[known.id]
        alert.title, alert.severity, alert.labels = event.title, event.severity, event.labels
        alert.last_seen_at, alert.expires_at = self._now, event.expires_at
        alert.told = event.description if alert.told is not None and event.description else alert.told
        alert.count += 1
        if alert.id > 0:
            self._seen[alert.id] = alert
        self._retitle(alert)

    def close(self, known: KnownAlert, by: str) -> None:
        """Its sender says that it is over."""
        alert = self._by_id[known.id]
        self._end(alert, by)
        if alert.id > 0:
            self._closed[alert.id] = alert

    def incident_ended(self, number: int, by: str) -> None:
        """Every open alert of an incident is closed with it; those that have a row already are closed there."""
        for alert in self._by_id.values():
            if alert.number == number and alert.open:
                self._end(alert, by)
        self._titles.pop(number, None)

    def write(self) -> None:
        """Put everything that has changed into the tables. The incidents must be there."""
        rows.see_again(self._conn, [_fresh(alert) for alert in self._seen.values()])
        rows.close(self._conn, [_closing(alert) for alert in self._closed.values()])
        rows.add(self._conn, [_row(alert) for alert in self._added])

    def _end(self, alert: _Alert, by: str) -> None:
        alert.open, alert.closed_at, alert.closed_by = False, self._now, by
        self._retitle(alert)

    def _retitle(self, alert: _Alert) -> None:
        titles = self._titles.get(alert.number)
        if titles is None:
            return
        if alert.open:
            titles[alert.id] = alert.title
        else:
            titles.pop(alert.id, None)

    def _look_up(self, keeper: Keeper, key: str) -> rows.AlertRow | incident_rows.AnyRow | None:
        integration, service = keeper
        if integration is None:
            return incident_rows.newest_alert(self._conn, None, service, key)
        return next(iter(rows.newest(self._conn, integration, [key])()), None)

    def _kept(self, keeper: Keeper, row: rows.AlertRow | incident_rows.AnyRow) -> _Alert:
        alert = _Alert(
            id=row.id,
            keeper=keeper,
            dedup_key=row.dedup_key,
            number=row.number,
            open=row.open,
            title=row.title,
            severity=Severity(row.severity),
            first_seen_at=None,
            last_seen_at=row.last_seen_at,
            started_at=row.started_at,
            closed_at=row.closed_at,
            closed_by=row.closed_by,
            told=row.told if isinstance(row, rows.AlertRow) else None,
        )
        self._by_id[alert.id] = alert
        return alert


def _shown(alert: _Alert) -> KnownAlert:
    return KnownAlert(
        id=alert.id,
        number=alert.number,
        open=alert.open,
        title=alert.title,
        severity=alert.severity,
        started_at=alert.started_at,
        closed_at=alert.closed_at,
        last_seen_at=alert.last_seen_at,
        told=alert.told,
        closed_by_hand=alert.closed_by is not None and not alert.closed_by.startswith("integration "),
    )


def _row(alert: _Alert) -> dict[str, Any]:
    return {
        "integration_id": alert.keeper[0],
        "dedup_key": alert.dedup_key,
        "number": alert.number,
        "open": alert.open,
        "title": alert.title,
        "severity": alert.severity.value,
        "labels": dict(alert.labels),
        "count": alert.count,
        "first_seen_at": alert.first_seen_at,
        "last_seen_at": alert.last_seen_at,
        "started_at": alert.started_at,
        "closed_at": alert.closed_at,
        "closed_by": alert.closed_by,
        "expires_at": alert.expires_at,
    }


def _fresh(alert: _Alert) -> dict[str, Any]:
    return {
        "id": alert.id,
        "title": alert.title,
        "severity": alert.severity.value,
        "labels": dict(alert.labels),
        "last_seen_at": alert.last_seen_at,
        "expires_at": alert.expires_at,
        "count": alert.count,
    }


def _closing(alert: _Alert) -> dict[str, Any]:
    return {"id": alert.id, "open": alert.open, "closed_at": alert.closed_at, "closed_by": alert.closed_by}
