"""The demo, headless: a team, alerts, pages in the inbox, and nothing left behind."""

from __future__ import annotations

import json
import os
import signal
import subprocess
from importlib.resources import files
from pathlib import Path

import pytest
import yaml

from oncall_tui.cli.demo.inbox import Inbox
from oncall_tui.cli.demo.story import BEFORE, LATER, Alarm, Help, Stranger
from oncall_tui.tui.presenters.incidents.runbook import runbook_lines
from tests.cli.running import CommandLine
from tests.support.processes import ONCALL, PATIENCE, get, oncall_environment, post

pytestmark = pytest.mark.timeout(300)


def test_pages_arrive_and_everything_is_taken_away(tmp_path: Path) -> None:
    temporary, home = tmp_path / "temporary", tmp_path / "home"
    temporary.mkdir()
    home.mkdir()
    env = oncall_environment(str(tmp_path / "untouched.db")) | {"TMPDIR": str(temporary), "HOME": str(home)}
    demo = subprocess.Popen(
        [*ONCALL, "demo", "--headless-seconds", "3600", "--pace", "0.02", "--json"],
        env=env,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        stdin=subprocess.DEVNULL,
    )
    assert demo.stdout is not None
    # Both teams are paged, of the first fire and of what comes while it runs; else this waits for ever.
    missing = [("user", ("ana", "bo")), ("user", ("cy", "dee")), ("title", ("Checkout 5xx",)), ("title", ("edge-2",))]
    for line in demo.stdout:
        page = json.loads(line)
        missing = [(field, words) for field, words in missing if not any(word in page[field] for word in words)]
        if not missing:
            break
    demo.send_signal(signal.SIGTERM)
    _, said = demo.communicate(timeout=PATIENCE)
    assert (missing, demo.returncode) == ([], 130), said
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


def test_the_runbook_of_something_that_burns_is_written_down() -> None:
    text = files("oncall_tui.cli.demo").joinpath("team.yaml").read_text()
    services = yaml.safe_load(text)["services"]
    written = {service["name"]: service["runbook"] for service in services if "\n" in service.get("runbook", "")}
    burning = {scene.service for scene in BEFORE if isinstance(scene, Alarm)}
    assert written
    assert set(written) <= burning
    for runbook in written.values():
        shown = "\n".join("".join(piece.text for piece in one) for one in runbook_lines(runbook, 80))
        assert "1. Look what grows: du -xh" in shown
        assert "searchctl drain search-3" in shown
        assert not {"#", "`", "**"} & set(shown.split()), "it is Markdown, and read as such"


def test_the_inbox_shows_what_it_got() -> None:
    with Inbox() as inbox:
        address = f"http://{inbox.place}"
        assert get(address) == (200, "no page yet\n")
        assert post(f"{address}/ana/push", {"title": "5xx \x1b[31m", "message": "m"})[0] == 200
        assert post(f"{address}/bo/push", b"no json")[0] == 200
        assert get(address)[1] == "page to ana by push: 5xx ␛[31m\npage to bo by push: ?\n"
        assert [page.user for page in inbox.pages] == ["ana", "bo"]
