"""How long pages take from being due to being handed to their provider."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection

from oncall_tui.storage.statements.figures import first_tries

WINDOW = timedelta(hours=1)
MOST = 2000  # attempts looked at: enough for a p99, and read in milliseconds


@dataclass(frozen=True, slots=True)
class Lag:
    """Seconds from due to the first try over `pages` pages; None when there were none."""

    pages: int
    p50: float | None = None
    p99: float | None = None


def lag(conn: Connection, now: datetime) -> Lag:
    """Pages first tried within the last hour, of the newest 2,000 attempts; digests wait on purpose and don't count."""
    seconds = sorted(first_tries(conn, now - WINDOW, MOST))
    if not seconds:
        return Lag(0)
    return Lag(len(seconds), _rank(seconds, 50), _rank(seconds, 99))


def _rank(ordered: Sequence[float], percent: int) -> float:
    """The nearest-rank percentile: the smallest value that so many percent of all do not exceed."""
    return ordered[-(-len(ordered) * percent // 100) - 1]
