"""The event doors: read the body within its limits, read the dialect, take the events, answer after the commit."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from time import perf_counter

from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import Response

from oncall_tui.domain.errors import DatabaseAway, Unknown
from oncall_tui.domain.events import Action, Event, cut
from oncall_tui.intake.doors.door import Arrival, EventDoor
from oncall_tui.intake.doors.presented import presented_key
from oncall_tui.intake.metrics import Metrics
from oncall_tui.intake.payload.decoding import as_text, clean
from oncall_tui.intake.payload.reading import Answer, Dialect, Gate, Post, Reading, Taken, Unusable
from oncall_tui.intake.wire import responses
from oncall_tui.intake.wire.body import BODY_LIMIT, Gone, TooLarge, TooSlow, Undecodable, read_body
from oncall_tui.intake.wire.connections import BODY_IS_WHOLE, OUTCOME
from oncall_tui.intake.wire.sharing import OverShare
from oncall_tui.ops.intake.rejected import Rejection

log = logging.getLogger(__name__)

PAYLOAD_KEPT = 64_000  # characters
SAMPLE_KEPT = 2_000
KEY_LENGTH = 32  # characters of the keys that stand in a body: PagerDuty's
_SHOWN_OF_A_KEY = 4
_SHORTEST_KEY = 8  # characters; anything shorter is no secret, and may be part of a word
# A post about nothing (an empty list of alerts) is kept like any other.
_EMPTY = Event(action=Action.NOTE, dedup_key=None, title="a post about nothing")
_KEY_IN_BODY = re.compile(r'("(?:routing_key|service_key)"\s*:\s*"[^"]{0,4})[^"]*')
_KEY_IN_QUERY = re.compile(r"((?:^|&)apiKey=[^&]{0,4})[^&]*")


@dataclass(frozen=True, slots=True)
class Posts:
    """One dialect's endpoint. `answered` is called when a 2xx has left (fault tests end the process there).

    `gate` names the gate that a post has to pass, if any.
    """

    dialect: Dialect
    door: EventDoor
    metrics: Metrics
    answered: Callable[[], None] | None = None
    gate: Callable[[Post], Gate | None] | None = None

    async def respond(self, request: Request) -> Response:
        """Answer one post; whatever goes wrong on our side is a 503, to be sent again."""
        if request.method == "HEAD":
            return responses.answer(405, {"status": "refused", "errors": ["HEAD opens no alert"]}, allow="GET, POST")
        began = perf_counter()
        response = await self._guarded(request)
        self.metrics.answered(self.dialect.kind, response.status_code, perf_counter() - began)
        return response

    async def _guarded(self, request: Request) -> Response:
        try:
            return await self._taken_in(request)
        except DatabaseAway as away:
            log.warning("%s: not taken, %s", self.dialect.kind, away.sentence)
            return responses.busy("the database is away; send it again")
        except Exception:
            # Never a 4xx for a fault of ours: senders drop those.
            log.exception("%s: a post could not be taken", self.dialect.kind)
            return responses.busy("a fault of ours; send it again")

    async def _taken_in(self, request: Request) -> Response:
        key = request.path_params.get("key") or presented_key(request.headers)
        try:
            whole = BODY_IS_WHOLE in request.scope
            body = await read_body(request.receive, request.headers, limit=self.dialect.limit, whole=whole)
        except Gone:
            return responses.answer(400, {"status": "refused", "errors": ["the sender hung up"]})
        except TooSlow:
            return responses.answer(
                408, {"status": "refused", "errors": ["the body came too slowly"]}, connection="close"
            )
        except TooLarge:
            limit = self.dialect.limit
            why = f"the body is larger than {limit} bytes ({'1 MiB' if limit == BODY_LIMIT else f'{limit >> 10} KiB'})"
            await self._reject(request, why, b"", key)
            return responses.answer(413, {"status": "refused", "errors": [why]}, connection="close")
        except Undecodable as error:
            await self._reject(request, str(error), b"", key)
            return responses.answer(400, {"status": "malformed", "errors": [str(error)]})
        return await self._read(request, body, key)

    async def _read(self, request: Request, body: bytes, key: str | None) -> Response:
        query = _query(request)
        post = _post(request, body, query, key)
        reading = await self._reading(post)
        if isinstance(reading, Unusable):
            return await self._unusable(request, reading, body, key)
        gate = self.gate(post) if self.gate is not None else None
        if gate is not None and (stopped := await gate.stopped(post)) is not None:
            if stopped.rejected is not None:
                await self._reject(request, stopped.rejected, body, key)
            return _response(stopped.answer)
        try:
            taken = await self._taken(
                request, arrival_of(reading, self.dialect.kind, post, query, checked=gate is not None)
            )
        except Unknown as unknown:
            return await self._missed(request, unknown, body, reading.key)
        except OverShare as over:
            await self._reject(request, f"told to come again: {over.sentence}", body, reading.key)
            return responses.busy(over.sentence)
        self.metrics.taken(self.dialect.kind, reading.events)
        response = _response(self.dialect.accepted(taken if reading.events else ()))
        if self.answered is not None:
            response.background = BackgroundTask(self.answered)
        return response

    async def _taken(self, request: Request, arrival: Arrival) -> Sequence[Taken]:
        """What the door makes of it, or what it has raised on the straight way already."""
        raised: BaseException | None = request.scope.get(OUTCOME)
        if raised is not None:
            raise raised
        return await self.door.take(arrival)

    async def _reading(self, post: Post) -> Reading | Unusable:
        mapped = self.dialect.mapped
        if mapped is None or not post.key:
            return self.dialect.read(post)
        try:
            mapping = await self.door.mapping(post.key)
        except DatabaseAway:
            # What is no payload at all is none by any mapping: to send it again would be in vain.
            reading = self.dialect.read(post)
            if isinstance(reading, Unusable) and reading.malformed:
                return reading
            raise
        return mapped(post, mapping) if mapping else self.dialect.read(post)

    async def _unusable(self, request: Request, reading: Unusable, body: bytes, key: str | None) -> Response:
        """What is wrong with a payload, for who has a key: strangers hear of their key only."""
        if key and ("key" in request.path_params or self.dialect.key_name is None):
            try:
                await self.door.check(key)
            except Unknown as unknown:
                return await self._missed(request, unknown, body, key)
            except DatabaseAway:
                pass  # to send it again would be in vain, whosever the key is
        await self._reject(request, "; ".join(reading.errors), body, key)
        return _response(self.dialect.unusable(reading))

    async def _missed(self, request: Request, unknown: Unknown, body: bytes, key: str) -> Response:
        """A wrong key: 403, the same whatever is wrong with it; a source that tries many is told to wait.

        One in the body that has not even the length of its vendor's keys is 400, as there.
        """
        source = request.client.host if request.client else ""
        await self._reject(request, unknown.sentence, body, key)
        wait = await self.door.missed(source)
        if wait is not None:
            return responses.guessing(wait.seconds)
        name = self.dialect.key_name
        if name is not None and "key" not in request.path_params and len(key) != KEY_LENGTH:
            why = f"'{name}' must have {KEY_LENGTH} characters, and belongs to no integration"
            return _response(self.dialect.unusable(Unusable(errors=(why,))))
        return _response(self.dialect.unknown_key())

    async def _reject(self, request: Request, reason: str, body: bytes, key: str | None) -> None:
        """Keep it, with the secret cut down to what tells a typo from a stranger."""
        path = str(request.scope["path"])
        query = _KEY_IN_QUERY.sub(r"\1…", _query(request))
        sample = _KEY_IN_BODY.sub(r"\1…", as_text(body)[:SAMPLE_KEPT])
        if key and len(key) >= _SHORTEST_KEY:
            hint = f"{key[:_SHOWN_OF_A_KEY]}…"
            path, query, sample = (part.replace(key, hint) for part in (path, query, sample))
        await self.door.reject(
            Rejection(
                source=request.client.host if request.client else "",
                path=clean(path),
                reason=clean(cut(reason, 500)),
                sample=clean(sample or query),
            )
        )


def _post(request: Request, body: bytes, query: str, key: str | None) -> Post:
    scope = request.scope
    return Post(
        body=body,
        query=query,
        key=key,
        headers={name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]},
        params=request.path_params,
        method=str(scope["method"]),
        path=bytes(scope.get("raw_path") or str(scope["path"]).encode()).decode("latin-1"),
    )


def _query(request: Request) -> str:
    # Starlette's own way builds a whole URL first.
    raw: bytes = request.scope.get("query_string", b"")
    return raw.decode("latin-1")


def arrival_of(reading: Reading, kind: str, post: Post, query: str, *, checked: bool) -> Arrival:
    """What was read, with the payload as it is kept: cut to its limit, and without its key."""
    payload = as_text(post.body) or query
    if len(reading.key) >= _SHORTEST_KEY:
        payload = payload.replace(reading.key, "***")
    kept = cut(clean(payload), PAYLOAD_KEPT)
    return Arrival(
        key=reading.key,
        kind=kind,
        events=reading.events or (_EMPTY,),
        payload=kept,
        post=post,
        once=reading.once,
        checked=checked,
    )


def _response(given: Answer) -> Response:
    return responses.answer(given.status, given.body)
