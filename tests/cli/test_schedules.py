"""Schedules made, edited and deleted by command: told first, refused where somebody would be missing unasked."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.running import TEAM, CommandLine

NEW = ("schedule", "create", "secondary", "--timezone", "Europe/Lisbon", "--users", "ana,bo")
TURNS = ("--start", "2036-01-07 09:00", "--every", "1w")
LATER = ("--from", "2036-01-07", "--until", "2036-01-28")
"""A Monday; before it nobody is on, so that nothing of it depends on the day of the test."""


def shifts(cli: CommandLine, name: str = "secondary") -> list[tuple[str, str]]:
    shown = cli.json("schedule", "show", name, *LATER)["shifts"]
    return [(row["user"], row["start"]) for row in shown]


@pytest.fixture
def made(cli: CommandLine) -> CommandLine:
    cli.ok(*NEW, *TURNS)
    return cli


def test_a_schedule_of_one_rotation(cli: CommandLine) -> None:
    shown = cli.json(*NEW, *TURNS, "--dry-run")
    assert (shown["schedule"], shown["kept"], shown["on_call_after"]) == ("secondary", False, [])
    assert shown["notes"] == ["nobody is on call in it now"]
    assert {row["name"] for row in cli.json("schedule", "list")["schedules"]} == {"primary", "office"}
    said = cli.ok(*NEW, *TURNS)
    assert "schedule secondary is made" in said
    assert shifts(cli) == [
        ("ana", "2036-01-07T09:00:00Z"),
        ("bo", "2036-01-14T09:00:00Z"),
        ("ana", "2036-01-21T09:00:00Z"),
    ]


def test_a_schedule_of_several_layers(cli: CommandLine) -> None:
    cli.ok(
        "schedule",
        "create",
        "follow",
        "--timezone",
        "UTC",
        "--layer",
        "name=days,users=ana+bo,-,start=2036-01-07 08:00,every=1w",
        "--layer",
        "name=nights,users=bo,start=2036-01-07 20:00,every=1d,length=8h,restrict=mon-tue 20:00-04:00;sun 20:00-04:00",
        "--layer",
        "name=monthly,users=ana,start=2036-01-01 00:00,cron=0 9 1 * *,priority=-5,until=2036-01-02 00:00",
    )
    exported = cli.ok("config", "export")
    assert "- [ana, bo]" in exported or "- - ana" in exported
    assert "cron: 0 9 1 * *" in exported
    shown = cli.json("schedule", "show", "follow", "--from", "2036-01-07", "--until", "2036-01-09T08:00")
    assert [(row["user"], row["start"], row["end"]) for row in shown["shifts"]] == [
        ("ana", "2036-01-07T08:00:00Z", "2036-01-07T20:00:00Z"),
        ("bo", "2036-01-07T08:00:00Z", "2036-01-09T08:00:00Z"),
        ("ana", "2036-01-08T04:00:00Z", "2036-01-08T20:00:00Z"),
        ("ana", "2036-01-09T04:00:00Z", "2036-01-09T08:00:00Z"),
    ]


def test_people_come_go_and_change_places(made: CommandLine) -> None:
    made.ok("schedule", "edit", "secondary", "--add", "vi", "--now", "move")
    assert [user for user, _ in shifts(made)] == ["ana", "bo", "vi"]
    made.ok("schedule", "edit", "secondary", "--move", "vi", "1")
    assert [user for user, _ in shifts(made)] == ["vi", "ana", "bo"]
    made.ok("schedule", "edit", "secondary", "--replace", "ana", "bo", "--remove", "vi")
    assert [user for user, _ in shifts(made)] == ["bo"]
    made.ok("schedule", "edit", "secondary", "--users", "ana,bo+vi,-", "--yes")
    assert [user for user, _ in shifts(made)] == ["ana", "bo", "vi"]


def test_what_changes_nothing_is_not_kept(made: CommandLine) -> None:
    made.ok("schedule", "create", "now", "--timezone", "UTC", "--users", "ana,bo", "--start", "2026-01-05 09:00",
            "--every", "1w", "--yes")  # fmt: skip
    # Of two people the order is the same whoever stands first, as long as whoever is on stays.
    assert made.json("schedule", "edit", "now", "--move", "bo", "1")["kept"] is False
    assert "stays as it is" in made.ok("schedule", "edit", "now", "--move", "bo", "1")


def test_an_end_in_a_repeated_hour_is_the_instant_that_was_meant(made: CommandLine) -> None:
    # On 2036-10-26 in Lisbon 01:30 comes at 00:30 UTC, and again at 01:30.
    made.ok("schedule", "edit", "secondary", "--until", "2036-10-26T01:30Z")
    shown = made.json("schedule", "show", "secondary", "--from", "2036-10-25", "--until", "2036-10-27")
    assert shown["shifts"][-1]["end"] == "2036-10-26T01:30:00Z"


def test_turns_change(made: CommandLine) -> None:
    made.ok("schedule", "edit", "secondary", "--every", "1d", "--days", "mon-fri")
    assert shifts(made)[:2] == [("ana", "2036-01-07T09:00:00Z"), ("bo", "2036-01-08T09:00:00Z")]
    errors = made.refused("schedule", "edit", "secondary", "--cron", "0 9 * * MON")
    assert [(error["path"], error["message"]) for error in errors] == [("days", "cron does not go with days")]
    made.ok("schedule", "edit", "secondary", "--cron", "0 9 * * MON", "--days", "off")
    assert shifts(made)[:2] == [("ana", "2036-01-07T09:00:00Z"), ("bo", "2036-01-14T09:00:00Z")]
    made.ok("schedule", "edit", "secondary", "--every", "1w", "--length", "8h", "--layer-timezone", "Europe/Berlin")
    assert shifts(made)[0] == ("ana", "2036-01-07T08:00:00Z")
    made.ok("schedule", "edit", "secondary", "--layer-timezone", "off", "--length", "off", "--timezone", "UTC")
    assert shifts(made)[0] == ("ana", "2036-01-07T09:00:00Z")


def test_layers_come_go_move_and_are_renamed(made: CommandLine) -> None:
    top = "name=top,users=vi,start=2036-01-07 09:00,every=1d"
    made.ok("schedule", "edit", "secondary", "--add-layer", top)
    assert {user for user, _ in shifts(made)} == {"vi"}
    made.ok("schedule", "edit", "secondary", "--move-layer", "top", "1")
    assert {user for user, _ in shifts(made)} == {"ana", "bo"}
    errors = made.refused("schedule", "edit", "secondary", "--add", "vi")
    assert errors[0]["mend"] == "say --layer; there is: top, rotation"
    made.ok("schedule", "edit", "secondary", "--remove-layer", "top")
    made.ok("schedule", "edit", "secondary", "--rename-layer", "weekly", "--rename", "backup")
    rows = made.json("schedule", "list")["schedules"]
    assert [(row["name"], row["layers"]) for row in rows if row["name"] == "backup"] == [("backup", ["weekly"])]


def test_a_gap_is_refused_by_name_until_somebody_says_yes(cli: CommandLine) -> None:
    edit = ("schedule", "edit", "primary", "--until", "+1d")
    errors = cli.refused(*edit)
    assert errors[0]["code"] == "needs_yes"
    assert "leaves nobody on call from" in errors[0]["message"]
    assert "--yes" in errors[0]["mend"]
    before = cli.json("schedule", "list")
    assert cli.json(*edit, "--dry-run")["gaps"] != []
    assert cli.json("schedule", "list") == before
    assert cli.json(*edit, "--yes")["kept"] is True


def test_whoever_is_on_stays_unless_the_list_is_to_move(cli: CommandLine) -> None:
    on = [row["users"] for row in cli.json("who", "--schedule", "primary")["on_call"]]
    kept = cli.json("schedule", "edit", "primary", "--add", "vi", "--dry-run")
    assert [kept["on_call_before"], kept["on_call_after"]] == on * 2
    gone = cli.json("schedule", "edit", "primary", "--remove", on[0][0], "--dry-run")
    other = "bo" if on[0] == ["ana"] else "ana"
    assert gone["notes"] == [f"{other} takes over from {on[0][0]} at once"]
    people = {row["user"]: row["seconds"] for row in gone["people"]}
    assert people[other] == -people[on[0][0]] > 0


def test_a_schedule_is_deleted_but_not_from_under_a_policy(made: CommandLine) -> None:
    assert "policy payments, step 1" in made.refused("schedule", "delete", "primary", "--yes")[0]["message"]
    shown = made.json("schedule", "delete", "secondary", "--dry-run")
    assert (shown["kept"], shown["layers"], shown["lost"]) == (False, ["rotation"], [])
    made.ok("schedule", "create", "now", "--timezone", "UTC", "--users", "vi", "--start", "2026-01-05 09:00",
            "--every", "1w")  # fmt: skip
    assert made.refused("schedule", "delete", "now")[0]["code"] == "needs_yes"
    assert "is deleted, with 1 layer, 0 overrides" in made.ok("schedule", "delete", "now", "--yes")
    made.ok("schedule", "delete", "secondary")
    assert {row["name"] for row in made.json("schedule", "list")["schedules"]} == {"primary", "office"}


@pytest.mark.parametrize(
    ("arguments", "path", "status"),
    [
        (("create", "x", "--timezone", "Nowhere/Land", "--users", "ana", *TURNS), "--timezone", 2),
        (("create", "primary", "--timezone", "UTC", "--users", "ana", *TURNS), "name", 1),
        (("create", "x", "--timezone", "UTC", "--users", "zed", *TURNS), "layers[0].users[0]", 1),
        (("create", "x", "--timezone", "UTC", "--users", "ana", "--every", "1w"), "start", 1),
        (("create", "x", "--timezone", "UTC", "--users", "ana,,bo", *TURNS), "--users", 2),
        (("create", "x", "--timezone", "UTC", "--users", "ana", "--start", "soon"), "--start", 2),
        (("create", "x", "--timezone", "UTC", "--layer", "ana"), "--layer", 2),
        (("create", "x", "--timezone", "UTC", "--layer", "name=a,name=b"), "--layer", 2),
        (("create", "x", "--timezone", "UTC", "--users", "ana", *TURNS, "--days", "someday"), "--days", 2),
        (("create", "x", "--timezone", "UTC", "--users", "ana", *TURNS, "--restrict", "09:00"), "--restrict", 2),
        (("create", "x", "--timezone", "UTC", "--users", "ana", *TURNS, "--priority", "top"), "--priority", 2),
        (("create", "x", "--timezone", "UTC", "--users", "ana", *TURNS, "--length", "8d"), "length", 1),
        (("edit", "nowhere", "--add", "ana"), "schedule", 1),
        (("edit", "primary", "--remove", "vi"), "user", 1),
        (("edit", "primary", "--layer", "x", "--add", "vi"), "layer", 1),
        (("edit", "primary", "--move", "ana", "9"), "place", 1),
        (("delete", "nowhere"), "schedule", 1),
    ],
)
def test_nonsense_is_refused_and_says_where(
    cli: CommandLine, arguments: tuple[str, ...], path: str, status: int
) -> None:
    errors = cli.refused("schedule", *arguments, status=status)
    assert [error["path"] for error in errors] == [path]
    assert errors[0]["message"]
    assert errors[0]["mend"]


def test_only_admins_make_edit_and_delete(cli: CommandLine) -> None:
    for arguments in (
        (*NEW, *TURNS),
        ("schedule", "edit", "primary", "--add", "vi"),
        ("schedule", "delete", "primary"),
    ):
        assert cli.refused(*arguments, user="bo")[0]["code"] == "forbidden"


def test_times_are_typed_as_people_do_everywhere(cli: CommandLine) -> None:
    at = cli.json("who", "--at", "2026-12-24 09:00", "--schedule", "office")["at"]
    assert at == "2026-12-24T14:00:00Z"  # nine in New York
    assert cli.json("who", "--at", "2026-12-24 9am")["at"] == "2026-12-24T09:00:00Z"
    shown = cli.json("schedule", "show", "primary", "--from", "2026-07-01 9am", "--until", "2026-07-02 09:00")
    assert shown["shifts"][0]["start"] == "2026-07-01T08:00:00Z"  # summer in Lisbon
    cli.ok("schedule", "show", "primary", "--from", "now", "--until", "+2h")
    assert cli.refused("who", "--at", "whenever", status=2)[0]["path"] == "--at"


def test_a_config_file_is_checked_without_a_database(cli: CommandLine, tmp_path: Path) -> None:
    file = tmp_path / "team.yaml"
    file.write_text(
        TEAM.replace(
            "{username: vi, role: viewer}",
            "{username: vi, role: viewer, leave: [{start: 2036-01-01T00:00, end: 2036-02-01T00:00, note: snow}]}",
        ).replace("users: [bo]", "users: [vi]"),
        encoding="utf-8",
    )
    done = cli("schedule", "check", "office", "--config", str(file), "--from", "2036-01-07", "--until",
                  "2036-01-08", "--json", "--database", "/nowhere/at.db")  # fmt: skip
    assert done.exit_code == 1, done.output
    assert '"note": "snow"' in done.stdout
    # Monday 09:00 to 17:00 in New York is 14:00 to 22:00 UTC; the rest of the day is a gap.
    assert '"start": "2036-01-07T14:00:00Z"' in done.stdout
