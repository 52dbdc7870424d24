"""Errors in the one shape: {"errors": [{"path", "code", "message", "mend"}]}."""

from __future__ import annotations

import logging
from collections.abc import Sequence

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response

from oncall_tui.domain.errors import OncallError, Unavailable
from oncall_tui.intake.rest.access import NoToken, TooMany
from oncall_tui.intake.wire import responses

log = logging.getLogger(__name__)


def say_errors(app: FastAPI) -> None:
    """Let every error of this application leave in the one shape."""
    app.add_exception_handler(OncallError, _ours)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _of_router)
    app.add_exception_handler(Exception, _fault)


async def _ours(_request: Request, error: Exception) -> Response:
    assert isinstance(error, OncallError), "registered for nothing else"
    shapes = [_shape(part.path, part.code, part.sentence, part.mend) for part in error.parts]
    headers = {}
    if isinstance(error, NoToken):
        headers["www_authenticate"] = "Bearer"
    elif isinstance(error, TooMany):
        headers["retry_after"] = str(error.seconds)
    elif isinstance(error, Unavailable):
        headers["retry_after"] = str(responses.RETRY_AFTER)
    return responses.answer(error.http_status, {"errors": shapes}, **headers)


async def _invalid(_request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError), "registered for nothing else"
    shapes = [_shape(_path(one["loc"]), "invalid", one["msg"], "see /docs") for one in error.errors()]
    return responses.answer(422, {"errors": shapes})


async def _of_router(_request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException), "registered for nothing else"
    allowed = {name: value for name, value in (error.headers or {}).items() if name == "Allow"}
    return responses.answer(
        error.status_code, {"errors": [_shape("", "no_such_path", str(error.detail).lower(), "see /docs")]}, **allowed
    )


async def _fault(request: Request, error: Exception) -> Response:
    log.error("a request to %s failed", request.url.path, exc_info=error)
    return responses.answer(500, {"errors": [_shape("", "fault", "this is a fault of oncall itself", "see the log")]})


def _path(place: Sequence[object]) -> str:
    return ".".join(str(part) for part in place[1:]) or str(place[0] if place else "")


def _shape(path: str, code: str, message: str, mend: str) -> dict[str, str]:
    return {"path": path, "code": code, "message": message, "mend": mend}
