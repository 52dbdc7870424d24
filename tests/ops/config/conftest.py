"""A database with nothing configured, and the config file that the tests start from."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.house import House

NOTHING = "version: 1\n"


@pytest.fixture
def house(database_url: str, tmp_path: Path) -> Iterator[House]:
    """An empty directory, once on each database."""
    with House(database_url, NOTHING, tmp_path) as made:
        yield made


@pytest.fixture
def sqlite_house(sqlite_url: str, tmp_path: Path) -> Iterator[House]:
    """An empty directory on SQLite alone, for what does not depend on the database."""
    with House(sqlite_url, NOTHING, tmp_path) as made:
        yield made
