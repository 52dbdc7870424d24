"""who and schedule, from a database and from a config file alone."""

from __future__ import annotations

import pytest

from tests.cli.running import TEAM, CommandLine


@pytest.fixture(params=["database", "file"])
def ask(request: pytest.FixtureRequest, cli: CommandLine, bare: CommandLine) -> tuple[CommandLine, list[str]]:
    """A command line, and the flags that lead it to the same team."""
    if request.param == "database":
        return cli, []
    return bare, ["--config", bare.file(TEAM, "alone.yaml")]


def test_who_is_on_call_at_an_instant(ask: tuple[CommandLine, list[str]]) -> None:
    oncall, flags = ask
    answer = oncall.json("who", "--at", "2026-01-14T12:00", *flags)
    assert answer["at"] == "2026-01-14T12:00:00Z"
    rows = {row["schedule"]: row for row in answer["on_call"]}
    assert rows["primary"] == {
        "schedule": "primary",
        "users": ["bo"],
        "since": "2026-01-12T09:00:00Z",
        "until": "2026-01-19T09:00:00Z",
        "because": rows["primary"]["because"],
    }
    assert rows["primary"]["because"]
    assert rows["office"]["users"] == []
    assert (rows["office"]["since"], rows["office"]["until"]) == ("2026-01-13T22:00:00Z", "2026-01-14T14:00:00Z")


def test_a_time_without_a_zone_is_in_the_named_schedules_zone(ask: tuple[CommandLine, list[str]]) -> None:
    oncall, flags = ask
    answer = oncall.json("who", "--schedule", "office", "--at", "2026-01-14T09:30", *flags)
    assert answer["at"] == "2026-01-14T14:30:00Z"
    assert [row["users"] for row in answer["on_call"]] == [["bo"]]
    assert oncall.json("who", "--schedule", "office", "--at", "2026-01-14T09:30Z", *flags)["on_call"][0]["users"] == []


def test_who_for_a_service_tells_its_steps(ask: tuple[CommandLine, list[str]]) -> None:
    oncall, flags = ask
    answer = oncall.json("who", "--service", "checkout", "--at", "2026-01-14T12:00Z", *flags)
    assert [row["schedule"] for row in answer["on_call"]] == ["primary"]
    assert [(step["step"], step["delay"], step["targets"], sorted(step["users"])) for step in answer["steps"]] == [
        (1, "5m", ["schedule primary"], ["bo"]),
        (2, "10m", ["bo", "team payments"], ["ana", "bo"]),
    ]
    assert [row["schedule"] for row in oncall.json("who", "--team", "payments", *flags)["on_call"]] == ["primary"]
    assert "Reaches now" in oncall.ok("who", "--service", "checkout", *flags)


def test_unknown_names_are_refused(ask: tuple[CommandLine, list[str]]) -> None:
    oncall, flags = ask
    for kind in ("schedule", "service", "team"):
        error = oncall.refused("who", f"--{kind}", "nowhere", *flags)[0]
        assert (error["code"], error["path"]) == ("unknown", kind)
    assert oncall.refused("schedule", "show", "nowhere", *flags)[0]["code"] == "unknown"


def test_a_schedules_shifts_and_gaps(ask: tuple[CommandLine, list[str]]) -> None:
    oncall, flags = ask
    shown = oncall.json(
        "schedule", "show", "office", "--from", "2026-01-15T00:00", "--until", "2026-01-17T00:00", *flags
    )
    because = shown["shifts"][0]["because"]
    assert shown == {
        "schedule": "office",
        "shifts": [
            {"user": "bo", "start": "2026-01-15T14:00:00Z", "end": "2026-01-15T22:00:00Z", "because": because},
            {"user": "bo", "start": "2026-01-16T14:00:00Z", "end": "2026-01-16T22:00:00Z", "because": because},
        ],
        "gaps": [
            {"start": "2026-01-15T05:00:00Z", "end": "2026-01-15T14:00:00Z", "planned": False},
            {"start": "2026-01-15T22:00:00Z", "end": "2026-01-16T14:00:00Z", "planned": False},
            {"start": "2026-01-16T22:00:00Z", "end": "2026-01-17T05:00:00Z", "planned": False},
        ],
    }
    day = ("--from", "2026-01-15", "--until", "2026-01-16")
    lines = oncall.ok("schedule", "show", "office", *day, *flags).splitlines()
    assert [line.split()[2] for line in lines[1:]] == ["nobody", "bo", "nobody"]
    assert {row["name"] for row in oncall.json("schedule", "list", *flags)["schedules"]} == {"primary", "office"}


def test_a_span_that_ends_before_it_starts_is_no_span(cli: CommandLine) -> None:
    errors = cli.refused("schedule", "show", "primary", "--from", "2026-01-16", "--until", "2026-01-15", status=2)
    assert errors[0]["path"] == "--until"


def test_a_faulty_config_file_is_refused_with_every_path(bare: CommandLine) -> None:
    file = bare.file("version: 1\nschedules: [{name: s, timezone: Mars/Base, colour: red}]\n")
    paths = {error["path"] for error in bare.refused("who", "--config", file)}
    assert paths == {"schedules[0].timezone", "schedules[0].colour"}
