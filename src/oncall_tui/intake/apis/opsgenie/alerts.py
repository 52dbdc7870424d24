"""Which request means what: the questions about alerts, and the way to what is done to them."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlencode

from oncall_tui.domain.errors import Invalid
from oncall_tui.intake.apis.alertmanager.books import Desk
from oncall_tui.intake.apis.opsgenie import acts
from oncall_tui.intake.apis.opsgenie.endpoint import Asked, Unprocessable, Work
from oncall_tui.intake.apis.opsgenie.finding import MISSING, alert_behind, alert_of
from oncall_tui.intake.apis.opsgenie.query import parse
from oncall_tui.intake.apis.opsgenie.shapes import (
    Json,
    full_shape,
    logs_shape,
    notes_shape,
    short_shape,
    status_shape,
)
from oncall_tui.intake.payload.reading import Answer
from oncall_tui.intake.sources.paging.opsgenie import failed
from oncall_tui.intake.sources.paging.opsgenie_ids import Came, Did, RequestId, read_request
from oncall_tui.ops import sent_alerts
from oncall_tui.ops.sent_alerts import SORTS

PAGE = 20
LONGEST_PAGE = 100
FARTHEST = 20_000
_READS = ("logs", "notes", "recipients")


def alerts(asked: Asked) -> Work | Answer:
    """What is to be done for a request about alerts."""
    match asked.method, asked.parts:
        case "GET", ():
            return _list(asked)
        case "GET", ("count",):
            return _count(asked)
        case "GET", ("requests", request):
            return Work(lambda desk: _status(desk, request))
        case "GET", (*name, verb) if name and verb in _READS:
            return Work(lambda desk: _lines(desk, asked, "/".join(name), verb))
        case "GET", name:
            return Work(lambda desk: _one(desk, asked, "/".join(name)))
        case _:
            return acts.act(asked) or failed(404, f"there is no {asked.method} {'/'.join(asked.parts)[:100]} here")


def told(data: object, **beside: object) -> Answer:
    """200 with what was asked for."""
    request = RequestId(did=Did.CREATE, came=Came.DONE)
    return Answer(200, {"data": data, **beside, "took": 0.0, "requestId": str(request)})


def _one(desk: Desk, asked: Asked, name: str) -> Answer:
    alert = alert_of(desk, asked, name)
    return told(full_shape(alert)) if alert is not None else MISSING


def _lines(desk: Desk, asked: Asked, name: str, verb: str) -> Answer:
    alert = alert_of(desk, asked, name)
    if alert is None:
        return MISSING
    lines = sent_alerts.lines(desk.conn, alert)
    match verb:
        case "notes":
            return told(_stretch(asked, notes_shape(lines)))
        case "logs":
            return told(_stretch(asked, logs_shape(lines)))
        case _:
            return told([])


def _stretch(asked: Asked, lines: Sequence[Json]) -> Sequence[Json]:
    """Of the lines, the newest first, those asked for: behind `offset`, or with `direction=prev` before it."""
    limit = _number(asked, "limit", LONGEST_PAGE, LONGEST_PAGE)
    ordered = [*reversed(lines)] if asked.text("order").lower() == "asc" else [*lines]
    place = next((place for place, line in enumerate(ordered) if line["offset"] == asked.text("offset")), None)
    if place is None:
        return ordered[:limit]
    if asked.text("direction").lower() == "prev":
        return ordered[max(0, place - limit) : place]
    return ordered[place + 1 : place + 1 + limit]


def _list(asked: Asked) -> Work:
    limit = _number(asked, "limit", PAGE, LONGEST_PAGE)
    offset = _number(asked, "offset", 0, FARTHEST)
    terms = _terms(asked)
    sort = asked.text("sort") or "createdAt"
    ascending = asked.text("order").lower() == "asc"
    if sort not in SORTS:
        raise Unprocessable(sort=f"one of {', '.join(SORTS)}")

    def work(desk: Desk) -> Answer:
        found = sent_alerts.listed(
            desk.conn, desk.integration.name, terms, sort=sort, ascending=ascending, offset=offset, limit=limit + 1
        )
        paging = {"first": _page(asked, 0, limit)}
        if len(found) > limit:
            paging["next"] = _page(asked, offset + limit, limit)
        if offset:
            paging["prev"] = _page(asked, max(0, offset - limit), limit)
        return told([short_shape(alert) for alert in found[:limit]], paging=paging)

    return Work(work)


def _count(asked: Asked) -> Work:
    terms = _terms(asked)
    return Work(lambda desk: told({"count": sent_alerts.count(desk.conn, desk.integration.name, terms)}))


def _status(desk: Desk, text: str) -> Answer:
    request = read_request(text)
    if request is None:
        return failed(404, "Request not found. It might not be processed, yet.")
    alert = alert_behind(desk, request)
    if alert is None and request.came is Came.DONE and request.did not in (Did.CREATE, Did.PING):
        return failed(404, "Request not found. It might not be processed, yet.")
    return told(status_shape(request, alert))


def _terms(asked: Asked) -> tuple[sent_alerts.Term | sent_alerts.Terms, ...]:
    try:
        return parse(asked.text("query"))
    except Invalid as error:
        raise Unprocessable(query=error.sentence) from None


def _number(asked: Asked, name: str, default: int, most: int) -> int:
    text = asked.text(name)
    if not text:
        return default
    if not text.isascii() or not text.isdecimal() or len(text) > 9:
        raise Unprocessable(**{name: "a number"})
    return min(int(text), most)


def _page(asked: Asked, offset: int, limit: int) -> str:
    kept = {name: asked.text(name) for name in ("query", "sort", "order") if asked.text(name)}
    return f"{asked.address}?" + urlencode({"limit": limit, "offset": offset, **kept})
