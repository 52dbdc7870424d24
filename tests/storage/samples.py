"""One row in every table, whatever the tables are at this revision: for upgrades that must lose none."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Column, Connection, MetaData, func, insert, inspect, select

from oncall_tui.storage.engine import Store

BY_TYPE = {int: 1, str: "1", bool: True, float: 1.5, datetime: datetime(2026, 1, 5, 9, 0, 0, 123456, UTC)}


def fill_every_table(store: Store) -> None:
    """Insert one row into each table, children after their parents, every column set, references to row 1."""
    with _opened(store) as (conn, tables):
        for table in tables.sorted_tables:
            values = {column.name: _sample(column) for column in table.columns}
            if table.name == "policy_targets":  # exactly one of the four
                values |= {"schedule_id": None, "team_id": None, "channel_id": None}
            conn.execute(insert(table).values(**values))


def count_rows(store: Store) -> dict[str, int]:
    """How many rows each table has."""
    with _opened(store) as (conn, tables):
        return {
            table.name: conn.execute(select(func.count()).select_from(table)).scalar_one()
            for table in tables.sorted_tables
        }


def _sample(column: Column[Any]) -> Any:
    return BY_TYPE[column.type.python_type]


@contextmanager
def _opened(store: Store) -> Iterator[tuple[Connection, MetaData]]:
    """The tables as the database itself describes them: at an older revision the code's would not fit."""
    engine = store.lone_engine(busy_timeout=5)
    with engine.connect() as conn, conn.begin():
        found = MetaData()
        found.reflect(conn, only=[name for name in inspect(conn).get_table_names() if name != "alembic_version"])
        yield conn, found
    engine.dispose()
