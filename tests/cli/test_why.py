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


def test_channels_that_were_paged_are_told_with_the_people(bare: CommandLine) -> None:
    """Nobody's page is a page all the same; asked about one person, it is left out."""
    text = """
version: 1
users: [{username: ana, role: admin, contacts: [{name: push, url: "json://127.0.0.1:9/ana"}]}]
policies: [{name: loud, steps: [{targets: [{url: "slack://TOKENA/TOKENB/TOKENC"}, {url: "slack://TOKENA/TOKENB/TOKEND"}]}]}]
services: [{name: checkout, policy: loud}]
"""
    bare.ok("config", "apply", bare.file(text))
    bare.ok("trigger", "5xx", "--service", "checkout")
    told = bare.json("why", "1")
    line = "slack://… was paged: step 1 (policy loud, step 1, round 1): not sent yet"
    assert (told["users"], [one["text"] for one in told["channels"]]) == ([], [line, line])
    assert bare("why", "1").stdout.count(line) == 2
    assert bare.json("why", "1", "ana")["channels"] == []
