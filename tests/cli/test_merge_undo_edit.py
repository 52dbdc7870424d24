"""merge, undo and edit on the command line."""

from __future__ import annotations

from tests.cli.running import CommandLine


def test_merge_answers_with_the_target(both: CommandLine) -> None:
    both.ok("trigger", "disk full", "--service", "search", "--severity", "critical")
    both.ok("trigger", "5xx", "--service", "checkout")
    row = both.json("merge", "1", "2")
    assert (row["number"], row["severity"], row["alerts"]) == (2, "critical", 2)
    assert both.json("show", "1")["resolution"] == "merged"
    assert both.refused("merge", "1", "2")[0]["code"] == "lost_race"
    assert both.refused("merge", "2", "2")[0]["code"] == "refused"


def test_undo_reopens(both: CommandLine) -> None:
    both.ok("trigger", "5xx", "--service", "checkout")
    both.ok("resolve", "1")
    assert both.refused("undo", "1", user="bo")[0]["message"] == "the last act on #1 was ana's"
    assert both.ok("undo", "1") == "#1 resolve undone: triggered\n"
    assert both.json("show", "1")["resolved_at"] is None
    assert both.refused("undo", "1")[0]["code"] == "refused"


def test_edit(cli: CommandLine) -> None:
    cli.ok("trigger", "5xx", "--service", "checkout")
    said = ("--title", "Down", "--description", "all of it", "--severity", "critical", "--label", "tier=1")
    row = cli.json("edit", "1", *said, "--label", "zone=a=b")
    assert (row["title"], row["description"], row["severity"]) == ("Down", "all of it", "critical")
    assert row["labels"] == {"tier": "1", "zone": "a=b"}
    assert cli.json("edit", "1", "--unlabel", "zone")["labels"] == {"tier": "1"}
    assert cli.refused("edit", "1", status=2)
    assert "no label" in cli.refused("edit", "1", "--label", "tier", status=2)[0]["message"]
    assert cli.refused("edit", "1", "--title", " ")[0]["code"] == "invalid"
    assert cli.refused("edit", "1", "--title", "x", user="vi")[0]["code"] == "forbidden"


def test_snoozing_anothers_needs_take_over(cli: CommandLine) -> None:
    cli.ok("trigger", "5xx", "--service", "checkout")
    cli.ok("ack", "1")
    assert cli.refused("snooze", "1", "--for", "1h", user="bo")[0]["code"] == "lost_race"
    assert cli.json("snooze", "1", "--for", "1h", "--take-over", user="bo")["assignees"] == ["bo"]
