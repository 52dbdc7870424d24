"""calendar on the command line; the address is told once."""

from __future__ import annotations

from pathlib import Path
from urllib.request import urlopen

from tests.cli.running import CommandLine
from tests.support.processes import worker


def test_a_calendar_from_its_making_to_its_revoking(both: CommandLine) -> None:
    own = both.json("calendar", "add", user="bo")
    assert (own["user"], own["schedule"]) == ("bo", None)
    assert own["url"].startswith("/ical/")
    assert own["url"].endswith(".ics")
    shared = both.json("calendar", "add", "--schedule", "primary", user="bo")
    told = both.ok("calendar", "list", "--json")
    assert own["url"].removeprefix("/ical/").removesuffix(".ics") not in told
    listed = [(row["calendar"], row["user"], row["schedule"]) for row in both.json("calendar", "list")["calendars"]]
    assert listed == [(own["calendar"], "bo", None), (shared["calendar"], None, "primary")]
    assert both.refused("calendar", "add", "--of", "ana", user="bo")[0]["code"] == "forbidden"
    assert both.refused("calendar", "add", "--of", "ana", "--schedule", "primary", status=2)
    assert both.json("calendar", "revoke", str(own["calendar"]), user="bo")["user"] == "bo"
    assert both.refused("calendar", "revoke", str(own["calendar"]))[0]["code"] == "unknown"


def test_a_calendar_in_words(cli: CommandLine) -> None:
    assert "there is no calendar" in cli("calendar", "list").stderr
    made = cli("calendar", "add", env={"ONCALL_PUBLIC_URL": "https://oncall.example.org/"})
    assert made.stdout.startswith("https://oncall.example.org/ical/")
    assert "it is not told again" in made.stderr
    assert "set public_url" in cli("calendar", "add", "--schedule", "office").stderr
    assert "schedule office" in cli.ok("calendar", "list")
    assert "user ana, is revoked" in cli.ok("calendar", "revoke", "1")


def test_a_worker_serves_it(cli: CommandLine, tmp_path: Path) -> None:
    path = cli.json("calendar", "add", "--schedule", "primary")["url"]
    with worker(cli.url, tmp_path) as running, urlopen(f"{running.address}{path}", timeout=90) as answer:
        text = answer.read()
        assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
    assert b"SUMMARY:ana on call: primary" in text
    assert b"TZID:Europe/Lisbon" in text
