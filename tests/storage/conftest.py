"""Databases for the storage tests: every test that takes one of these runs on SQLite and on PostgreSQL."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from oncall_tui.storage.engine import Store, open_store
from oncall_tui.storage.migrate import upgrade


@pytest.fixture
def database_url(empty_database_url: str) -> str:
    """Here a database starts from nothing: migrating it is what is tested."""
    return empty_database_url


@pytest.fixture
def empty_store(database_url: str) -> Iterator[Store]:
    """A store nobody has upgraded yet; on SQLite not even the file is there."""
    store = open_store(database_url)
    yield store
    store.close()


@pytest.fixture(scope="session")
def upgraded_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An upgraded SQLite database that nobody opens, to copy from."""
    path = tmp_path_factory.mktemp("upgraded") / "oncall.db"
    store = open_store(str(path))
    upgrade(store)
    store.close()
    return path


@pytest.fixture
def store(empty_store: Store, upgraded_file: Path) -> Store:
    """A store at the code's revision."""
    if empty_store.dialect == "sqlite":
        shutil.copy(upgraded_file, empty_store.shown)
    upgrade(empty_store)
    return empty_store
