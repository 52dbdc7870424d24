"""The paths of heartbeats: the key alone, or with /start, /fail, /success, /log or an exit status after it.

As people write them for healthchecks.io: https://healthchecks.io/docs/http_api/. Any method counts, HEAD included.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from oncall_tui.domain.directory.heartbeats import Signal
from oncall_tui.domain.errors import DatabaseAway, Unknown
from oncall_tui.domain.time.walltime import format_instant
from oncall_tui.intake.doors.door import EventDoor
from oncall_tui.intake.heartbeats.hearing import Ears
from oncall_tui.intake.payload.decoding import as_text, clean
from oncall_tui.intake.wire import responses
from oncall_tui.intake.wire.body import Gone, TooLarge, TooSlow, Undecodable, read_body
from oncall_tui.ops.intake.rejected import Rejection

log = logging.getLogger(__name__)

PATHS = ("/heartbeat/{key}", "/heartbeat/{key}/{signal}")
_METHODS = ["GET", "POST", "PUT", "HEAD"]
_WORDS: Mapping[str, Signal] = {
    **{str(signal): signal for signal in Signal},
    "ping": Signal.SUCCESS,
    "ok": Signal.SUCCESS,
    "up": Signal.SUCCESS,
    "complete": Signal.SUCCESS,
    "run": Signal.START,
    "failure": Signal.FAIL,
    "failed": Signal.FAIL,
    "error": Signal.FAIL,
    "down": Signal.FAIL,
}
_IN_QUERY = ("signal", "status", "state", "exit", "code")
_WORST_STATUS = 255
_SHOWN_OF_A_KEY = 4


def heartbeat_routes(ears: Ears, door: EventDoor) -> tuple[Route, ...]:
    """The routes over these ears; `door` keeps what is turned away."""
    beats = _Heartbeats(ears, door)
    spellings = [spelling for path in PATHS for spelling in (path, f"{path}/")]
    return tuple(Route(spelling, beats.respond, methods=_METHODS) for spelling in spellings)


class _Heartbeats:
    def __init__(self, ears: Ears, door: EventDoor) -> None:
        self._ears = ears
        self._door = door

    async def respond(self, request: Request) -> Response:
        """Answer one sign; whatever goes wrong on our side is a 503, to be sent again."""
        try:
            return await self._heard(request)
        except DatabaseAway as away:
            log.warning("heartbeat: not taken, %s", away.sentence)
            return responses.busy("the database is away; send it again")
        except Exception:
            log.exception("a sign of life could not be taken")
            return responses.busy("a fault of ours; send it again")

    async def _heard(self, request: Request) -> Response:
        key = request.path_params["key"]
        word = request.path_params.get("signal") or next(
            (value for name in _IN_QUERY if (value := request.query_params.get(name))), ""
        )
        signal, said = _signal_of(word)
        if signal is None:
            await self._reject(request, key, "no signal of a heartbeat")
            why = "the signal is start, success, fail, log, or an exit status from 0 to 255"
            return responses.answer(400, {"status": "unusable", "errors": [why]})
        body = await _text(request)
        try:
            heard = await self._ears.hear(key, signal, f"{said}\n{body}".strip())
        except Unknown:
            await self._reject(request, key, "unknown key")
            wait = await self._door.missed(_source(request))
            if wait is not None:
                return responses.guessing(wait.seconds)
            return responses.answer(403, {"status": "forbidden", "errors": ["no heartbeat has this key"]})
        answer = {
            "status": "ok",
            "heartbeat": heard.name,
            "state": heard.health.value,
            "due_at": format_instant(heard.due_at),
            "incident": heard.number,
        }
        return responses.answer(200, answer)

    async def _reject(self, request: Request, key: str, reason: str) -> None:
        hint = f"{key[:_SHOWN_OF_A_KEY]}…"
        await self._door.reject(
            Rejection(
                source=_source(request),
                path=clean(str(request.scope["path"]).replace(key, hint)),
                reason=reason,
                sample="",
            )
        )


def _source(request: Request) -> str:
    return request.client.host if request.client else ""


def _signal_of(word: str) -> tuple[Signal | None, str]:
    """The signal that a word or an exit status means, and what to keep of it; no word at all is a success."""
    word = word.strip().lower()
    if not word:
        return Signal.SUCCESS, ""
    if word.isdecimal() and word.isascii() and len(word) <= 3 and int(word) <= _WORST_STATUS:
        return (Signal.FAIL, f"exit status {int(word)}") if int(word) else (Signal.SUCCESS, "")
    return _WORDS.get(word), ""


async def _text(request: Request) -> str:
    """What came with it, if it can be read: a sign counts whatever its body is."""
    try:
        body = await read_body(request.receive, request.headers)
    except (Gone, TooLarge, TooSlow, Undecodable) as odd:
        return f"(what came with it could not be read: {type(odd).__name__})"
    return clean(as_text(body))
