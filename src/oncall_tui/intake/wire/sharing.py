"""One sender's share of what may wait: beyond it the sender is asked to come again, and nobody else waits for it."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
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

    @contextmanager
    def of(self, key: str, now: datetime) -> Iterator[None]:
        """A place among those who wait, given back at the end. Raises OverShare; that is logged once a minute."""
        if not self.place(key):
            self._say(now)
            raise OverShare(
                f"{self._share} posts with this key wait already; others would have to wait for more",
                mend="send it again in a few seconds",
            )
        try:
            yield
        finally:
            self.give_back(key)

    def place(self, key: str) -> bool:
        """Take a place among those who wait, to be given back; False when all of the key's are taken."""
        waiting = self._waiting.get(key, 0)
        if waiting >= self._share:
            return False
        self._waiting[key] = waiting + 1
        return True

    def give_back(self, key: str) -> None:
        """The post with this key waits no more."""
        left = self._waiting[key] - 1
        if left:
            self._waiting[key] = left
        else:
            del self._waiting[key]

    def _say(self, now: datetime) -> None:
        self._refused += 1
        if self._said is None or not timedelta(0) <= now - self._said < _SAID_FOR:
            log.warning("a noisy sender: %d posts beyond its share were asked to come again", self._refused)
            self._said, self._refused = now, 0
