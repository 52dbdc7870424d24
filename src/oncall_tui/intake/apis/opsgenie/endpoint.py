"""One endpoint of the API: from a request as it came to an answer in Opsgenie's words, whatever goes wrong."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, unquote

from starlette.requests import Request
from starlette.responses import Response

from oncall_tui.domain.errors import DatabaseAway
from oncall_tui.intake.apis.alertmanager.books import Books, Desk
from oncall_tui.intake.doors.door import EventDoor, UnknownKey
from oncall_tui.intake.doors.presented import presented_key
from oncall_tui.intake.payload.decoding import NotJson, as_text, clean, decode_json
from oncall_tui.intake.payload.reading import Answer
from oncall_tui.intake.sources.paging.opsgenie import NO_KEY, QUERY_FIELDS, failed, key_of, unknown_key
from oncall_tui.intake.wire import responses
from oncall_tui.intake.wire.body import Gone, TooLarge, TooSlow, Undecodable, read_body
from oncall_tui.ops.intake.rejected import Rejection

log = logging.getLogger(__name__)

PAYLOAD_KEPT = 64_000  # characters
_HOST = re.compile(r"[A-Za-z0-9.:\[\]_-]{1,255}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What was asked: the method, the parts of the path behind the API's own, the query, and the body's fields.

    `address` is the API's own, as whoever asks knows it.
    """

    method: str
    address: str
    parts: tuple[str, ...]
    query: Mapping[str, str]
    fields: Mapping[str, Any]
    payload: str

    def text(self, name: str) -> str:
        """A value of the query; empty when it is not there."""
        return self.query.get(name, "").strip()


@dataclass(frozen=True, slots=True)
class Work:
    """What answers, in one transaction; `acts` when it may change anything."""

    run: Callable[[Desk], Answer]
    acts: bool = False


class Unprocessable(Exception):
    """A field that has to be there is not, or is nothing that can be used."""

    def __init__(self, **errors: str) -> None:
        super().__init__("; ".join(errors.values()))
        self.errors = errors


Find = Callable[[Asked], Work | Answer]
"""What is to be done for a request, or the answer at once. Raises Unprocessable."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Everything below one path."""

    books: Books
    door: EventDoor
    find: Find
    prefix: str

    async def respond(self, request: Request) -> Response:
        """The answer; a fault of ours is a 503, to be sent again."""
        try:
            given = await self._answered(request)
        except Unprocessable as error:
            given = failed(422, "Request body is not processable. Please check the errors.", error.errors)
        except DatabaseAway as away:
            log.warning("opsgenie: not done, %s", away.sentence)
            return responses.busy("the database is away; send it again")
        except Exception:
            log.exception("%s could not be answered", self.prefix)
            return responses.busy("a fault of ours; send it again")
        return given if isinstance(given, Response) else responses.answer(given.status, given.body)

    async def _answered(self, request: Request) -> Answer | Response:
        query_text = bytes(request.scope.get("query_string", b"")).decode("latin-1")
        try:
            body = await read_body(request.receive, request.headers)
            value = decode_json(body)[0] if body.strip() else {}
            query = {name: values[-1] for name, values in parse_qs(query_text, max_num_fields=QUERY_FIELDS).items()}
        except TooLarge:
            return responses.answer(413, {"message": "the body is larger than 1 MiB"}, connection="close")
        except TooSlow:
            return responses.answer(408, {"message": "the body came too slowly"}, connection="close")
        except (Gone, Undecodable, NotJson, ValueError) as error:
            return failed(400, f"the request can't be read: {error}")
        key = key_of(presented_key(request.headers) or "", query_text)
        if not key:
            return failed(401, NO_KEY)
        return await self._worked(request, key, _asked(request, self.prefix, query, value, body))

    async def _worked(self, request: Request, key: str, asked: Asked) -> Answer | Response:
        work = self.find(asked)
        if isinstance(work, Answer):
            return work
        try:
            return await (self.books.act(key, work.run) if work.acts else self.books.ask(key, work.run))
        except UnknownKey as unknown:
            return await self._missed(request, unknown)

    async def _missed(self, request: Request, unknown: UnknownKey) -> Answer | Response:
        source = request.client.host if request.client else ""
        path = clean(str(request.scope["path"]))
        await self.door.reject(Rejection(source=source, path=path, reason=unknown.sentence, sample=""))
        wait = await self.door.missed(source)
        return unknown_key() if wait is None else responses.guessing(wait.seconds)


def _address(request: Request) -> str:
    """The host that was asked, by the sender's own word; empty where that is no host."""
    host = request.headers.get("host", "")
    scheme = request.headers.get("x-forwarded-proto", request.url.scheme)
    return f"{scheme}://{host}" if _HOST.fullmatch(host) and scheme in ("http", "https") else ""


def _asked(request: Request, prefix: str, query: Mapping[str, str], value: object, body: bytes) -> Asked:
    raw = bytes(request.scope.get("raw_path") or str(request.scope["path"]).encode()).decode("latin-1")
    rest = raw[len(prefix) :].strip("/")
    return Asked(
        method="GET" if request.method == "HEAD" else request.method,
        address=_address(request) + prefix,
        parts=tuple(unquote(part) for part in rest.split("/")) if rest else (),
        query=query,
        fields=value if isinstance(value, dict) else {},
        payload=clean(as_text(body))[:PAYLOAD_KEPT],
    )
