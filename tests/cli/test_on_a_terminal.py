"""The command line on a real terminal: a row stays a line, however long a title is."""

from __future__ import annotations

from pathlib import Path

from oncall_tui.ops.incidents.acts import trigger
from tests.support.house import House
from tests.support.processes import ONCALL, oncall, oncall_environment
from tests.support.terminal import Terminal

CONFIG = "version: 1\nusers: [{username: ana, role: admin}]\nservices: [{name: checkout}]\n"


def test_a_long_title_is_cut_on_a_terminal_and_whole_in_a_pipe(sqlite_url: str, tmp_path: Path) -> None:
    title = "Checkout is slow " * 50 + "end"
    with House(sqlite_url, CONFIG, tmp_path) as house:
        trigger(house.as_user("ana"), title=title, service="checkout")
    with Terminal([*ONCALL, "incidents"], oncall_environment(sqlite_url), columns=80, rows=10) as terminal:
        screen = terminal.wait_for("TRIG")
        terminal.wait_ended()
    heading, row = screen.splitlines()[:2]
    assert heading.startswith("State")
    assert row.startswith("TRIG")
    assert "…" in row
    assert "checkout" in row
    assert len([line for line in screen.splitlines() if line]) == 2
    assert title in oncall(sqlite_url, "incidents").stdout
