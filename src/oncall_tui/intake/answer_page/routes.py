"""GET and POST /a/{token}. Looking never acts, so a link preview can't; the token is all that a POST needs."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from oncall_tui.domain.errors import DatabaseAway, OncallError
from oncall_tui.intake.answer_page import rendering
from oncall_tui.intake.answer_page.style import POLICY
from oncall_tui.intake.wire import responses
from oncall_tui.intake.wire.body import Gone, TooLarge, TooSlow, Undecodable, read_body
from oncall_tui.ops.answering import Act, Answering, AnswerView, Wish
from oncall_tui.ops.answering.links import PATH

log = logging.getLogger(__name__)

MEDIA_TYPE = "text/html; charset=utf-8"
FORM_LIMIT = 4096
FIELDS_LIMIT = 16


def answer_routes(answering: Answering) -> Iterator[Route]:
    """The routes of the answer page."""
    pages = AnswerPages(answering)
    for spelling in (PATH, f"{PATH}/"):
        yield Route(spelling, pages.look, methods=["GET"])
        yield Route(spelling, pages.act, methods=["POST"])


@dataclass(frozen=True, slots=True)
class AnswerPages:
    """The page's two requests."""

    answering: Answering

    async def look(self, request: Request) -> Response:
        """200 with the page; 403 for a link that is not ours, 410 for an expired one, 503 without a database."""
        token = request.path_params["token"]
        return await _answered(lambda: self.answering.look(token))

    async def act(self, request: Request) -> Response:
        """200 when it is done or asked about, 409 when somebody was first, 400 for a form that is not ours."""
        wish = await _wish(request)
        if wish is None:
            return _html(400, rendering.refusal(OncallError("This form can't be read.", mend="Open the link again.")))
        token = request.path_params["token"]
        return await _answered(lambda: self.answering.answer(token, wish))


async def _answered(work: Callable[[], AnswerView]) -> Response:
    try:
        view = await asyncio.to_thread(work)
    except DatabaseAway as away:
        log.warning("an answer page could not be shown: %s", away.sentence)
        error = OncallError("The database is away.", mend="Try again in a few seconds.")
        return _html(503, rendering.refusal(error), retry_after=str(responses.RETRY_AFTER))
    except OncallError as error:
        return _html(error.http_status, rendering.refusal(error))
    except Exception:
        # Answered here, so that no server's log gets to show the address, which is a secret.
        log.exception("an answer page could not be shown")
        return _html(500, rendering.refusal(OncallError("A fault of ours.", mend="Answer in the terminal.")))
    return _html(200 if view.refusal is None else view.refusal.http_status, rendering.page(view))


async def _wish(request: Request) -> Wish | None:
    """What the form says; None when that is nothing we offer."""
    try:
        body = await read_body(request.receive, request.headers, limit=FORM_LIMIT)
        fields = dict(parse_qsl(body.decode("ascii"), max_num_fields=FIELDS_LIMIT))
    except (Gone, TooLarge, TooSlow, Undecodable, ValueError):
        return None
    version = fields.get("version", "")
    if fields.get("act") not in set(Act) or not (version == "" or (version.isdecimal() and len(version) <= 9)):
        return None
    return Wish(act=Act(fields["act"]), version=int(version) if version else None, sure=fields.get("sure") == "yes")


def _html(status: int, body: str, **headers: str) -> Response:
    return responses.text(status, body.encode(), MEDIA_TYPE, content_security_policy=POLICY, **headers)
