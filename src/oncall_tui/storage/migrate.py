"""The way from one revision to another. Alembic costs up to 0.9 s to import, so only the functions load it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

from oncall_tui.domain.errors import DatabaseAway, MissingFile, WrongRevision
from oncall_tui.storage.drivers.away import told
from oncall_tui.storage.drivers.direct import driver
from oncall_tui.storage.engine import Store
from oncall_tui.storage.looking import look_of
from oncall_tui.storage.revision import HEAD, REVISIONS, current, found_by, head, require_head, wrong

if TYPE_CHECKING:
    from alembic.config import Config
    from sqlalchemy import Connection

__all__ = ["current", "downgrade", "head", "require_head", "upgrade"]

LOCK_WAIT = 120.0
_LOCK = 0x6F6E63616C6C  # any number that nobody else takes in this database: "oncall" in ASCII

_one_at_a_time = threading.Lock()  # Alembic keeps its context in a global


def upgrade(store: Store) -> None:
    """Bring the database to HEAD, making the SQLite file when there is none; nothing when it is there already.

    One transaction for the whole way: killed at any point, nothing of it stays. Any number of processes may call it at
    once: one migrates, the others wait for it. WrongRevision when the database is newer than this code.
    """

    def run(config: Config) -> None:
        from alembic import command

        command.upgrade(config, HEAD)

    store.create()
    _move(store, run, unless=HEAD)


def downgrade(store: Store, revision: str) -> None:
    """Take the database back to an older revision, or to `base`: everything that is newer in it is lost."""

    def run(config: Config) -> None:
        from alembic import command

        command.downgrade(config, revision)

    _move(store, run, unless=None)


def config_for(connection: Connection) -> Config:
    """Alembic's configuration for this connection; the connection is handed over as it is, never as URL text."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(scripts()).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


def scripts() -> Path:
    """The directory of the migrations: in the installed package, else at the top of the repository."""
    packaged = Path(str(files("oncall_tui"))) / "migrations"
    top = Path(__file__).resolve().parents[3] / "migrations"
    for found in (packaged, top):
        if (found / "env.py").is_file():
            return found
    raise MissingFile("the migrations are not installed with oncall-tui", mend="install oncall-tui again")


def _move(store: Store, run: Callable[[Config], None], *, unless: str | None) -> None:
    engine = store.lone_engine(busy_timeout=LOCK_WAIT)
    try:
        with _one_at_a_time, told(store.shown), engine.connect() as conn:
            if store.dialect == "sqlite":
                _on_sqlite(conn, run, unless)
            else:
                _on_postgresql(conn, run, unless)
    finally:
        engine.dispose()


def _on_sqlite(conn: Connection, run: Callable[[Config], None], unless: str | None) -> None:
    link = driver(conn)
    # A batch migration drops and renames tables: with foreign keys on, that would delete their children. The pragma is
    # ignored inside a transaction.
    link.execute("PRAGMA foreign_keys=OFF")
    link.execute("BEGIN IMMEDIATE")
    with conn.begin():
        if not _needed(conn, unless):
            return
        run(config_for(conn))
        broken = link.execute("PRAGMA foreign_key_check").fetchall()
        if broken:
            raise DatabaseAway(
                f"the migration would leave {len(broken)} rows without their parents, first in table {broken[0][0]}",
                mend="nothing was changed; restore a backup or report this",
                code="broken_references",
            )


def _on_postgresql(conn: Connection, run: Callable[[Config], None], unless: str | None) -> None:
    with conn.begin():
        conn.exec_driver_sql(f"SET LOCAL lock_timeout = '{LOCK_WAIT:.0f}s'")
        conn.exec_driver_sql("SET LOCAL statement_timeout = 0")
        conn.exec_driver_sql("SET LOCAL idle_in_transaction_session_timeout = 0")
        conn.exec_driver_sql("SELECT pg_advisory_xact_lock(%(key)s)", {"key": _LOCK})
        if _needed(conn, unless):
            run(config_for(conn))


def _needed(conn: Connection, unless: str | None) -> bool:
    found = found_by(look_of(conn))
    if found is not None and found not in REVISIONS:
        raise wrong(found)
    if found is None:
        _refuse_what_others_made(conn)
    return unless is None or found != unless


def _refuse_what_others_made(conn: Connection) -> None:
    """Raise WrongRevision for another program's SQLite file, or where a table of ours would meet one of that name."""
    from sqlalchemy import inspect

    from oncall_tui.storage.tables import metadata

    others = set(inspect(conn).get_table_names()) - {"alembic_version"}
    if conn.dialect.name != "sqlite":
        others &= set(metadata.tables)
    if others:
        named = ", ".join(sorted(others)[:3])
        raise WrongRevision(
            f"the database holds {len(others)} tables that oncall-tui did not make, like {named}",
            mend="name another database with --database",
        )
