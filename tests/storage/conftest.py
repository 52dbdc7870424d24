"""Stores for the storage tests; `store` and `empty_store` run a test on SQLite and on PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

import pytest

from oncall_tui.storage.engine import Store, open_store


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    """A store at the code's revision."""
    with closing(open_store(database_url)) as opened:
        yield opened


@pytest.fixture
def empty_store(empty_database_url: str) -> Iterator[Store]:
    """A store nobody has upgraded yet; on SQLite not even the file is there."""
    with closing(open_store(empty_database_url)) as opened:
        yield opened


@pytest.fixture
def file_store(sqlite_url: str) -> Iterator[Store]:
    """A store at the code's revision in a file."""
    with closing(open_store(sqlite_url)) as opened:
        yield opened


@pytest.fixture
def server_store(postgres_url: str) -> Iterator[Store]:
    """A store at the code's revision on a server."""
    with closing(open_store(postgres_url)) as opened:
        yield opened
