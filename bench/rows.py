"""Many incidents: open ones through the real use cases, a history as rows, and a storm that goes on."""

from __future__ import annotations

import sqlite3
import sys
import time
from contextlib import closing

from oncall_tui.domain.events import Action, Event
from oncall_tui.domain.severity import Severity
from oncall_tui.ops.intake.events import take_by_hand
from oncall_tui.ops.session import Session, open_session
from oncall_tui.settings import load_settings

BATCH = 500
APART = 20_000_000  # microseconds between two incidents of the history


def _session(url: str) -> Session:
    return open_session(load_settings({"database": url}, environ={"ONCALL_SETTINGS": "/dev/null"}), via="bench")


def fill(url: str, count: int) -> None:
    """Open `count` incidents of the service checkout, a few hundred to a transaction."""
    session = _session(url)
    for start in range(0, count, BATCH):
        _open(session, range(start, min(count, start + BATCH)))
    session.close()


def _open(session: Session, numbers: range) -> None:
    severities = list(Severity)
    with session.writing() as conn:
        world = session.directory.world(conn)
        for number in numbers:
            event = Event(
                action=Action.TRIGGER,
                dedup_key=f"row-{number}",
                title=f"Problem number {number} of this benchmark",
                severity=severities[number % len(severities)],
            )
            take_by_hand(conn, world, "checkout", event, session.now(), by="bench", via="bench")


def storm(url: str, per_second: int) -> None:
    """Post so many events a second, each in a transaction, until this process is ended; every tenth is a new one."""
    session = _session(url)
    began, number = time.monotonic(), 0
    while True:
        key = number if number % 10 == 0 else number % 1_000
        _open(session, range(1_000_000 + key, 1_000_001 + key))
        number += 1
        time.sleep(max(0.0, began + number / per_second - time.monotonic()))


def remember(url: str, count: int) -> None:
    """`count` resolved incidents in a SQLite database, as copies of its first one, each older than the one before."""
    with closing(sqlite3.connect(url)) as conn, conn:
        columns = [row[1] for row in conn.execute("PRAGMA table_info(incidents)")]
        at = f"opened_at - {APART} * n"
        instead = {
            "number": "(SELECT max(number) FROM incidents) + n",
            "state": "'resolved'",
            "phase": "'done'",
            "resolution": "'fixed'",
            "next_due_at": "NULL",
            **dict.fromkeys(("opened_at", "acknowledged_at", "resolved_at", "last_event_at"), at),
        }
        taken = ", ".join(instead.get(name, name) for name in columns)
        conn.execute(
            "WITH RECURSIVE counted(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM counted WHERE n < ?)"
            f" INSERT INTO incidents ({', '.join(columns)}) SELECT {taken} FROM counted,"
            " (SELECT * FROM incidents ORDER BY number LIMIT 1)",
            (count,),
        )


if __name__ == "__main__":
    storm(sys.argv[1], int(sys.argv[2]))
