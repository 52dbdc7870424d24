"""The straight way to the event doors: it finds what the routes find, and answers go out whole, in order."""

from __future__ import annotations

import re
import socket
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from starlette.routing import Match, Route

from oncall_tui.intake.app import build_app
from oncall_tui.intake.listener.front import Front
from oncall_tui.intake.metrics import Metrics
from oncall_tui.intake.sources import DIALECTS
from tests.intake.serving import KEY, NO_FIGURES, NoteDoor, PlainNoteDoor, serving

PATHS = sorted(
    {
        *(f"/in/{kind}/{rest}" for kind in DIALECTS for rest in (KEY, f"{KEY}/", "", f"{KEY}/more", "a%2Fb", "ü k")),
        *(f"/in/{kind}" for kind in DIALECTS),
        *(f"{path}{end}" for dialect in DIALECTS.values() for path in dialect.paths for end in ("", "/", "/x")),
        *("/", "/in", "/in/", f"/in/unknown/{KEY}", "/healthz", "/metrics", f"/in//{KEY}", f"//in/generic/{KEY}"),
    }
)
POST = "POST {path} HTTP/1.1\r\nHost: here\r\nContent-Length: {size}\r\n{more}\r\n{body}"


@pytest.fixture
def app() -> Front:
    made = build_app(NoteDoor(), ailments=tuple, metrics=Metrics(lambda: NO_FIGURES))
    assert isinstance(made, Front)
    return made


@pytest.mark.parametrize("path", PATHS)
def test_what_it_finds_the_routes_find(app: Front, path: str) -> None:
    posts, params = app._find(path)
    scope = {"type": "http", "method": "POST", "path": path, "headers": []}
    matches = ((route, *route.matches(scope)) for route in app.routes if isinstance(route, Route))
    by_routes = next(
        ((route.endpoint, child["path_params"]) for route, match, child in matches if match is Match.FULL), None
    )
    if posts is not None:
        assert by_routes == (posts.respond, params)
    elif path.startswith("/in/") and by_routes is not None:
        # A key in a header: that is left to the routes.
        assert by_routes[1] == {}


def test_it_finds_each_door_by_its_kind(app: Front) -> None:
    for kind in DIALECTS:
        posts, params = app._find(f"/in/{kind}/{KEY}")
        assert posts is not None
        assert (posts.dialect.kind, params) == (kind, {"key": KEY})


@pytest.fixture(params=[NoteDoor, PlainNoteDoor], ids=["usual", "straight"])
def door(request: pytest.FixtureRequest) -> NoteDoor:
    made: NoteDoor = request.param()
    return made


@pytest.fixture
def address(door: NoteDoor) -> Iterator[tuple[str, int]]:
    with serving(door) as url:
        parts = urlsplit(url)
        assert parts.hostname is not None
        assert parts.port is not None
        yield parts.hostname, parts.port


def post(title: str, *, key: str = KEY, more: str = "") -> bytes:
    body = f'{{"title": "{title}", "key": "{title}"}}'
    return POST.format(path=f"/in/generic/{key}", size=len(body), body=body, more=more).encode()


def said(address: tuple[str, int], sent: bytes, answers: int) -> str:
    """What came back, up to so many answers with their bodies, or the end of the connection."""
    with socket.create_connection(address, timeout=20) as link:
        link.sendall(sent)
        got = b""
        while got.count(b"}") < answers and (part := link.recv(65_536)):
            got += part
        return got.decode()


def test_posts_in_one_go_are_answered_in_their_order(address: tuple[str, int], door: NoteDoor) -> None:
    titles = [f"t{number}" for number in range(12)]
    got = said(address, b"".join(map(post, titles)), len(titles))
    assert got.count("HTTP/1.1 202 ") == len(titles)
    places = [got.index(f'"dedup_key":"{title}"') for title in titles]
    assert places == sorted(places)
    assert [one.events[0].title for one in door.arrivals] == titles


def test_an_answer_has_all_its_headers_once(address: tuple[str, int]) -> None:
    head, _, body = said(address, post("x"), 1).partition("\r\n\r\n")
    names = [line.partition(":")[0].lower() for line in head.split("\r\n")[1:]]
    assert len(names) == len(set(names))
    assert {"date", "content-type", "content-length", "cache-control", "x-content-type-options"} <= set(names)
    assert f"content-length: {len(body)}" in head


def test_who_wants_the_connection_closed_is_obeyed(address: tuple[str, int]) -> None:
    got = said(address, post("x", more="Connection: close\r\n"), 99)
    assert got.startswith("HTTP/1.1 202 ")
    assert "connection: close" in got.lower()


def test_a_sender_that_waits_to_continue_is_told_to(address: tuple[str, int], door: NoteDoor) -> None:
    head, _, body = post("patient", more="Expect: 100-continue\r\n").partition(b"\r\n\r\n")
    with socket.create_connection(address, timeout=20) as link:
        link.sendall(head + b"\r\n\r\n")
        assert link.recv(65_536).startswith(b"HTTP/1.1 100 ")
        link.sendall(body)
        assert link.recv(65_536).startswith(b"HTTP/1.1 202 ")
    assert [one.events[0].title for one in door.arrivals] == ["patient"]


def test_a_refused_post_keeps_the_connection(address: tuple[str, int]) -> None:
    got = said(address, post("x", key="wrong-key-of-a-stranger") + post("y"), 2)
    assert re.findall(r"HTTP/1\.1 (\d+)", got) == ["403", "202"]
