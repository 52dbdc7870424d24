"""Plain posts go the straight way, and nobody can tell: same answers, same order, and the usual way for the rest."""

from __future__ import annotations

import gzip
import socket
import threading
from collections.abc import Iterator
from urllib.parse import urlsplit

import httpx
import pytest

from oncall_tui.domain.errors import DatabaseAway
from oncall_tui.intake.doors.door import UnknownKey
from oncall_tui.intake.listener import straight
from tests.intake.listener.test_front import post, said
from tests.intake.serving import KEY, NoteDoor, PlainNoteDoor, serving
from tests.support.processes import wait_until


@pytest.fixture
def door() -> PlainNoteDoor:
    return PlainNoteDoor()


@pytest.fixture
def address(door: PlainNoteDoor) -> Iterator[tuple[str, int]]:
    with serving(door) as url:
        parts = urlsplit(url)
        yield parts.hostname or "", parts.port or 0


def titles(arrivals: list[object]) -> list[str]:
    return [one.events[0].title for one in arrivals]  # type: ignore[attr-defined] # arrivals


def packed(body: bytes) -> bytes:
    """A post of a compressed body that says nothing of it."""
    sent = gzip.compress(body, 9)
    return b"POST /in/generic/%b HTTP/1.1\r\nHost: h\r\nContent-Length: %d\r\n\r\n" % (KEY.encode(), len(sent)) + sent


def answer_of(door: NoteDoor, sent: bytes) -> tuple[str, bytes]:
    """Status and headers but for the date, and the body."""
    with serving(door) as url:
        parts = urlsplit(url)
        head, _, body = said((parts.hostname or "", parts.port or 0), sent, 1).partition("\r\n\r\n")
    lines = [line for line in head.split("\r\n") if not line.startswith("date: ")]
    return "\n".join(sorted(lines)), body.encode()


def test_both_ways_give_one_answer_and_keep_the_same() -> None:
    usual, plain = NoteDoor(), PlainNoteDoor()
    sent = post("disk \\u001b[31m full")
    assert answer_of(plain, sent) == answer_of(usual, sent)
    assert len(plain.handed_in) == 1
    (one,), (other,) = plain.arrivals, usual.arrivals
    assert (one.key, one.kind, one.events, one.payload, one.once, one.checked) == (
        other.key,
        other.kind,
        other.events,
        other.payload,
        other.once,
        other.checked,
    )
    assert one.post == other.post


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (post("x", more="Content-Encoding: identity\r\n"), 202),
        (post("x", more="Connection: close\r\n"), 202),
        (post("x").replace(b"HTTP/1.1", b"HTTP/1.0"), 202),
        (post("x").replace(b"POST /in/generic/" + KEY.encode(), b"POST /in/generic/" + KEY.encode() + b"?a=b"), 202),
        (post("x").replace(b"POST", b"PUT"), 202),
        (post("x", key="a" * 32), 403),
        (b"POST /in/generic/%b HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\n\r\n[" % KEY.encode(), 400),
        (b"POST /in/generic/%b HTTP/1.1\r\nHost: h\r\nContent-Length: 9999999\r\n\r\n" % KEY.encode(), 413),
        (
            b"POST /in/generic/%b HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"
            b'b\r\n{"title":"x\r\n2\r\n"}\r\n0\r\n\r\n' % KEY.encode(),
            202,
        ),
        (packed(b'{"title": "x"}'), 202),
        (packed(bytes(4 << 20)), 413),
    ],
    ids=[
        *("encoding", "close", "1.0", "query", "put", "stranger", "no object", "too large", "chunked"),
        *("unannounced gzip", "gzip bomb"),
    ],
)
def test_what_is_out_of_the_ordinary_goes_the_usual_way(
    door: PlainNoteDoor, address: tuple[str, int], sent: bytes, status: int
) -> None:
    assert said(address, sent, 1).startswith(f"HTTP/1.1 {status} ")
    assert door.handed_in == []
    assert len(door.arrivals) == (status == 202)


