"""From the event loop to the heartbeat's row and back, when it is on disk."""

from __future__ import annotations

import asyncio
from typing import Protocol

from sqlalchemy import Connection

from oncall_tui.clock import Clock
from oncall_tui.domain.directory.heartbeats import Signal
from oncall_tui.domain.errors import DatabaseAway, Unknown
from oncall_tui.ops import heartbeats
from oncall_tui.ops.directory import Directory
from oncall_tui.storage.writer import Writer

ANSWER_WITHIN = 1.9  # seconds; a sender hears of an absent database within two


class Ears(Protocol):
    """Where signs of life go in."""

    async def hear(self, key: str, signal: Signal, detail: str) -> heartbeats.Heard:
        """Take a sign; it returns when that is on disk. Raises Unknown for the key, or DatabaseAway in two seconds."""


class Hearing:
    """The real ears: one job of the process's writer for each sign."""

    def __init__(self, writer: Writer, directory: Directory, clock: Clock) -> None:
        self._writer = writer
        self._directory = directory
        self._clock = clock

    async def hear(self, key: str, signal: Signal, detail: str) -> heartbeats.Heard:
        """Take a sign; it returns when that is on disk. Raises Unknown for the key, or DatabaseAway in two seconds."""
        now = self._clock.now()

        def work(conn: Connection) -> heartbeats.Heard:
            name = heartbeats.by_key(conn, key)
            if name is None:
                raise Unknown("no heartbeat has this key", mend="see 'oncall heartbeat list'")
            return heartbeats.ping(conn, self._directory.world(conn), name, signal, now, detail=detail)

        def services(conn: Connection) -> set[int]:
            name = heartbeats.by_key(conn, key)
            return heartbeats.services_of(conn, name, now) if name is not None else set()

        try:
            async with asyncio.timeout(ANSWER_WITHIN):
                return await asyncio.wrap_future(self._writer.submit(work, services=services))
        except TimeoutError:
            raise DatabaseAway("the database did not answer in time", mend="send it again") from None
