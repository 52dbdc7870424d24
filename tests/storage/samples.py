"""One row in every table, whatever the tables are: for upgrades that must lose none."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Boolean, Column, MetaData, func, insert, inspect, select
from sqlalchemy.types import Double, Integer

from oncall_tui.storage.engine import Store
from oncall_tui.storage.tables import metadata
from oncall_tui.storage.types import Instant, Json

MOMENT = datetime(2026, 1, 5, 9, 0, 0, 123456, UTC)


def fill_every_table(store: Store) -> None:
    """Insert one row into each table, children after their parents, every column set."""
    with store.write() as conn:
        for table in metadata.sorted_tables:
            values = {column.name: sample(column) for column in table.columns}
            if table.name == "policy_targets":  # exactly one of the four
                values |= {"schedule_id": None, "team_id": None, "channel_id": None}
            conn.execute(insert(table).values(**values))


def sample(column: Column[Any]) -> Any:
    """A value that fits the column; references all point at row 1."""
    if isinstance(column.type, Instant):
        return MOMENT
    if isinstance(column.type, Json):
        return {"a": [1, "é"]}
    if isinstance(column.type, Boolean):
        return True
    if isinstance(column.type, Double):
        return 1.5
    if column.foreign_keys or isinstance(column.type, Integer) or column.name in ("id", "number"):
        return 1 if column.type.python_type is int else "1"
    return "1"


def count_rows(store: Store) -> dict[str, int]:
    """How many rows each table of ours has, by the database's own list of tables."""
    with store.read() as conn:
        found = MetaData()
        found.reflect(conn, only=[name for name in inspect(conn).get_table_names() if name != "alembic_version"])
        return {
            table.name: conn.execute(select(func.count()).select_from(table)).scalar_one()
            for table in found.sorted_tables
        }
