"""The shape of every answer: JSON or text, never cached, never sniffed, saying nothing about the server."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from http import HTTPStatus

import msgspec
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Match, Route
from starlette.types import Receive, Scope, Send

from oncall_tui.intake.wire.connections import ANSWER_WHOLE

RETRY_AFTER = 5  # seconds

_HEADERS = {
    "cache-control": "no-store",
    "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
}
_RAW_HEADERS = [
    (name.encode("latin-1"), value.encode("latin-1"))
    for name, value in (_HEADERS | {"content-type": "application/json"}).items()
]
LINES = b"".join(b"%b: %b\r\n" % pair for pair in _RAW_HEADERS)
"""The head's lines that every JSON answer has."""


def answer(status: int, body: Mapping[str, object] | Sequence[object] | str, **headers: str) -> Response:
    """A JSON answer; header names are given with underscores."""
    return _response(status, msgspec.json.encode(body), "application/json", headers)


def text(status: int, body: bytes, media_type: str, **headers: str) -> Response:
    """An answer that is not JSON; header names are given with underscores."""
    return _response(status, body, media_type, headers)


def busy(reason: str) -> Response:
    """503: not taken, for a fault that will pass; send it again in a few seconds."""
    return answer(503, {"status": "unavailable", "errors": [reason]}, retry_after=str(RETRY_AFTER))


def guessing(seconds: int) -> Response:
    """429: too many wrong keys came from this address; the same for all dialects."""
    why = "too many wrong keys came from this address; a good one is taken at any time"
    return answer(429, {"status": "refused", "errors": [why]}, retry_after=str(seconds))


async def http_error(request: Request, error: Exception) -> Response:
    """What the router itself refuses: unknown paths and methods."""
    assert isinstance(error, HTTPException), "registered for nothing else"
    headers = {name.replace("-", "_"): value for name, value in (error.headers or {}).items()}
    if error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
        headers["Allow"] = _methods_of(request)
    # Its body was not read: the connection can't be used for another request without waiting for the rest of it.
    headers["connection"] = "close"
    return answer(error.status_code, {"status": "refused", "errors": [error.detail]}, **headers)


def _methods_of(request: Request) -> str:
    """Every method that this path has; a router names those of the first route alone."""
    routes = (route for route in request.app.routes if isinstance(route, Route))
    found = (route.methods or () for route in routes if route.matches(request.scope)[0] is not Match.NONE)
    return ", ".join(sorted({method for methods in found for method in methods}))


class _Answer(Response):
    """A response whose headers are put together once, as far as they are always the same."""

    media_type = "application/json"

    def __init__(self, status: int, body: bytes) -> None:
        self.status_code = status
        self.background = None
        self.body = body
        self.raw_headers = [*_RAW_HEADERS, (b"content-length", b"%d" % len(body))]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send it, in one write where the connection can."""
        whole = scope.get(ANSWER_WHOLE)
        if whole is None or scope["method"] == "HEAD" or not whole(self.status_code, LINES, self.body):
            await super().__call__(scope, receive, send)
        elif self.background is not None:
            await self.background()


def _response(status: int, body: bytes, media_type: str, headers: Mapping[str, str]) -> Response:
    if not headers and media_type == _Answer.media_type:
        return _Answer(status, body)
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    return Response(body, status, {**_HEADERS, **given}, media_type)
