"""maintenance add, list and delete on the command line."""

from __future__ import annotations

from tests.cli.running import CommandLine


def test_a_window_from_planning_to_calling_off(both: CommandLine) -> None:
    made = both.json("maintenance", "add", "checkout", "--for", "2h", "--name", "patching", user="bo")
    assert (made["name"], made["services"], made["now"]) == ("patching", ["checkout"], True)
    both.ok("trigger", "disk full", "--service", "checkout")
    shown = both.json("show", "1")
    assert (shown["state"], shown["pages"]) == ("triggered", [])
    assert shown["next_at"] == made["end"]
    assert [row["name"] for row in both.json("maintenance", "list")["maintenance"]] == ["patching"]
    assert both.json("maintenance", "delete", "patching")["name"] == "patching"
    assert both.json("maintenance", "list") == {"maintenance": []}


def test_it_repeats(cli: CommandLine) -> None:
    said = ("--from", "2030-02-01T02:00Z", "--until", "2030-02-01T04:00Z", "--every", "1w")
    made = cli.json("maintenance", "add", "checkout", "search", *said, "--repeat-until", "2030-06-01T00:00Z")
    assert made["next"] == {"start": "2030-02-01T02:00:00Z", "end": "2030-02-01T04:00:00Z"}
    assert (made["every"], made["until"], made["now"]) == ("1w", "2030-06-01T00:00:00Z", False)
    exported = cli.ok("config", "export")
    assert "maintenance:" in exported
    assert "every: 1w" in exported


def test_in_words(cli: CommandLine) -> None:
    assert "no maintenance is planned" in cli("maintenance", "list").stderr
    told = cli.ok("maintenance", "add", "checkout", "--for", "2h", "--every", "1d", "--name", "nightly")
    assert told.startswith("maintenance nightly: checkout, ")
    assert "every 1d" in cli.ok("maintenance", "list")
    assert cli.ok("maintenance", "delete", "nightly").startswith("called off nightly")


def test_without_an_end_it_is_refused(cli: CommandLine) -> None:
    assert "needs an end" in cli.refused("maintenance", "add", "checkout", status=2)[0]["message"]
    both = ("--for", "2h", "--until", "2030-01-01")
    assert "needs an end" in cli.refused("maintenance", "add", "checkout", *both, status=2)[0]["message"]
    endless = cli.refused("maintenance", "add", "checkout", "--for", "1d", "--every", "1d")
    assert "would never end" in endless[0]["message"]


def test_nonsense_is_refused(cli: CommandLine) -> None:
    add = ("maintenance", "add")
    assert cli.refused(*add, "ghost", "--for", "1h")[0]["code"] == "unknown"
    assert cli.refused(*add, "checkout", "--until", "2020-01-01T00:00Z")[0]["path"] == "end"
    assert cli.refused(*add, "checkout", "--from", "2020-01-01T00:00Z", "--for", "1h")[0]["path"] == "end"
    assert cli.refused(*add, "checkout", "--for", "1h", "--every", "often", status=2)[0]["path"] == "--every"
    assert cli.refused(*add, "checkout", "--for", "1h", "--repeat-until", "2030-01-01")[0]["path"] == "until"
    cli.ok(*add, "checkout", "--for", "1h", "--name", "one")
    assert cli.refused(*add, "search", "--for", "1h", "--name", "one")[0]["path"] == "name"
    assert cli.refused("maintenance", "delete", "two")[0]["code"] == "unknown"
    assert cli.refused(*add, "checkout", "--for", "1h", user="vi")[0]["code"] == "forbidden"
