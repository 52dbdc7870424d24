"""Start-up time is a promise: a command loads only what it needs."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.cli.running import TEAM, CommandLine
from tests.support.processes import oncall_environment

HEAVY = {
    "textual", "rich", "fastapi", "starlette", "uvicorn", "apprise", "alembic", "httpx", "sqlalchemy.orm", "pydantic",
    "yaml", "croniter", "cryptography",
}  # fmt: skip
PROBE = """
import atexit, sys
atexit.register(lambda: print('\\n'.join(sorted(sys.modules)), file=sys.stderr))
from oncall_tui.cli import main
sys.argv = ['oncall', *sys.argv[1:]]
main()
"""


def loaded(cli: CommandLine, *arguments: str) -> set[str]:
    """The modules that a command has loaded when its process ends."""
    done = subprocess.run(
        [sys.executable, "-c", PROBE, *arguments],
        env=oncall_environment(cli.url, {"ONCALL_USER": "ana"}),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return set(done.stderr.split())


@pytest.mark.parametrize(
    "arguments",
    [("ack", "1"), ("incidents",), ("show", "1"), ("escalate", "1"), ("resolve", "1"), ("who",), ("db", "current")],
)
def test_acts_and_reading_load_nothing_heavy(cli: CommandLine, arguments: tuple[str, ...]) -> None:
    cli.ok("trigger", "5xx", "--service", "checkout")
    assert loaded(cli, *arguments) & HEAVY == set()


@pytest.mark.parametrize("arguments", [("--version",), ("--help",), ("ack", "--help")])
def test_help_and_version_load_no_database(bare: CommandLine, arguments: tuple[str, ...]) -> None:
    assert loaded(bare, *arguments) & (HEAVY | {"sqlalchemy"}) == set()


def test_a_config_file_needs_no_database(bare: CommandLine) -> None:
    file = bare.file(TEAM)
    for arguments in (("who", "--config", file), ("schedule", "show", "primary", "--config", file)):
        found = loaded(bare, *arguments)
        assert found & {"sqlalchemy", "apprise", "textual", "alembic"} == set()


def test_the_worker_loads_no_terminal_and_the_terminal_no_worker() -> None:
    for mine, others in (
        ("oncall_tui.cli.verbs.house.worker", {"textual", "fastapi"}),
        ("oncall_tui.cli.verbs.house.terminal", {"textual", "apprise", "starlette", "uvicorn"}),
    ):
        done = subprocess.run(
            [sys.executable, "-c", f"import sys, {mine}; print(*sys.modules)"],
            capture_output=True,
            text=True,
            timeout=60,
            check=True,
        )
        assert set(done.stdout.split()) & others == set()


def test_the_version_loads_next_to_nothing(bare: CommandLine) -> None:
    ours = {name for name in loaded(bare, "--version") if name.startswith("oncall_tui")}
    assert len(ours) < 15, sorted(ours)
