"""The clocks, and logs that no terminal obeys."""

from __future__ import annotations

import io
import json
import logging
import sys
from datetime import UTC, datetime, timedelta

import pytest

from oncall_tui import logs
from oncall_tui.clock import ManualClock, SystemClock
from oncall_tui.domain.plaintext import visible
from tests.support.worlds import T0


class Host:
    """A host whose wall clock somebody sets, while seconds pass."""

    def __init__(self) -> None:
        self.set_by = timedelta(0)
        self.seconds = 0.0

    def wall(self) -> datetime:
        return T0 + self.set_by + timedelta(seconds=self.seconds)

    def monotonic(self) -> float:
        return self.seconds


def test_the_system_clock_is_the_hosts_until_it_follows_another() -> None:
    assert SystemClock().now().tzinfo is UTC
    assert SystemClock().monotonic() <= SystemClock().monotonic()
    host = Host()
    clock = SystemClock(host.wall, host.monotonic)
    host.set_by = timedelta(hours=1)
    assert clock.now() == T0 + timedelta(hours=1)


def test_nothing_falls_due_when_somebody_sets_the_clock_of_a_host_that_follows_the_database() -> None:
    host = Host()
    clock = SystemClock(host.wall, host.monotonic)
    clock.follow(T0 + timedelta(minutes=10))
    host.set_by = timedelta(hours=-2)
    host.seconds = 5.0
    assert clock.now() == T0 + timedelta(minutes=10, seconds=5)
    assert clock.host_now() == T0 - timedelta(hours=2) + timedelta(seconds=5)


def test_a_small_disagreement_does_not_move_the_clock() -> None:
    host = Host()
    clock = SystemClock(host.wall, host.monotonic)
    clock.follow(T0)
    clock.follow(T0 - timedelta(milliseconds=15))
    assert clock.now() == T0
    clock.follow(T0 - timedelta(milliseconds=25))
    assert clock.now() == T0 - timedelta(milliseconds=25)


def test_a_manual_clock_stands_still() -> None:
    clock = ManualClock(T0)
    assert clock.now() == clock.now() == T0
    assert clock.move(timedelta(minutes=5)) == T0 + timedelta(minutes=5)
    clock.set(T0)
    assert clock.monotonic() == T0.timestamp()


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain", "plain"),
        ("grüße 日本", "grüße 日本"),
        ("a\x1b[31mb", "a␛[31mb"),
        ("a\nb\tc\r", "a␊b␉c␍"),
        ("\x00\x7f", "␀␡"),
    ],
)
def test_text_is_made_visible(text: str, shown: str) -> None:
    assert visible(text) == shown


@pytest.mark.parametrize("hidden", ["\u202e", "\u200b", "\ufeff", "\x9b", "\ud800", "\u2028", "\U000e0041"])
def test_what_cannot_be_seen_becomes_a_mark(hidden: str) -> None:
    shown = visible(f"a{hidden}b")
    assert hidden not in shown
    assert len(shown) > 3


def logged(form: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """What a message with a traceback looks like."""
    out = io.StringIO()
    monkeypatch.setattr(sys, "stderr", out)
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    try:
        logs.set_up("info", form)
        logging.getLogger("oncall_tui.x").debug("not told")
        logging.getLogger("uvicorn.error").info("Started server process")
        try:
            raise ValueError("bad\x1b[2J")
        except ValueError:
            logging.getLogger("oncall_tui.x").exception("title \x1b]52;c;x\x07")
    finally:
        root.handlers[:], root.level = handlers, level
    return out.getvalue()


def test_text_lines_bear_no_escapes(monkeypatch: pytest.MonkeyPatch) -> None:
    text = logged("text", monkeypatch)
    assert "\x1b" not in text
    assert "\x07" not in text
    assert "ERROR oncall_tui.x: title ␛]52;c;x␇" in text
    assert "ValueError: bad␛[2J" in text
    assert "server process" not in text, "that the worker is ready it says itself"


def test_json_lines_are_json(monkeypatch: pytest.MonkeyPatch) -> None:
    (line,) = logged("json", monkeypatch).splitlines()
    row = json.loads(line)
    assert (row["level"], row["logger"]) == ("error", "oncall_tui.x")
    assert "\x1b" not in line
    assert "ValueError" in row["trace"]
