"""Where the REST API hangs in the application: bodies within their limits, everything heavy loaded when first asked."""

from __future__ import annotations

import asyncio

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from oncall_tui.intake.wire import responses
from oncall_tui.intake.wire.body import Gone, TooLarge, TooSlow, Undecodable, read_body
from oncall_tui.intake.wire.connections import ANSWER_WHOLE
from oncall_tui.ops.session import Session

PREFIX = "/api/v1"


def rest_routes(house: Session) -> list[BaseRoute]:
    """The API over this database, and the page about it. `house` is nobody's session: tokens say who acts."""
    rest = _Rest(house)
    return [Mount(PREFIX, app=rest), Route("/docs", rest.docs), Route("/docs/", rest.docs)]


class _Rest:
    """FastAPI takes a third of a second to load: senders of events never wait for it."""

    def __init__(self, house: Session) -> None:
        self._house = house
        self._app: ASGIApp | None = None
        self._lock = asyncio.Lock()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        try:
            body = await read_body(receive, Request(scope).headers)
        except Gone:
            return
        except (TooLarge, TooSlow, Undecodable) as error:
            await _refusal(error)(scope, receive, send)
            return
        told = False

        async def whole() -> Message:
            nonlocal told
            if told:
                return await receive()
            told = True
            return {"type": "http.request", "body": body, "more_body": False}

        app = await self._loaded()
        # Answers pass through what lets pages of other origins read them.
        asked = {name: value for name, value in scope.items() if name != ANSWER_WHOLE}
        await app(_plain(asked, body), whole, send)

    async def docs(self, _request: Request) -> Response:
        """What can be asked, for people: one page that needs nothing from elsewhere."""
        from oncall_tui.intake.rest.page import CSP, page_of

        app = await self._loaded()
        text = page_of(app.openapi())  # type: ignore[attr-defined] # it is a FastAPI
        return responses.text(200, text.encode(), "text/html; charset=utf-8", content_security_policy=CSP)

    async def _loaded(self) -> ASGIApp:
        async with self._lock:
            if self._app is None:
                from oncall_tui.intake.rest.building import build_rest

                self._app = await asyncio.to_thread(build_rest, self._house)
        return self._app


def _plain(scope: Scope, body: bytes) -> Scope:
    """The request as its router knows it: no slash at the end, HEAD as GET, a body that is JSON whatever its type."""
    path: str = scope["path"]
    headers = scope["headers"]
    if body:
        headers = [(name, value) for name, value in headers if name != b"content-type"]
        headers.append((b"content-type", b"application/json"))
    method = "GET" if scope["method"] == "HEAD" else scope["method"]
    return {**scope, "path": path.rstrip("/") or "/", "method": method, "headers": headers}


def _refusal(error: Exception) -> Response:
    status, code, why = 400, "malformed", str(error)
    if isinstance(error, TooLarge):
        status, code, why = 413, "too_large", "the body is larger than 1 MiB"
    elif isinstance(error, TooSlow):
        status, code, why = 408, "too_slow", "the body came too slowly"
    shape = {"path": "", "code": code, "message": why, "mend": ""}
    return responses.answer(status, {"errors": [shape]}, connection="close")
