"""What was turned away at the door: kept so that a human can see it, bounded so that nobody can fill the disk."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from oncall_tui.domain.time.walltime import format_instant
from oncall_tui.storage.directory_rows import writing
from oncall_tui.storage.statements.intake import rejected as rows
from oncall_tui.storage.statements.intake.rejected import RejectedRow

KEEP = 10_000
A_MINUTE = 10
SOURCES = 1_000
SAMPLE_LIMIT = 2_000
PATH_LIMIT = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejection:
    """A post that was refused: the sender's address, the path without its secret, the reason, how the body starts."""

    source: str
    path: str
    reason: str
    sample: str


class Throttle:
    """Lets ten rejections a minute through for each source and reason, and counts the rest."""

    def __init__(self, *, a_minute: int = A_MINUTE, sources: int = SOURCES) -> None:
        self._a_minute = a_minute
        self._sources = sources
        self._guard = threading.Lock()
        self._since: datetime | None = None
        self._let_through: dict[tuple[str, str], int] = {}
        self._held_back: dict[tuple[str, str], int] = {}

    def passes(self, rejection: Rejection, now: datetime) -> int | None:
        """None when it is one too many; else how many like it were held back before it."""
        who = (rejection.source, rejection.reason)
        with self._guard:
            if self._since is None or not timedelta(0) <= now - self._since < timedelta(minutes=1):
                self._since = now
                self._let_through.clear()
            if len(self._let_through) >= self._sources and who not in self._let_through:
                # Too many sources to tell apart in one minute: they share one count.
                who = ("", "")
            if self._let_through.get(who, 0) >= self._a_minute:
                self._held_back[who] = self._held_back.get(who, 0) + 1
                if len(self._held_back) > self._sources:
                    del self._held_back[next(iter(self._held_back))]
                return None
            self._let_through[who] = self._let_through.get(who, 0) + 1
            return self._held_back.pop(who, 0)


def record(conn: Connection, rejection: Rejection, now: datetime, held_back: int = 0) -> None:
    """Keep it, saying how many like it were only counted."""
    also = f" ({held_back} more like it before)" if held_back else ""
    rows.add(
        conn,
        {
            "received_at": now,
            "source": rejection.source,
            "path": rejection.path[:PATH_LIMIT],
            "reason": rejection.reason + also,
            "sample": rejection.sample[:SAMPLE_LIMIT],
        },
        keep=KEEP,
    )


def note_guessing(conn: Connection, source: str, now: datetime) -> None:
    """Put it into the audit trail that somebody at this address tries out keys."""
    entry = {"at": now, "via": "http", "action": "keys.guessed", "object": f"address {source}"}
    writing.note(conn, [{**entry, "text": "more than ten wrong integration keys in a minute; told to wait"}])


def newest(conn: Connection, limit: int = 100) -> Sequence[RejectedRow]:
    """The newest rejected posts, newest first."""
    return rows.newest(conn, limit)


def rejected_shape(row: RejectedRow) -> dict[str, Any]:
    """A rejected post as `--json` and the REST API show it."""
    return {
        "at": format_instant(row.received_at),
        "source": row.source,
        "path": row.path,
        "reason": row.reason,
        "sample": row.sample,
    }
