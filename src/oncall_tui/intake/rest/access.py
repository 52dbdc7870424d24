"""Who asks: the token's user, as often as the limit allows."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta

from fastapi import Request

from oncall_tui.domain.errors import Refused
from oncall_tui.intake.doors.presented import presented_key
from oncall_tui.intake.wire.guessing import Guesses
from oncall_tui.ops.session import Session
from oncall_tui.ops.tokens import actor_of
from oncall_tui.storage.cipher import digest

A_MINUTE = 960
TOKENS = 1_000


class NoToken(Refused):
    """No token, or one that opens nothing."""

    code = "no_token"
    http_status = 401


class TooMany(Refused):
    """More requests than a minute allows, or too many wrong tokens; `seconds` until the next."""

    code = "too_many"
    http_status = 429

    def __init__(self, sentence: str, seconds: int) -> None:
        super().__init__(sentence, mend=f"wait {seconds} s")
        self.seconds = seconds


class Access:
    """Opens a session for each request. Good tokens are not counted as guesses, wrong ones not as requests."""

    def __init__(self, house: Session, *, a_minute: int = A_MINUTE) -> None:
        self._house = house
        self._guesses = Guesses()
        self._a_minute = a_minute
        self._guard = threading.Lock()
        self._asked: dict[str, tuple[datetime, int]] = {}

    def __call__(self, request: Request) -> Session:
        """The session of the token's user. Raises NoToken or TooMany."""
        now = self._house.now()
        token = presented_key(request.headers) or ""
        actor = actor_of(self._house, token) if token else None
        if actor is None:
            wait = self._guesses.missed(request.client.host if request.client else "", now) if token else None
            if wait is not None:
                raise TooMany("too many wrong tokens came from this address", wait.seconds)
            raise NoToken("there is no token that opens this", mend="make one: oncall token add NAME")
        self._count(digest(token), now)
        return self._house.as_actor(actor)

    def _count(self, who: str, now: datetime) -> None:
        with self._guard:
            since, asked = self._asked.pop(who, (now, 0))
            if not timedelta(0) <= now - since < timedelta(minutes=1):
                since, asked = now, 0
            self._asked[who] = (since, asked + 1)
            if len(self._asked) > TOKENS:
                del self._asked[next(iter(self._asked))]
        if asked >= self._a_minute:
            left = timedelta(minutes=1) - (now - since)
            raise TooMany(f"more than {self._a_minute} requests in a minute", max(1, int(left.total_seconds())))
