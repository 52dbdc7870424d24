"""The real door: from the event loop into the process's one writer, and back when it is on disk."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TypeVar

from sqlalchemy import Connection

from oncall_tui.clock import Clock
from oncall_tui.domain.errors import DatabaseAway
from oncall_tui.domain.events import Event
from oncall_tui.intake.door import Arrival, UnknownKey
from oncall_tui.intake.reading import Taken
from oncall_tui.ops import events, rejected
from oncall_tui.ops.directory import Directory
from oncall_tui.ops.intake_keys import IntakeKeys
from oncall_tui.ops.rejected import Rejection, Throttle
from oncall_tui.storage.writer import Writer

T = TypeVar("T")
log = logging.getLogger(__name__)

ANSWER_WITHIN = 1.9  # seconds; a sender hears of an absent database within two


class WriterDoor:
    """An EventDoor: one job of the writer for each post, key look-up included."""

    def __init__(
        self, writer: Writer, directory: Directory, clock: Clock, *, answer_within: float = ANSWER_WITHIN
    ) -> None:
        self._writer = writer
        self._directory = directory
        self._clock = clock
        self._answer_within = answer_within
        self._keys = IntakeKeys()
        self._throttle = Throttle()

    async def take(self, arrival: Arrival) -> Sequence[Taken]:
        """Take the events; it returns when they are on disk. Raises UnknownKey or DatabaseAway."""

        def work(conn: Connection) -> Sequence[Taken]:
            now = self._clock.now()
            world = self._directory.world(conn)
            integration = self._keys.integration(conn, world, arrival.key, now)
            if integration is None:
                raise UnknownKey("no integration has this key", mend="see 'oncall config export' for the integrations")
            noted = [_noted(event, arrival.kind, integration.kind) for event in arrival.events]
            return events.take(conn, world, integration.name, noted, now, arrival.payload)

        def services(conn: Connection) -> Sequence[int]:
            return self._keys.services(conn, self._directory.world(conn), arrival.key)

        return await self._written(work, services)

    async def reject(self, rejection: Rejection) -> None:
        """Keep what was turned away; a flood is counted, and an absent database only logged."""
        now = self._clock.now()
        held_back = self._throttle.passes(rejection, now)
        if held_back is None:
            return
        try:
            await self._written(lambda conn: rejected.record(conn, rejection, now, held_back))
        except DatabaseAway as away:
            log.warning("a rejected post (%s) could not be kept: %s", rejection.reason, away.sentence)

    async def _written(
        self, work: Callable[[Connection], T], services: Callable[[Connection], Sequence[int]] | None = None
    ) -> T:
        """The work's result once it is on disk; when that takes too long, it is withdrawn if it has not begun."""
        try:
            async with asyncio.timeout(self._answer_within):
                return await asyncio.wrap_future(self._writer.submit(work, services=services))
        except TimeoutError:
            raise DatabaseAway("the database did not answer in time", mend="send it again") from None


def _noted(event: Event, door: str, kind: str) -> Event:
    if door == kind:
        return event
    return replace(event, notes=(*event.notes, f"posted in the {door} dialect to an integration of kind {kind}"))
