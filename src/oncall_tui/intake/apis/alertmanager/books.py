"""What the API reads and writes: the house's database, opened by an integration's key."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar

from sqlalchemy import Connection

from oncall_tui.clock import Clock
from oncall_tui.domain.directory.services import Integration
from oncall_tui.domain.errors import DatabaseAway
from oncall_tui.domain.world import World
from oncall_tui.intake.doors.door import UnknownKey
from oncall_tui.ops.directory import Directory
from oncall_tui.ops.intake.intake_keys import IntakeKeys
from oncall_tui.storage.directory_rows import revision
from oncall_tui.storage.engine import Store
from oncall_tui.storage.writer import Writer

T = TypeVar("T")

ANSWER_WITHIN = 1.9  # seconds; who asks hears of an absent database within two


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """One transaction on behalf of one integration."""

    conn: Connection
    world: World
    integration: Integration
    now: datetime


@dataclass(frozen=True, slots=True)
class Books:
    """The database for whoever has a key. Every question raises UnknownKey or, within two seconds, DatabaseAway."""

    store: Store
    writer: Writer
    directory: Directory
    clock: Clock
    keys: IntakeKeys = field(default_factory=IntakeKeys)

    async def ask(self, key: str, work: Callable[[Desk], T]) -> T:
        """The answer to a question, read in one short transaction."""

        def read() -> T:
            with self.store.read() as conn:
                return work(self._desk(conn, key))

        return await self._in_time(asyncio.to_thread(read))

    async def change(self, key: str, work: Callable[[Desk], T]) -> T:
        """What a change of the directory answers, once it is on disk."""

        def write(conn: Connection) -> T:
            revision.lock(conn)
            return work(self._desk(conn, key))

        return await self._in_time(asyncio.wrap_future(self.writer.submit(write)))

    async def act(self, key: str, work: Callable[[Desk], T]) -> T:
        """What is done to the integration's incidents answers, once it is on disk."""

        def services(conn: Connection) -> Sequence[int]:
            return self.keys.services(conn, self.directory.world(conn), key)

        submitted = self.writer.submit(lambda conn: work(self._desk(conn, key)), services=services)
        return await self._in_time(asyncio.wrap_future(submitted))

    def _desk(self, conn: Connection, key: str) -> Desk:
        now, world = self.clock.now(), self.directory.world(conn)
        integration = self.keys.integration(conn, world, key, now)
        if integration is None:
            raise UnknownKey("no integration has this key", mend="see 'oncall integration list'")
        return Desk(conn=conn, world=world, integration=integration, now=now)

    async def _in_time(self, answer: Awaitable[T]) -> T:
        try:
            async with asyncio.timeout(ANSWER_WITHIN):
                return await answer
        except TimeoutError:
            raise DatabaseAway("the database did not answer in time", mend="ask again") from None
