"""GET /ical/{token}.ics, through a real listener on loopback."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest

from oncall_tui.domain.errors import DatabaseAway
from oncall_tui.intake.app import build_app
from oncall_tui.intake.listener.server import IntakeServer, Listen
from oncall_tui.intake.metrics import Metrics
from tests.intake.serving import NO_FIGURES, NoteDoor


def read(token: str) -> bytes | None:
    """One calendar, and one that meets an absent database."""
    if token == "away":
        raise DatabaseAway("the database is away")
    return b"BEGIN:VCALENDAR\r\n" if token == "good.one" else None


@pytest.fixture
def http() -> Iterator[httpx.Client]:
    app = build_app(NoteDoor(), ailments=tuple, metrics=Metrics(lambda: NO_FIGURES), read_calendar=read)
    server = IntakeServer(app, Listen("127.0.0.1", 0))
    url = server.start()
    with httpx.Client(base_url=url, trust_env=False) as client:
        yield client
    server.stop()


def test_a_token_opens_its_calendar(http: httpx.Client) -> None:
    answer = http.get("/ical/good.one.ics")
    assert (answer.status_code, answer.content) == (200, b"BEGIN:VCALENDAR\r\n")
    assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert answer.headers["cache-control"] == "no-store"
    assert http.head("/ical/good.one.ics").status_code == 200


@pytest.mark.parametrize("path", ["/ical/other.ics", "/ical/good.one", "/ical/.ics", "/ical/a/b.ics", "/ical/"])
def test_everything_else_is_not_there(http: httpx.Client, path: str) -> None:
    assert http.get(path).status_code == 404


def test_an_absent_database_is_said_and_nobody_writes_here(http: httpx.Client) -> None:
    answer = http.get("/ical/away.ics")
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
    assert http.post("/ical/good.one.ics").status_code == 405
