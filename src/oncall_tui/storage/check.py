"""Whether a database is sound: the code's revision and tables, no damage, no dangling reference."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, text

from oncall_tui.storage.engine import Store
from oncall_tui.storage.looking import look_of
from oncall_tui.storage.revision import HEAD, found_by, wrong
from oncall_tui.storage.tables import metadata


def check(store: Store) -> tuple[str, ...]:
    """What is wrong with the database, a sentence each; empty when it is sound. Reads the whole file on SQLite."""
    with store.read(seconds=None) as conn:
        if (found := found_by(look_of(conn))) != HEAD:
            error = wrong(found)
            return (f"{error.sentence}: {error.mend}",)
        return (*_damage(conn), *_differences(conn))


def _damage(conn: Connection) -> list[str]:
    if conn.dialect.name != "sqlite":
        return []
    said = [line for line in conn.execute(text("PRAGMA integrity_check")).scalars() if line != "ok"]
    dangling = conn.execute(text("PRAGMA foreign_key_check")).all()
    return [
        *(f"the file is damaged: {line}" for line in said),
        *(f"row {row[1]} of {row[0]} refers to a row of {row[2]} that is not there" for row in dangling),
    ]


def _differences(conn: Connection) -> list[str]:
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    context = MigrationContext.configure(conn, opts={"compare_type": True, "compare_server_default": True})
    return [f"the tables differ from this code's: {_said(found)}" for found in compare_metadata(context, metadata)]


def _said(difference: Any) -> str:
    """Alembic's difference in words: an operation's name and the names of what it is about."""
    if isinstance(difference, list):
        return ", ".join(_said(one) for one in difference)
    operation, *objects = difference
    names = [
        str(getattr(thing, "name", thing)) for thing in objects if isinstance(thing, str) or hasattr(thing, "name")
    ]
    return " ".join((operation.replace("_", " "), *names))
