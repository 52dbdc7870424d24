"""Below SQLAlchemy: the driver's own connection, for the few paths that must be fast."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from typing import TYPE_CHECKING, Any

from oncall_tui.storage.looking import Look

if TYPE_CHECKING:
    from sqlalchemy import Connection, Dialect


class Glance:
    """A driver's connection to ask questions on, without a transaction."""

    __slots__ = ("_link", "dialect")

    def __init__(self, dialect: Dialect, link: Any) -> None:
        self.dialect = dialect
        self._link = link

    def exec_driver_sql(self, sql: str, given: Any) -> Any:
        """The driver's own cursor over the rows."""
        return self._link.execute(sql, given)

    @property
    def look(self) -> Look:
        """The same for questions in SQL text."""
        return Look(self._link, self.dialect.name)


def driver(conn: Connection) -> Any:
    """The driver's own connection below SQLAlchemy's (sqlite3 or psycopg), for the few paths that must be fast."""
    return conn.connection.driver_connection


def in_one_go(conn: Connection) -> AbstractContextManager[object]:
    """What drivers are told inside goes to PostgreSQL without waiting for answers; errors come at the end at latest.

    For statements of `bulk` and for `Question`s alone: SQLAlchemy itself would look for answers that are not there yet.
    """
    if conn.dialect.name != "postgresql":
        return nullcontext()
    link = driver(conn)
    if link.pgconn.pipeline_status:
        return nullcontext()  # inside another: psycopg would wait at the beginning and at the end of this one, too
    made: AbstractContextManager[object] = link.pipeline()
    return made


def usable(conn: Connection) -> bool:
    """Whether the transaction survived an error: a full disk ends it on SQLite, a lost connection on PostgreSQL."""
    if conn.invalidated:
        return False
    link = driver(conn)
    return bool(link.in_transaction) if hasattr(link, "in_transaction") else not link.closed
