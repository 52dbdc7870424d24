"""The HTTP application: every path that something outside may call."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Iterator

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from oncall_tui.intake import calendars
from oncall_tui.intake.answer_page import answer_routes
from oncall_tui.intake.apis.alertmanager import Books, alertmanager_routes
from oncall_tui.intake.apis.oncall_heartbeats import oncall_heartbeat_routes
from oncall_tui.intake.apis.opsgenie import opsgenie_routes
from oncall_tui.intake.doors.door import EventDoor
from oncall_tui.intake.doors.posts import Posts
from oncall_tui.intake.doors.straight import PlainDoor
from oncall_tui.intake.health import Ailments, Health, healthz
from oncall_tui.intake.heartbeats import heartbeat_routes
from oncall_tui.intake.heartbeats.hearing import Ears
from oncall_tui.intake.listener.front import Front
from oncall_tui.intake.metrics import Metrics
from oncall_tui.intake.payload.reading import Gate, Post
from oncall_tui.intake.rest.mounting import rest_routes
from oncall_tui.intake.sources import DIALECTS, oncall
from oncall_tui.intake.wire import responses
from oncall_tui.ops.answering import Answering
from oncall_tui.ops.session import Session


def build_app(  # noqa: PLR0913 - the parts it is put together from
    door: EventDoor,
    *,
    ailments: Ailments,
    metrics: Metrics,
    read_calendar: calendars.ReadCalendar | None = None,
    answering: Answering | None = None,
    ears: Ears | None = None,
    books: Books | None = None,
    sns: Gate | None = None,
    rest: Session | None = None,
    answered: Callable[[], None] | None = None,
) -> Starlette:
    """The application over this door. `ailments` and `metrics` answer for the rest of the process.

    `read_calendar` opens the calendars, `answering` the answer pages, `books` the APIs that answer questions; without
    one there are none.

    `rest` opens the REST API, as nobody: tokens say who acts.

    `ears` hear heartbeats. `sns` checks what is posted in that dialect, on whatever path.

    `answered` is called after each 2xx has left: the place for a fault test to end the process.
    """
    doors = {kind: Posts(dialect, door, metrics, answered, _gate(kind, sns)) for kind, dialect in DIALECTS.items()}
    health = Health(ailments, metrics)
    routes: list[BaseRoute] = [
        # A sign of life on a path of OnCall is no alert.
        *(oncall_heartbeat_routes(books, door) if books is not None else ()),
        *_doors(doors.values()),
        *_both("/healthz", healthz),
        *_both("/readyz", health.readyz),
        *_both("/metrics", health.scrape),
    ]
    if read_calendar is not None:
        routes.extend(_both(calendars.PATH, calendars.Calendars(read_calendar).respond))
    if answering is not None:
        routes.extend(answer_routes(answering))
    if books is not None:
        routes.extend(alertmanager_routes(books, door))
        routes.extend(opsgenie_routes(books, door))
    if rest is not None:
        routes.extend(rest_routes(rest))
    if ears is not None:
        routes.extend(heartbeat_routes(ears, door))
    plain = door if isinstance(door, PlainDoor) else None
    app = Front(doors, plain, routes=routes, exception_handlers={HTTPException: responses.http_error})
    # Senders don't follow redirects: both spellings of a path are routes.
    app.router.redirect_slashes = False
    return app


def _both(path: str, respond: Callable[[Request], Awaitable[Response]]) -> Iterator[Route]:
    """Both spellings of a path."""
    yield from (Route(spelling, respond) for spelling in (path, f"{path}/"))


def _gate(kind: str, sns: Gate | None) -> Callable[[Post], Gate | None] | None:
    if sns is None or kind not in ("sns", "oncall"):
        return None
    return lambda post: sns if kind == "sns" or oncall.sender_of(post) == "sns" else None


def _doors(doors: Iterable[Posts]) -> Iterator[Route]:
    for posts in doors:
        dialect = posts.dialect
        methods = ["POST", "PUT", *(["GET"] if dialect.also_get else [])]
        # Without a key in its path a post brings one in a header.
        for path in (f"/in/{dialect.kind}/{{key}}", f"/in/{dialect.kind}", *dialect.paths):
            for spelling in (path, f"{path}/"):
                yield Route(spelling, posts.respond, methods=methods)
