"""What a thin line pays: byte budgets of the screen at 80×24, counted on a pseudo-terminal."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.terminal import Terminal

pytestmark = pytest.mark.unmeasured

ROOT = Path(__file__).parents[2]
REST = 0.4  # longer than the story waits for a resting cursor


def environment(**more: str) -> dict[str, str]:
    """The environment of a program that shows frozen rows."""
    kept = {
        name: value for name, value in os.environ.items() if not name.startswith(("ONCALL_", "TEXTUAL", "NO_COLOR"))
    }
    return kept | {"PYTHONPATH": f"{ROOT / 'src'}:{ROOT}"} | more


@pytest.fixture
def terminal() -> Iterator[Terminal]:
    """Three hundred open incidents, no clock."""
    with Terminal([sys.executable, "-m", "tests.tui.frozen", "300", "still"], environment()) as opened:
        opened.wait_for("unless acknowledged")
        opened.settle(REST)
        yield opened


def cost(terminal: Terminal, *keys: str, quiet: float = REST) -> int:
    """The bytes that these keys cost, the story's following included."""
    mark = terminal.mark()
    terminal.press(*keys)
    terminal.settle(quiet)
    return terminal.bytes_since(mark)


def test_a_step_of_the_cursor_and_the_story_that_follows(terminal: Terminal) -> None:
    steps = sorted(cost(terminal, "down") for _ in range(5))
    assert 0 < steps[2] <= 700, "the cursor's 400 and the story's 300"
    mark = terminal.mark()
    terminal.press("up")
    terminal.wait_for(lambda _: terminal.bytes_since(mark) > 0)
    assert terminal.bytes_since(mark) <= 700


def test_a_run_of_the_cursor_costs_at_most_400_a_step(terminal: Terminal) -> None:
    terminal.press("G")
    terminal.settle(REST)
    mark = terminal.mark()
    for _ in range(4):
        terminal.press("up")
        terminal.settle(0.03)
    terminal.settle(REST)
    assert terminal.bytes_since(mark) <= 4 * 400 + 300


@pytest.mark.parametrize("theme", ["dark", "high-contrast"])
def test_a_theme_with_a_ground_of_its_own_costs_no_more(theme: str) -> None:
    command = [sys.executable, "-m", "tests.tui.frozen", "300", "still"]
    with Terminal(command, environment(ONCALL_THEME=theme)) as opened:
        opened.wait_for("unless acknowledged")
        opened.settle(REST)
        assert b"48;5;" in opened.raw, "it is painted"
        mark = opened.mark()
        for _ in range(4):
            opened.press("down")
            opened.wait_for(lambda _: opened.bytes_since(mark) > 0)
            opened.settle(0.03)
        opened.settle(REST)
        assert opened.bytes_since(mark) <= 4 * 400 + 300
        assert cost(opened, "a") <= 600
        assert cost(opened, "e") <= 500


def test_scrolling_costs_at_most_700_a_step(terminal: Terminal) -> None:
    total = 0
    for _ in range(30):
        total += cost(terminal, "down", quiet=0.03)
    assert total / 30 <= 700


def test_an_acknowledgement(terminal: Terminal) -> None:
    mark = terminal.mark()
    terminal.press("a")
    terminal.wait_for("acknowledged")
    terminal.settle(REST)
    assert terminal.bytes_since(mark) <= 600


def test_a_question_and_its_answer(terminal: Terminal) -> None:
    mark = terminal.mark()
    terminal.press("e")
    terminal.wait_for("page bo?")
    assert terminal.bytes_since(mark) <= 500
    terminal.press("escape")
    terminal.wait_gone("page bo?")
    assert terminal.bytes_since(mark) <= 1000


def test_each_tab_and_back(terminal: Terminal) -> None:
    for key, wanted in (
        ("2", "Europe/Lisbon"),
        ("3", "Ana Silva"),
        ("4", "3 rounds"),
        ("5", "takes the money"),
        ("6", "all services"),
        ("7", "all is well"),
        ("1", "state:open"),
    ):
        mark = terminal.mark()
        terminal.press(key)
        terminal.wait_for(wanted)
        terminal.settle(REST)
        assert terminal.bytes_since(mark) <= 8000, key


def test_a_tab_seen_before_is_written_once_and_nothing_of_the_one_left(terminal: Terminal) -> None:
    for key, wanted in (("2", "Europe/Lisbon"), ("1", "state:open")):
        cost(terminal, key)
        terminal.wait_for(wanted)
    for key in ("2", "1", "2", "1"):
        assert 0 < cost(terminal, key) <= 3200, key


def test_who_has_the_keys_is_no_reason_to_write_the_screen_anew(terminal: Terminal) -> None:
    assert 0 < cost(terminal, "/") + cost(terminal, "escape") <= 4000


@pytest.mark.parametrize("key", ["ctrl+p", "?"])
def test_the_palette_and_the_help(terminal: Terminal, key: str) -> None:
    mark = terminal.mark()
    terminal.press(key)
    terminal.wait_for(":ack")
    terminal.settle(REST)
    assert terminal.bytes_since(mark) <= 25_000


def test_the_line_that_takes_commands(terminal: Terminal) -> None:
    terminal.press(":")
    terminal.settle(REST)
    letters = [cost(terminal, letter, quiet=0.1) for letter in "snooze 2h"]
    assert max(letters) <= 400


@pytest.mark.parametrize(("count", "budget"), [(0, 1_000), (300, 6_000)])
def test_a_minute_that_passes(count: int, budget: int) -> None:
    """Every row counts down, the one under the cursor by the second; the worker gives a sign every five."""
    with Terminal([sys.executable, "-m", "tests.tui.passing", str(count)], environment()) as opened:
        opened.wait_for("1:12 → bo" if count else "Nothing burns")
        opened.settle(REST)
        mark = opened.mark()
        opened.press("t")
        opened.wait_for(lambda _: b"\a" in opened.raw[mark:])
        opened.settle(REST)
        assert 0 < opened.bytes_since(mark) <= budget
        assert not count or "0:12 → bo" in opened.screen, "the minute was drawn"


def test_nothing_is_written_while_nothing_happens(terminal: Terminal) -> None:
    mark = terminal.mark()
    terminal.settle(1.5)
    assert terminal.bytes_since(mark) == 0


def test_no_colour_means_no_colour() -> None:
    with Terminal([sys.executable, "-m", "tests.tui.frozen", "3", "still"], environment(NO_COLOR="1")) as opened:
        opened.wait_for("unless acknowledged")
        opened.settle(REST)
        codes = {
            code
            for part in bytes(opened.raw).split(b"\x1b[")[1:]
            if part.partition(b"m")[1] and set(part.partition(b"m")[0]) <= set(b"0123456789;")
            for code in part.partition(b"m")[0].decode().split(";")
        }
        assert codes <= {"", "0", "1", "2", "7", "22", "27", "39", "49"}, "weight and reverse only"


def test_the_colours_are_the_sixteen_of_the_terminal(terminal: Terminal) -> None:
    assert b"38;2;" not in terminal.raw
    assert b"48;2;" not in terminal.raw


def test_q_leaves_the_terminal_as_it_was(terminal: Terminal) -> None:
    terminal.press("q")
    assert terminal.wait_ended() == 0
    assert bytes(terminal.raw).rstrip().count(b"\x1b[?1049l") == 1
