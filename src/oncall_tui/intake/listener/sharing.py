"""One sender's share of what may wait: beyond it the sender is asked to come again, and nobody else waits for it."""

from __future__ import annotations

import logging
from contextlib import AbstractContextManager
from datetime import datetime, timedelta

from oncall_tui.domain.errors import Unavailable

log = logging.getLogger(__name__)

SHARE = 512
_SAID_FOR = timedelta(minutes=1)


class OverShare(Unavailable):
    """So many posts with one key wait already that more would keep others waiting."""

    code = "over_share"


class Shares:
    """How many posts with each key wait. Used by one event loop."""

    def __init__(self, share: int = SHARE) -> None:
        self._share = share
        self._waiting: dict[str, int] = {}
        self._said: datetime | None = None
        self._refused = 0

    def of(self, key: str, now: datetime) -> AbstractContextManager[None]:
        """A place among those who wait, given back at the end. Raises OverShare; that is logged once a minute."""
        if self._waiting.get(key, 0) >= self._share:
            self._say(now)
            raise OverShare(
                f"{self._share} posts with this key wait already; others would have to wait for more",
                mend="send it again in a few seconds",
            )
        return _Place(self._waiting, key)

    def _say(self, now: datetime) -> None:
        self._refused += 1
        if self._said is None or not timedelta(0) <= now - self._said < _SAID_FOR:
            log.warning("a noisy sender: %d posts beyond its share were asked to come again", self._refused)
            self._said, self._refused = now, 0


class _Place:
    __slots__ = ("_key", "_waiting")

    def __init__(self, waiting: dict[str, int], key: str) -> None:
        self._waiting = waiting
        self._key = key

    def __enter__(self) -> None:
        self._waiting[self._key] = self._waiting.get(self._key, 0) + 1

    def __exit__(self, *_: object) -> None:
        if self._waiting[self._key] == 1:
            del self._waiting[self._key]
        else:
            self._waiting[self._key] -= 1
