"""Command lines on real databases."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.cli.running import CommandLine, command_line


@pytest.fixture(scope="session")
def applied(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a SQLite database that `config apply` has made, to copy."""
    folder = tmp_path_factory.mktemp("applied")
    command_line(f"sqlite:///{folder / 'oncall.db'}", folder)
    return folder


@pytest.fixture
def cli(applied: Path, tmp_path: Path) -> CommandLine:
    """On SQLite."""
    folder = tmp_path / "applied"
    shutil.copytree(applied, folder)
    return CommandLine(f"sqlite:///{folder / 'oncall.db'}", folder)


@pytest.fixture
def both(database_url: str, tmp_path: Path) -> CommandLine:
    """On SQLite and on PostgreSQL."""
    return command_line(database_url, tmp_path)


@pytest.fixture
def bare(tmp_path: Path) -> CommandLine:
    """With no database at all: the file is not there."""
    return CommandLine(f"sqlite:///{tmp_path / 'none.db'}", tmp_path)
