"""Hears commits on a PostgreSQL server through LISTEN; a slow poll stands in when that is not to be had."""

from __future__ import annotations

import os
import selectors
import threading
import time
from contextlib import suppress
from typing import TYPE_CHECKING

from oncall_tui.storage.drivers import postgresql
from oncall_tui.storage.drivers.address import PostgresAddress

if TYPE_CHECKING:
    from psycopg import Connection

# NOTIFY is a hint: a connection pooler drops it, so now and then the waiter looks without one.
FALLBACK_SECONDS = 5.0
RETRY_SECONDS = 1.0


class ServerEar:
    """Listens on a connection of its own, beside the pool, and makes a new one when that is lost."""

    def __init__(self, address: PostgresAddress) -> None:
        self._address = address
        self._link: Connection[tuple[object, ...]] | None = None
        self._lost = False
        self._retry_at = self._looked_at = time.monotonic()
        self._wake_out, self._wake_in = os.pipe()
        os.set_blocking(self._wake_out, False)
        os.set_blocking(self._wake_in, False)
        self._gate = threading.Lock()
        self._waiting = False
        self._closed = False

    def wait(self, timeout: float) -> bool:
        """Whether something was committed, or `poke` called, within `timeout` seconds."""
        with self._gate:
            if self._closed:
                return False
            self._waiting = True
        try:
            changed = self._listen(time.monotonic() + timeout)
        finally:
            with self._gate:
                self._waiting = False
                if self._closed:
                    self._let_go()
        if changed:
            self._looked_at = time.monotonic()
        return changed

    def poke(self) -> None:
        """Wake the waiting thread."""
        with self._gate:
            if not self._closed:
                self._nudge()

    def close(self) -> None:
        """Wake the waiting thread and let go of the connection."""
        with self._gate:
            if self._closed:
                return
            self._closed = True
            self._nudge()
            if not self._waiting:
                self._let_go()

    def _listen(self, until: float) -> bool:
        while not self._closed:
            if self._back():
                return True
            now = time.monotonic()
            look_at = self._looked_at + FALLBACK_SECONDS
            if now >= min(look_at, until):
                return now >= look_at
            next_at = min(look_at, until) if self._link is not None else min(look_at, until, self._retry_at)
            if self._heard(max(0.0, next_at - now)):
                return True
        return False

    def _back(self) -> bool:
        """Whether a lost connection has just come back: something may have been missed meanwhile."""
        import psycopg

        if self._link is not None or time.monotonic() < self._retry_at:
            return False
        self._retry_at = time.monotonic() + RETRY_SECONDS
        try:
            self._link = _listening(self._address)
        except psycopg.Error:
            self._lost = True
            return False
        was_lost, self._lost = self._lost, False
        return was_lost

    def _heard(self, seconds: float) -> bool:
        with selectors.DefaultSelector() as ears:
            ears.register(self._wake_out, selectors.EVENT_READ)
            if self._link is not None:
                ears.register(self._link.fileno(), selectors.EVENT_READ)
            ready = {key.fd for key, _ in ears.select(seconds)}
        poked = self._wake_out in ready
        if poked:
            os.read(self._wake_out, 4096)
        news = bool(ready - {self._wake_out}) and self._news()
        return (poked and not self._closed) or news

    def _news(self) -> bool:
        import psycopg

        if self._link is None:
            return False
        found = False
        try:
            self._link.pgconn.consume_input()
            while self._link.pgconn.notifies() is not None:
                found = True
        except psycopg.Error:
            self._drop()
            self._lost = True
            self._retry_at = time.monotonic()
        return found

    def _drop(self) -> None:
        if self._link is not None:
            self._link.close()
            self._link = None

    def _let_go(self) -> None:
        self._drop()
        os.close(self._wake_out)
        os.close(self._wake_in)

    def _nudge(self) -> None:
        # A full pipe has a wake in it already.
        with suppress(BlockingIOError):
            os.write(self._wake_in, b"!")


def _listening(address: PostgresAddress) -> Connection[tuple[object, ...]]:
    import psycopg

    link = psycopg.connect(address.conninfo, autocommit=True, **postgresql.link_options(address.url))
    try:
        link.execute(f'LISTEN "{postgresql.CHANNEL}"')
    except BaseException:
        link.close()
        raise
    return link