def test_a_body_in_pieces_is_taken_once(door: PlainNoteDoor, address: tuple[str, int]) -> None:
    whole = post("in pieces")
    for cut in (1, len(whole) - 30, len(whole) - 1):
        with socket.create_connection(address, timeout=20) as link:
            link.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            link.sendall(whole[:cut])
            # Another connection's answer tells that the first piece was read.
            assert said(address, post("between"), 1).startswith("HTTP/1.1 202 ")
            link.sendall(whole[cut:])
            assert link.recv(65_536).startswith(b"HTTP/1.1 202 ")
    assert sorted(titles([*door.arrivals])) == sorted(["in pieces", "between"] * 3)


def test_a_body_that_takes_its_time_is_waited_for_the_usual_way(
    monkeypatch: pytest.MonkeyPatch, door: PlainNoteDoor, address: tuple[str, int]
) -> None:
    monkeypatch.setattr(straight, "BODY_FOLLOWS", 0.0)
    whole = post("slow")
    with socket.create_connection(address, timeout=20) as link:
        link.sendall(whole[:-5])
        for _ in range(3):
            assert said(address, post("between"), 1).startswith("HTTP/1.1 202 ")
        link.sendall(whole[-5:])
        assert link.recv(65_536).startswith(b"HTTP/1.1 202 ")
    assert titles([*door.arrivals]) == ["between"] * 3 + ["slow"]
    assert titles([*door.handed_in]) == ["between"] * 3


def test_what_comes_behind_a_post_is_answered_behind_it(door: PlainNoteDoor, address: tuple[str, int]) -> None:
    door.go.clear()
    with socket.create_connection(address, timeout=20) as link:
        link.sendall(post("first") + b"GET /healthz HTTP/1.1\r\nHost: h\r\n\r\n" + post("last"))
        # The first one is held: what was sent behind it waits, though it could be answered.
        assert said(address, b"GET /healthz HTTP/1.1\r\nHost: h\r\n\r\n", 1).startswith("HTTP/1.1 200 ")
        door.go.set()
        got = b""
        while got.count(b"HTTP/1.1 ") < 3 or not got.endswith(b"}"):
            part = link.recv(65_536)
            assert part, got
            got += part
    first, last = got.index(b'"dedup_key":"first"'), got.index(b'"dedup_key":"last"')
    assert got[first:last].count(b"HTTP/1.1 200 ") == 1


def test_what_its_taking_raises_is_answered_as_ever() -> None:
    sent = post("x")
    for error, status in (
        (DatabaseAway("gone", mend="-"), 503),
        (UnknownKey("no such key"), 403),
        (KeyError("x"), 503),
    ):
        plain = PlainNoteDoor(raises=error)
        answer = answer_of(plain, sent)
        assert answer == answer_of(NoteDoor(fails_with=error), sent)
        assert f" {status} " in answer[0]
        assert len(plain.handed_in) == 1
        assert plain.arrivals == []


def test_what_was_not_taken_begins_anew(door: PlainNoteDoor, address: tuple[str, int]) -> None:
    door.anew = 1
    assert said(address, post("again"), 1).startswith("HTTP/1.1 202 ")
    assert titles([*door.arrivals]) == ["again"]


def test_a_full_house_is_left_to_the_usual_way(door: PlainNoteDoor, address: tuple[str, int]) -> None:
    door.full = True
    assert said(address, post("x"), 1).startswith("HTTP/1.1 202 ")
    assert (len(door.handed_in), len(door.arrivals)) == (0, 1)


def test_a_sender_that_hangs_up_before_its_answer_takes_nothing_down(
    door: PlainNoteDoor, address: tuple[str, int]
) -> None:
    door.go.clear()
    with socket.create_connection(address, timeout=20) as link:
        link.sendall(post("gone"))
    door.go.set()
    assert said(address, post("next"), 1).startswith("HTTP/1.1 202 ")
    assert set(titles([*door.handed_in])) >= {"next"}


def test_a_stop_waits_for_the_answer(door: PlainNoteDoor) -> None:
    door.go.clear()
    answers: list[httpx.Response] = []
    with serving(door) as url:

        def send() -> None:
            sent = httpx.post(f"{url}/in/generic/{KEY}", json={"title": "x"}, trust_env=False, timeout=20)
            answers.append(sent)

        sender = threading.Thread(target=send)
        sender.start()
        wait_until(lambda: bool(door.handed_in), "the post")
        threading.Timer(0.2, door.go.set).start()
    sender.join(20)
    assert [one.status_code for one in answers] == [202]
    assert answers[0].headers.get("connection") == "close"
