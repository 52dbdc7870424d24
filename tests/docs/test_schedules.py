"""docs/schedules.md: every time it shows is read, and the answer of `check` has the keys it names."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from oncall_tui.domain.time.walltime import zone
from oncall_tui.domain.time.when import MEND, read_when
from oncall_tui.intake.calendars import PATH
from tests.cli.running import CommandLine, command_line

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "schedules.md").read_text(encoding="utf-8")
_TYPED = PAGE.split("## Times as you type them")[1].split("\n## ")[0]
TIMES = re.findall(r"^\| `([^`]+)` \|", _TYPED, re.MULTILINE)


@pytest.fixture
def cli(sqlite_url: str, tmp_path: Path) -> CommandLine:
    return command_line(sqlite_url, tmp_path)


@pytest.mark.parametrize("text", [*TIMES, *re.findall(r'--(?:from|until) "?([^"\s]+(?: [^"-]+(?="))?)', PAGE)])
def test_every_time_on_the_page_is_read(text: str) -> None:
    assert read_when(text, datetime(2026, 11, 20, tzinfo=UTC), zone("UTC")).tzinfo is UTC


def test_the_page_shows_every_way_that_a_refusal_names() -> None:
    named = MEND.removeprefix("Write it like ").rstrip(".").replace(" or ", ", ").split(", ")
    assert len(named) == 5
    assert set(named) <= set(TIMES)


def test_the_answer_of_check_has_the_keys_on_the_page(cli: CommandLine) -> None:
    told = re.search(r"`\{(\"schedule\", \"start\"[^}]*)\}`", PAGE)
    assert told is not None
    answer = cli.json("schedule", "check", "primary", "--from", "2026-01-06", "--until", "2026-01-08")
    assert list(answer) == re.findall(r'"(\w+)"', told[1])


def test_the_page_names_the_calendars_path() -> None:
    assert PATH.replace("{token}", "…") in PAGE
