"""Rows of alerts that their sender corrects, one at a time."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import Connection, update

from oncall_tui.storage.tables import alerts


def reword(conn: Connection, alert: int, *, title: str, severity: str) -> None:
    """Give an alert another title and severity."""
    conn.execute(update(alerts).where(alerts.c.id == alert).values(title=title, severity=severity))


def relabel(conn: Connection, alert: int, labels: Mapping[str, str]) -> None:
    """Give an alert other labels."""
    conn.execute(update(alerts).where(alerts.c.id == alert).values(labels=dict(labels)))
