"""`oncall why` on the command line."""

from __future__ import annotations

from tests.cli.running import CommandLine


def test_why_in_words_and_in_json(both: CommandLine) -> None:
    both.ok("trigger", "5xx", "--service", "checkout")
    shown = both.ok("why", "1")
    assert "#1  bo: " in shown
    (verdict,) = both.json("why", "1", "vi")["users"]
    assert (verdict["user"], verdict["paged"], verdict["pages"]) == ("vi", False, 0)
    assert any("leads to vi" in reason["text"] for reason in verdict["reasons"])
    assert both.refused("why", "1", "ghost")[0]["code"] == "unknown"
    assert both.refused("why", "9")[0]["code"] == "unknown"
