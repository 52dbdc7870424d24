"""leave and schedule check on the command line."""

from __future__ import annotations

import json

from tests.cli.running import CommandLine

SPAN = ("--from", "2030-01-07", "--until", "2030-01-14")


def test_leave_from_noting_to_forgetting(both: CommandLine) -> None:
    row = both.json("leave", "add", *SPAN, "--note", "the sea", user="bo")
    assert (row["user"], row["start"], row["note"]) == ("bo", "2030-01-07T00:00:00Z", "the sea")
    assert {clash["schedule"] for clash in row["clashes"]} == {"primary", "office"}
    assert both.json("leave", "list", "bo")["leave"] == [row]
    assert both.refused("leave", "add", "ana", *SPAN, user="bo")[0]["code"] == "forbidden"
    assert both.refused("leave", "add", "zoe", *SPAN)[0]["code"] == "unknown"
    shown = both("schedule", "check", "office", *SPAN)
    assert shown.exit_code == 1
    assert "on leave the sea" in shown.stdout
    assert both.json("leave", "delete", str(row["leave"]))["user"] == "bo"
    assert "nobody is away" in both("leave", "list").stderr


def test_leave_in_words(cli: CommandLine) -> None:
    told = cli("leave", "add", "bo", *SPAN)
    assert "bo is away 2030-01-07T00:00:00Z to 2030-01-14T00:00:00Z" in told.stdout
    assert "somebody has to cover" in told.stderr
    assert "primary" in cli.ok("leave", "list", "--until", "2031-01-01")
    assert "is deleted" in cli.ok("leave", "delete", "1")


def test_a_check_tells_gaps_and_double_bookings_and_its_status_says_so(cli: CommandLine) -> None:
    done = cli("schedule", "check", "office", "--from", "2026-01-15", "--until", "2026-01-16", "--json")
    assert done.exit_code == 1
    assert '"declared_gaps": []' in done.stdout
    assert '"schedules": [\n        "office",\n        "primary"\n      ]' in done.stdout
    # ana has this week, and nobody is in two places
    fine = cli("schedule", "check", "primary", "--from", "2026-01-06", "--until", "2026-01-08")
    assert (fine.exit_code, fine.stdout) == (0, "")
    assert "is fine until" in fine.stderr


def test_without_a_name_every_schedule_is_checked(cli: CommandLine) -> None:
    done = cli("schedule", "check", "--from", "2026-01-15", "--until", "2026-01-16", "--json")
    assert done.exit_code == 1
    assert [one["schedule"] for one in json.loads(done.stdout)["schedules"]] == ["office", "primary"]
    told = cli("schedule", "check", "--from", "2026-01-15", "--until", "2026-01-16")
    assert "office:" in told.stdout
    assert cli("schedule", "check", "primary", "--from", "2026-01-06", "--until", "2026-01-08").exit_code == 0
    assert cli.refused("schedule", "check", "primary", "--until", "2020-01-01", status=2)[0]["path"] == "--until"


def test_whoever_comes_on_while_away_is_flagged(cli: CommandLine) -> None:
    cli.ok("leave", "add", "ana", *SPAN, "--note", "the sea")
    week = ("--from", "2030-01-13", "--until", "2030-01-20", "--preview")
    expected = {
        "user": "ana",
        "start": "2030-01-13T00:00:00Z",
        "end": "2030-01-14T00:00:00Z",
        "schedule": "primary",
        "note": "the sea",
    }
    holder = cli.json("who", "--schedule", "primary", "--at", "2030-01-13T12:00")["on_call"][0]["users"]
    assert holder == ["bo"]
    assert cli.json("override", "add", "primary", "ana", *week)["leave_clashes"] == [expected]
    assert "on leave the sea" in cli.ok("schedule", "shifts", "add", "primary", "ana", *week)


def test_leave_that_is_over_is_listed_unless_only_what_is_to_come_is_asked_for(cli: CommandLine) -> None:
    cli.ok("leave", "add", "bo", "--from", "2026-01-05", "--until", "2026-01-07")
    assert [row["user"] for row in cli.json("leave", "list")["leave"]] == ["bo"]
    assert cli.json("leave", "list", "--from", "now")["leave"] == []
