"""Alertmanager's own API, version 2, under /prom/{key}: what amtool and Prometheus ask of an Alertmanager.

https://github.com/prometheus/alertmanager/blob/main/api/v2/openapi.yaml. Alerts are posted through the event door of
the dialect `prometheus`; here stand the questions, and silences. A key sees its own integration's alerts and silences.
"""

from __future__ import annotations

from starlette.routing import Route

from oncall_tui.intake.apis.alertmanager import alerts, silences
from oncall_tui.intake.apis.alertmanager.books import Books
from oncall_tui.intake.apis.alertmanager.endpoint import Endpoint
from oncall_tui.intake.doors.door import EventDoor

__all__ = ["Books", "alertmanager_routes"]

PREFIX = "/prom/{key}/api/v2"


def alertmanager_routes(books: Books, door: EventDoor) -> list[Route]:
    """The routes over these books, each with and without a last slash."""
    routes = []
    for method, path, work in (*alerts.HANDLERS, *silences.HANDLERS):
        endpoint = Endpoint(books, door, work)
        routes += [Route(f"{PREFIX}{path}{slash}", endpoint.respond, methods=[method]) for slash in ("", "/")]
    return routes
