"""docs/foreseeing.md: its examples are played, and print what the page says; its tables name every key."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from oncall_tui.ops.scenarios import schema
from oncall_tui.ops.scenarios.checks import GOES_WITH
from tests.cli.running import CommandLine

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "foreseeing.md").read_text(encoding="utf-8")
TEAM, *SCENARIOS = re.findall(r"^```yaml\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
ANSWERS = re.findall(r"^```text\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
ROWS = dict(re.findall(r"^\| `(\w+)` \| (.*) \|$", PAGE, re.MULTILINE))


@pytest.fixture
def cli(tmp_path: Path) -> CommandLine:
    return CommandLine(f"sqlite:///{tmp_path / 'none.db'}", tmp_path)


@pytest.mark.parametrize(("scenario", "answer"), list(zip(SCENARIOS, ANSWERS, strict=True)))
def test_an_example_prints_what_the_page_says(cli: CommandLine, scenario: str, answer: str) -> None:
    team, file = cli.file(TEAM), cli.file(scenario, "scenario.yaml")
    assert cli.ok("simulate", file, "--config", team) == answer


def test_the_team_of_the_page_is_fine(cli: CommandLine) -> None:
    cli.ok("check", "--config", cli.file(TEAM))


@pytest.mark.parametrize("do", sorted(GOES_WITH))
def test_the_table_names_every_key_of_an_event(do: str) -> None:
    named = {word.split(":")[0] for word in re.findall(r"`([\w]+)(?::[^`]*)?`", ROWS[do])} - {"temporary"}
    assert named == GOES_WITH[do]


def test_the_table_names_every_expectation() -> None:
    made = schema()["$defs"]
    assert set(made["ExpectEntry"]["properties"]) <= set(ROWS)
    assert set(re.findall(r"`(\w+)`", ROWS["paged"])) == set(made["PageEntry"]["properties"])
