"""Esc and what is typed right behind it arrive as two keys."""

from __future__ import annotations

import pytest
from textual import events

from oncall_tui.tui.tty.escaping import EscapingParser


def keys(sent: str) -> list[str]:
    """What is read of this, and of nothing more for a while."""
    parser = EscapingParser()
    read = [*parser.feed(sent)]
    if parser._timeout_time is not None:
        parser._timeout_time = 0.0
        read += parser.tick()
    return [one.key for one in read if isinstance(one, events.Key)]


@pytest.mark.parametrize(
    ("sent", "read"),
    [
        ("\x1b,", ["escape", "comma"]),
        ("\x1bj", ["escape", "j"]),
        ("\x1bA", ["escape", "A"]),
        ("\x1b1", ["escape", "1"]),
        ("\x1b\r", ["escape", "enter"]),
        ("\x1b\x10", ["escape", "ctrl+p"]),
        ("\x1b/no", ["escape", "slash", "n", "o"]),
        ("\x1b", ["escape"]),
        ("\x1b[A", ["up"]),
        ("\x1bOP", ["f1"]),
        ("\x1bf", ["escape", "f"]),
        ("\x1b\x7f", ["ctrl+w"]),
    ],
)
def test_an_esc_is_a_key_of_its_own(sent: str, read: list[str]) -> None:
    assert keys(sent) == read
