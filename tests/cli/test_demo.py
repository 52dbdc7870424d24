"""The demo, headless: a team, alerts, pages in the inbox, and nothing left behind."""

from __future__ import annotations

import json
import os
import subprocess
from importlib.resources import files
from pathlib import Path

import pytest

from oncall_tui.cli.demo.inbox import Inbox
from oncall_tui.cli.demo.story import BEFORE, LATER, Alarm, Help, Stranger
from tests.cli.running import CommandLine
from tests.support.processes import ONCALL, get, oncall_environment, post

pytestmark = pytest.mark.timeout(120)


def test_pages_arrive_and_everything_is_taken_away(tmp_path: Path) -> None:
    temporary, home = tmp_path / "temporary", tmp_path / "home"
    temporary.mkdir()
    home.mkdir()
    env = oncall_environment(str(tmp_path / "untouched.db")) | {"TMPDIR": str(temporary), "HOME": str(home)}
    done = subprocess.run(
        [*ONCALL, "demo", "--headless-seconds", "4", "--pace", "0.02", "--json"],
        env=env,
        capture_output=True,
        text=True,
        timeout=90,
        stdin=subprocess.DEVNULL,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    pages = [json.loads(line) for line in done.stdout.splitlines()]
    people = {page["user"] for page in pages}
    assert people & {"ana", "bo"}, "the payments team was paged"
    assert people & {"cy", "dee"}, "the platform team was paged"
    assert any("Checkout 5xx" in page["title"] for page in pages)
    assert any("edge-2" in page["title"] for page in pages), "more arrives while it runs"
    assert os.listdir(temporary) == []
    assert not (tmp_path / "untouched.db").exists()
    assert list(home.iterdir()) == []


def test_its_team_is_a_valid_config_file(bare: CommandLine) -> None:
    text = files("oncall_tui.cli.demo").joinpath("team.yaml").read_text()
    text = text.replace("INBOX", "json://127.0.0.1:9").replace("KEY", "0" * 32)
    answer = bare.json("config", "validate", bare.file(text))
    assert answer["warnings"] == []


def test_colleagues_only_help_with_what_has_happened() -> None:
    happened: set[str] = set()
    for scene in (*BEFORE, *(scene for _, scene in LATER)):
        if isinstance(scene, Alarm):
            happened.add(scene.key)
        elif isinstance(scene, Help):
            assert scene.key in happened


def test_it_can_be_played() -> None:
    scenes = [*BEFORE, *(scene for _, scene in LATER)]
    assert {scene.does for scene in scenes if isinstance(scene, Help)} == {"acknowledge", "escalate", "resolve"}
    assert any(isinstance(scene, Stranger) for scene in scenes), "something to see among the rejected"
    waits = [wait for wait, scene in LATER if isinstance(scene, Alarm) and not scene.resolved]
    assert max(sum(wait < 1 for wait in waits[at : at + 12]) for at in range(len(waits))) == 12, "a storm"


def test_the_inbox_shows_what_it_got() -> None:
    with Inbox() as inbox:
        address = f"http://{inbox.place}"
        assert get(address) == (200, "no page yet\n")
        assert post(f"{address}/ana/push", {"title": "5xx \x1b[31m", "message": "m"})[0] == 200
        assert post(f"{address}/bo/push", b"no json")[0] == 200
        assert get(address)[1] == "page to ana by push: 5xx ␛[31m\npage to bo by push: ?\n"
        assert [page.user for page in inbox.pages] == ["ana", "bo"]
