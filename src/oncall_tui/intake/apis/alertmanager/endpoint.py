"""One endpoint of the API: from a request to a question of the books, and what goes wrong to Alertmanager's answers."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import parse_qs

from starlette.requests import Request
from starlette.responses import Response

from oncall_tui.domain.errors import DatabaseAway, Invalid, InvalidMany, Unknown
from oncall_tui.intake.apis.alertmanager.books import Books, Desk
from oncall_tui.intake.apis.turned_away import turned_away
from oncall_tui.intake.doors.door import EventDoor, UnknownKey
from oncall_tui.intake.payload.decoding import NotJson, decode_json
from oncall_tui.intake.wire import responses
from oncall_tui.intake.wire.body import Gone, TooLarge, TooSlow, Undecodable, read_body

log = logging.getLogger(__name__)

QUERY_FIELDS = 200

Told = Mapping[str, object] | Sequence[object] | str
"""A JSON answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What was asked: the path's own part, the query's values by name, the JSON of the body."""

    ref: str = ""
    query: Mapping[str, list[str]]
    body: object = None

    def wants(self, name: str) -> bool:
        """A yes or no of the query; yes when it is not there."""
        return self.query.get(name, ["true"])[-1].lower() not in ("false", "0", "f")


Handler = Callable[[Desk, Asked], Told]
"""Answers in one transaction. Raises Invalid (400) or Unknown (404)."""


@dataclass(frozen=True, slots=True)
class Work:
    """A handler, and whether it changes anything."""

    handler: Handler
    changes: bool = False


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Answers one path and method."""

    books: Books
    door: EventDoor
    work: Work

    async def respond(self, request: Request) -> Response:
        """The answer; a fault of ours is a 503, to be asked again."""
        try:
            return await self._answered(request)
        except DatabaseAway as away:
            return responses.busy(away.sentence)
        except UnknownKey as unknown:
            return await turned_away(self.door, request, unknown.sentence, "no integration has this key")
        except Unknown as unknown:
            return responses.answer(404, unknown.sentence)
        except (Invalid, InvalidMany) as invalid:
            return responses.answer(400, "; ".join(error.sentence for error in invalid.parts))
        except Exception:
            log.exception("%s could not be answered", request.scope["route"].path)
            return responses.busy("a fault of ours; ask again")

    async def _answered(self, request: Request) -> Response:
        try:
            body = await read_body(request.receive, request.headers)
            value = decode_json(body)[0] if body.strip() else None
            query = parse_qs(request.scope["query_string"].decode("latin-1"), max_num_fields=QUERY_FIELDS)
        except TooLarge:
            return responses.answer(413, "the body is larger than 1 MiB", connection="close")
        except TooSlow:
            return responses.answer(408, "the body came too slowly", connection="close")
        except (Gone, Undecodable, NotJson, ValueError) as error:
            return responses.answer(400, f"the request can't be read: {error}")
        asked = Asked(ref=str(request.path_params.get("ref", "")), query=query, body=value)
        key = str(request.path_params["key"])
        do = self.books.change if self.work.changes else self.books.ask
        return responses.answer(200, await do(key, lambda desk: self.work.handler(desk, asked)))
