"""Keys that are tried out: after ten wrong ones in a minute a source is told to wait. Good keys are never counted."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from datetime import datetime, timedelta

A_MINUTE = 10
SOURCES = 1_000
_WINDOW = timedelta(minutes=1)
_SAID_FOR = timedelta(hours=1)


@dataclass(slots=True)
class _Source:
    since: datetime
    wrong: int = 0


@dataclass(frozen=True, slots=True)
class Wait:
    """A source has tried too many keys: `seconds` until it may try again; `first`: nobody was told of it yet."""

    seconds: int
    first: bool


class Guesses:
    """Wrong keys by source, a minute at a time; of more sources than it can hold, the longest known give way."""

    def __init__(self, *, a_minute: int = A_MINUTE, sources: int = SOURCES) -> None:
        self._a_minute = a_minute
        self._limit = sources
        self._guard = threading.Lock()
        self._sources: dict[str, _Source] = {}
        self._said: dict[str, datetime] = {}

    def missed(self, source: str, now: datetime) -> Wait | None:
        """Count a wrong key; the wait when it is one too many."""
        with self._guard:
            found = self._sources.get(source)
            if found is None or not timedelta(0) <= now - found.since < _WINDOW:
                self._sources.pop(source, None)
                found = self._sources[source] = _Source(now)
                if len(self._sources) > self._limit:
                    del self._sources[next(iter(self._sources))]
            found.wrong += 1
            if found.wrong <= self._a_minute:
                return None
            left = _WINDOW - (now - found.since)
            return Wait(max(1, int(left.total_seconds())), self._first(source, now))

    def _first(self, source: str, now: datetime) -> bool:
        """Whether this source was not spoken of within the hour."""
        said = self._said.get(source)
        if said is not None and timedelta(0) <= now - said < _SAID_FOR:
            return False
        self._said.pop(source, None)
        self._said[source] = now
        if len(self._said) > self._limit:
            del self._said[next(iter(self._said))]
        return True
