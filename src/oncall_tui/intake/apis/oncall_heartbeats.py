"""Grafana OnCall's heartbeats: /integrations/v1/{kind}/{key}/heartbeat/, a sign of life of an integration.

It counts for the heartbeat that bears the integration's name, or whose own key it is. OnCall answers a GET with ":)",
a POST with nothing.
"""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass

from sqlalchemy import Connection
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from oncall_tui.domain.directory.heartbeats import Signal
from oncall_tui.domain.errors import DatabaseAway, Unknown
from oncall_tui.intake.apis.alertmanager.books import ANSWER_WITHIN, Books
from oncall_tui.intake.apis.turned_away import turned_away
from oncall_tui.intake.doors.door import EventDoor, UnknownKey
from oncall_tui.intake.wire import responses
from oncall_tui.ops import heartbeats

log = logging.getLogger(__name__)

PATHS = ("/integrations/v1/heartbeat/{key}", "/integrations/v1/{kind}/{key}/heartbeat")


@dataclass(frozen=True, slots=True)
class OncallHeartbeats:
    """The answers to signs of life on OnCall's paths."""

    books: Books
    door: EventDoor

    async def respond(self, request: Request) -> Response:
        """200 once the sign is on disk; 403 for a key of nothing."""
        key = str(request.path_params["key"])
        try:
            await self._heard(key)
        except UnknownKey as unknown:
            return await turned_away(self.door, request, unknown.sentence, "Integration key was not found.")
        except DatabaseAway as away:
            return responses.busy(away.sentence)
        except Exception:
            log.exception("a heartbeat on a path of OnCall could not be taken")
            return responses.busy("a fault of ours; send it again")
        return responses.answer(200, ":)") if request.method == "GET" else responses.text(200, b"", "text/plain")

    async def _heard(self, key: str) -> None:
        books, now = self.books, self.books.clock.now()

        def services(conn: Connection) -> set[int]:
            name = self._named(conn, key)
            return heartbeats.services_of(conn, name, now) if name is not None else set()

        def work(conn: Connection) -> None:
            name = self._named(conn, key)
            if name is None:
                raise UnknownKey("no integration and no heartbeat has this key", mend="see 'oncall heartbeat list'")
            try:
                heartbeats.ping(conn, books.directory.world(conn), name, Signal.SUCCESS, now)
            except Unknown:
                # Its sender does as it was told; what is missing is for the operator to know.
                log.warning("a sign of life came for integration %s, and no heartbeat has that name", name)

        try:
            async with asyncio.timeout(ANSWER_WITHIN):
                await asyncio.wrap_future(books.writer.submit(work, services=services))
        except TimeoutError:
            raise DatabaseAway("the database did not answer in time", mend="send it again") from None

    def _named(self, conn: Connection, key: str) -> str | None:
        own = heartbeats.by_key(conn, key)
        if own is not None:
            return own
        integration = self.books.keys.integration(conn, self.books.directory.world(conn), key, self.books.clock.now())
        return integration.name if integration is not None else None


def oncall_heartbeat_routes(books: Books, door: EventDoor) -> list[Route]:
    """Their routes, which stand before OnCall's others: a sign of life is no alert."""
    respond = OncallHeartbeats(books, door).respond
    return [Route(f"{path}{slash}", respond, methods=["GET", "POST"]) for path in PATHS for slash in ("", "/")]
