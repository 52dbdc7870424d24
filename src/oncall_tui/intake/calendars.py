"""GET /ical/{token}.ics: shifts for calendar programs. The token is the only key, so the address is the secret."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from oncall_tui.domain.errors import DatabaseAway
from oncall_tui.intake.wire import responses

PATH = "/ical/{token}.ics"
MEDIA_TYPE = "text/calendar; charset=utf-8"

ReadCalendar = Callable[[str], bytes | None]
"""The file that a token opens, or None. It may block, and raise DatabaseAway."""


@dataclass(frozen=True, slots=True)
class Calendars:
    """The answers to calendar programs."""

    read: ReadCalendar

    async def respond(self, request: Request) -> Response:
        """200 with the file; 404 for a token that opens nothing, be it unknown or revoked; 503 without a database."""
        try:
            found = await asyncio.to_thread(self.read, request.path_params["token"])
        except DatabaseAway as away:
            return responses.busy(away.sentence)
        if found is None:
            return responses.answer(404, {"status": "refused", "errors": ["there is no calendar here"]})
        return responses.text(200, found, MEDIA_TYPE)
