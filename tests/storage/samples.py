"""One row in every table, whatever the tables are at this revision: for upgrades that must lose none."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Column, Connection, MetaData, delete, func, insert, inspect, select, text

from oncall_tui.storage.engine import Store
from oncall_tui.storage.tables import metadata

BY_TYPE = {int: 1, str: "1", bool: True, float: 1.5, datetime: datetime(2026, 1, 5, 9, 0, 0, 123456, UTC)}


def fill_every_table(store: Store) -> None:
    """Insert one row into each table, children after their parents, every column set, references to row 1."""
    with _opened(store) as conn:
        # As the database itself describes them: at an older revision the code's tables would not fit.
        found = MetaData()
        found.reflect(conn, only=_names(conn))
        for table in found.sorted_tables:
            values = {column.name: _sample(column) for column in table.columns}
            if table.name == "policy_targets":  # exactly one of the four
                values |= {"schedule_id": None, "team_id": None, "channel_id": None}
            conn.execute(insert(table).values(**values))


def empty_every_table(store: Store) -> None:
    """Delete every row of a database at the code's revision, children before their parents."""
    with _opened(store) as conn:
        for table in reversed(metadata.sorted_tables):
            conn.execute(delete(table))


def count_rows(store: Store) -> dict[str, int]:
    """How many rows each table has."""
    with _opened(store) as conn:
        return {name: conn.execute(select(func.count()).select_from(text(name))).scalar_one() for name in _names(conn)}


def _sample(column: Column[Any]) -> Any:
    return BY_TYPE[column.type.python_type]


def _names(conn: Connection) -> list[str]:
    return [name for name in inspect(conn).get_table_names() if name != "alembic_version"]


@contextmanager
def _opened(store: Store) -> Iterator[Connection]:
    engine = store.lone_engine(busy_timeout=5)
    with engine.connect() as conn, conn.begin():
        yield conn
    engine.dispose()
