"""Values that no careful person types: refused in a line, never a traceback."""

from __future__ import annotations

import pytest

from tests.cli.running import TEAM, CommandLine


@pytest.mark.parametrize(
    "arguments",
    [
        ("who", "--at", "9999-12-31T23:59"),
        ("who", "--at", "0001-01-01T00:00"),
        ("who", "--schedule", "office", "--at", "9999-12-31"),
        ("schedule", "show", "primary", "--from", "9999-12-30T00:00"),
        ("schedule", "show", "primary", "--from", "9999-12-30T00:00", "--until", "9999-12-31T00:00"),
        ("schedule", "show", "primary", "--until", "0001-01-01"),
    ],
)
def test_years_at_the_ends_of_the_calendar_are_refused(bare: CommandLine, arguments: tuple[str, ...]) -> None:
    errors = bare.refused(*arguments, "--config", bare.file(TEAM), status=2)
    assert errors[0]["path"].startswith("--")
    assert errors[0]["mend"]
    assert "out of reach" in errors[0]["message"]


def test_the_farthest_years_that_may_be_named_are_answered(bare: CommandLine) -> None:
    file = bare.file(TEAM)
    for at in ("1970-01-01T00:00Z", "9000-12-31T23:59Z"):
        assert bare.json("who", "--at", at, "--config", file)["on_call"]
        assert bare.json("schedule", "show", "primary", "--from", at, "--config", file)["schedule"] == "primary"
