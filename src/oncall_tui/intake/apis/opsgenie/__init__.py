"""Opsgenie's Alert API beside creating, and its heartbeats' ping: https://docs.opsgenie.com/docs/alert-api

Alerts are created through the event door of the dialect `opsgenie`; here stand the questions, and what is done to an
alert that is there. A key sees its own integration's alerts. Paths are read as they came: an alias may hold `%2F`.
"""

from __future__ import annotations

from starlette.routing import Route

from oncall_tui.intake.apis.alertmanager.books import Books
from oncall_tui.intake.apis.opsgenie.alerts import alerts
from oncall_tui.intake.apis.opsgenie.endpoint import Endpoint
from oncall_tui.intake.apis.opsgenie.heartbeats import heartbeats
from oncall_tui.intake.doors.door import EventDoor
from oncall_tui.intake.sources.paging.opsgenie import PREFIXES

__all__ = ["opsgenie_routes"]

METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"]


def opsgenie_routes(books: Books, door: EventDoor) -> list[Route]:
    """The routes over these books; the door keeps what is turned away."""
    routes = []
    for prefix in PREFIXES:
        for find, path in ((alerts, f"{prefix}/v2/alerts"), (heartbeats, f"{prefix}/v2/heartbeats")):
            respond = Endpoint(books, door, find, path).respond
            routes += [Route(f"{path}{slash}", respond, methods=["GET"]) for slash in ("", "/")]
            routes.append(Route(f"{path}/{{rest:path}}", respond, methods=METHODS))
    return routes
