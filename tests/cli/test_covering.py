"""override, take and schedule shifts on the command line."""

from __future__ import annotations

import pytest

from tests.cli.running import CommandLine

JAN = ("--from", "2026-01-06T12:00", "--until", "2026-01-06T14:00")


def users_at(oncall: CommandLine, when: str) -> list[str]:
    users: list[str] = oncall.json("who", "--schedule", "primary", "--at", when)["on_call"][0]["users"]
    return users


def test_an_override_from_its_making_to_its_end(both: CommandLine) -> None:
    shown = both.json("override", "add", "primary", "bo", "--replaces", "ana", *JAN, "--preview")
    span = {"start": "2026-01-06T12:00:00Z", "end": "2026-01-06T14:00:00Z"}
    assert shown == {
        "schedule": "primary",
        "kept": False,
        "gained": [{"user": "bo", **span}],
        "lost": [{"user": "ana", **span}],
        "gaps": [],
        "double_bookings": [],
        "leave_clashes": [],
    }
    number = both.json("override", "add", "primary", "bo", "--replaces", "ana", *JAN)["override"]
    assert users_at(both, "2026-01-06T13:00") == ["bo"]
    (row,) = both.json("override", "list", "primary")["overrides"]
    assert (row["override"], row["users"], row["replaces"], row["made_by"]) == (number, ["bo"], "ana", "ana")
    assert {key: row[key] for key in span} == span
    assert both.json("override", "delete", str(number), "--preview")["kept"] is False
    assert both.json("override", "delete", str(number))["gained"] == [{"user": "ana", **span}]
    assert users_at(both, "2026-01-06T13:00") == ["ana"]
    assert both.refused("override", "delete", str(number))[0]["code"] == "unknown"


def test_times_are_read_as_typed_in_the_schedules_zone(cli: CommandLine) -> None:
    done = cli.json("override", "add", "office", "--add", "ana", "--from", "2030-07-01 9am", "--for", "2h", "--preview")
    assert done["gained"] == [{"user": "ana", "start": "2030-07-01T13:00:00Z", "end": "2030-07-01T15:00:00Z"}]
    error = cli.refused("override", "add", "office", "bo", "--until", "soonish", status=2)[0]
    assert error["path"] == "--until"
    assert "fri 9am" in error["mend"]


def test_a_gap_is_told_before_it_is_made(cli: CommandLine) -> None:
    told = cli.ok("override", "add", "primary", "--remove", "ana", *JAN, "--preview")
    assert told.startswith("would be, primary: ana taken off")
    assert "a new gap" in told
    assert "there is no override" in cli("override", "list").stderr
    assert "taken off" in cli.ok("override", "add", "primary", "--remove", "ana", *JAN)
    assert "taken off" in cli.ok("override", "list")
    assert "there is no override there" in cli("override", "list", "--from", "now").stderr, "it is over"


def test_take_puts_the_actor_on_call(both: CommandLine) -> None:
    holder = both.json("who", "--schedule", "primary")["on_call"][0]["users"][0]
    taker = "bo" if holder == "ana" else "ana"
    both.json("take", "primary", "--for", "1h", user=taker)
    assert both.json("who", "--schedule", "primary")["on_call"][0]["users"] == [taker]
    assert both.refused("take", "primary", "--for", "1h", user=taker)[0]["code"] == "refused"
    assert both.refused("take", "primary", "--until", "+1h", user="vi")[0]["code"] == "forbidden"


@pytest.mark.parametrize(
    "arguments",
    [
        ("take", "primary"),
        ("take", "primary", "--for", "1h", "--until", "+1h"),
        ("override", "add", "primary", "bo"),
        ("override", "delete", "0"),
    ],
)
def test_what_makes_no_sense_is_a_usage_error(cli: CommandLine, arguments: tuple[str, ...]) -> None:
    assert cli.refused(*arguments, status=2)


def test_shifts_are_added_listed_and_deleted_after_a_preview(both: CommandLine) -> None:
    assert both.json("schedule", "shifts", "add", "primary", "bo", *JAN)["kept"] is True
    assert users_at(both, "2026-01-06T13:00") == ["bo"]
    row = {"layer": "shifts", "user": "bo", "start": "2026-01-06T12:00:00Z", "end": "2026-01-06T14:00:00Z"}
    assert both.json("schedule", "shifts", "list", "primary") == {"schedule": "primary", "shifts": [row]}
    preview = both.json("schedule", "shifts", "delete", "primary", *JAN)
    assert (preview["kept"], preview["shifts"]) == (False, [row])
    assert "say --yes" in both("schedule", "shifts", "delete", "primary", *JAN).stderr
    assert both.json("schedule", "shifts", "delete", "primary", *JAN, "--of", "ana", "--yes")["shifts"] == []
    assert users_at(both, "2026-01-06T13:00") == ["bo"]
    assert both.json("schedule", "shifts", "delete", "primary", *JAN, "--yes")["kept"] is True
    assert users_at(both, "2026-01-06T13:00") == ["ana"]
    assert "no fixed shift" in both("schedule", "shifts", "list", "primary").stderr
    assert "bo" in both.ok("schedule", "shifts", "add", "primary", "bo", *JAN)
    assert "shifts" in both.ok("schedule", "shifts", "list", "primary", "--of", "bo", *JAN)
