"""Signs of life over HTTP, as people write them in crontabs."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from pathlib import Path

import pytest

from oncall_tui.domain.directory.heartbeats import Health
from oncall_tui.ops.heartbeats import HeartbeatRow, heartbeat
from oncall_tui.ops.intake.rejected import newest
from tests.intake.housed import PEOPLE, Housed, housed

KEY = "b" * 32
CONFIG = f"{PEOPLE}heartbeats: [{{name: hourly, service: checkout, every: 1h, grace: 10m, key: {KEY}}}]\n"


@pytest.fixture
def doors(sqlite_url: str, tmp_path: Path) -> Iterator[Housed]:
    with housed(sqlite_url, CONFIG, tmp_path) as made:
        yield made


def known(doors: Housed) -> HeartbeatRow:
    return heartbeat(doors.house.session, "hourly")


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "HEAD"])
@pytest.mark.parametrize("path", [f"/heartbeat/{KEY}", f"/heartbeat/{KEY}/", f"/heartbeat/{KEY}/0"])
def test_every_way_to_say_that_it_is_well(doors: Housed, method: str, path: str) -> None:
    answer = doors.ask(method, path)
    assert answer.status_code == 200
    assert (known(doors).health, known(doors).signal) == (Health.UP, "success")
    if method != "HEAD":
        assert answer.json() == {
            "status": "ok",
            "heartbeat": "hourly",
            "state": "up",
            "due_at": "2026-03-01T04:10:00Z",
            "incident": None,
        }


@pytest.mark.parametrize(
    ("path", "health", "signal", "detail"),
    [
        (f"/heartbeat/{KEY}/start", Health.WAITING, "start", ""),
        (f"/heartbeat/{KEY}/fail", Health.FAILED, "fail", ""),
        (f"/heartbeat/{KEY}/1", Health.FAILED, "fail", "exit status 1"),
        (f"/heartbeat/{KEY}/255", Health.FAILED, "fail", "exit status 255"),
        (f"/heartbeat/{KEY}/log", Health.WAITING, "log", ""),
        (f"/heartbeat/{KEY}?signal=fail", Health.FAILED, "fail", ""),
        (f"/heartbeat/{KEY}?status=up&rid=17", Health.UP, "success", ""),
        (f"/heartbeat/{KEY}?exit=3", Health.FAILED, "fail", "exit status 3"),
        (f"/heartbeat/{KEY}?rid=1b4f", Health.UP, "success", ""),
    ],
)
def test_signals_by_path_and_by_query(doors: Housed, path: str, health: Health, signal: str, detail: str) -> None:
    assert doors.ask("GET", path).status_code == 200
    assert (known(doors).health, known(doors).signal, known(doors).detail) == (health, signal, detail)


def test_a_failure_opens_an_incident_and_a_success_ends_it(doors: Housed) -> None:
    assert doors.ask("POST", f"/heartbeat/{KEY}/2", body=b"pg_dump: error").json()["incident"] == 1
    assert known(doors).detail == "exit status 2\npg_dump: error"
    assert doors.house.open == [(1, "triggered")]
    assert doors.ask("POST", f"/heartbeat/{KEY}").json()["incident"] == 1
    assert doors.house.open == []


@pytest.mark.parametrize(
    ("body", "headers", "kept"),
    [
        (b"\xff\x00\x1b[31m", {}, "ÿ\ufffd\x1b[31m"),
        (b"x" * 2_000_000, {}, "(what came with it could not be read: TooLarge)"),
        (b"nonsense", {"content-encoding": "br"}, "(what came with it could not be read: Undecodable)"),
        (gzip.compress(b"done"), {"content-encoding": "gzip"}, "done"),
        (b"x" * 600, {}, "x" * 499 + "…"),
    ],
    ids=["bytes", "large", "encoding", "gzip", "long"],
)
def test_a_sign_counts_whatever_comes_with_it(doors: Housed, body: bytes, headers: dict[str, str], kept: str) -> None:
    assert doors.ask("POST", f"/heartbeat/{KEY}", body=body, headers=headers).status_code == 200
    assert (known(doors).health, known(doors).detail) == (Health.UP, kept)


@pytest.mark.parametrize("word", ["faill", "256", "-1", "1e3", "²", "%00"])
def test_an_unknown_signal_is_never_taken_for_a_success(doors: Housed, word: str) -> None:
    assert doors.ask("GET", f"/heartbeat/{KEY}/{word}").status_code == 400
    assert known(doors).health is Health.WAITING
    with doors.house.store.read() as conn:
        (kept,) = newest(conn)
    assert (kept.reason, KEY in kept.path) == ("no signal of a heartbeat", False)


def test_an_unknown_key_is_kept_and_guessing_slowed(doors: Housed) -> None:
    statuses = [doors.ask("GET", f"/heartbeat/{'z' * 32}").status_code for _ in range(12)]
    assert statuses[0] == 403
    assert statuses[-1] == 429
    with doors.house.store.read() as conn:
        assert newest(conn)[-1].path == "/heartbeat/zzzz…"
    assert doors.ask("GET", f"/heartbeat/{KEY}").status_code == 200


def test_nothing_is_logged_as_an_error(doors: Housed) -> None:
    for path in (f"/heartbeat/{KEY}", f"/heartbeat/{KEY}/nonsense", "/heartbeat/unknown"):
        doors.ask("GET", path)
    assert doors.log == []
