"""PostgreSQL databases that one test after another uses.

To make one and drop it costs the server 160 ms of a processor, to empty it 10. Only what a test gave back as it was
handed out, apart from rows, is used again: nobody connected, no table, index or setting touched, little dead weight.
"""

from __future__ import annotations

import time
from typing import Any

import psycopg
from psycopg import sql

from tests.support import postgres

PATIENCE = 0.25  # seconds for the backends of closed connections to go away
_GROWTH = 2 * 1024 * 1024  # bytes that deleted rows may take up

_OTHERS = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
_OURS = 16384  # the first object identifier that is not PostgreSQL's own
# Every change of a catalog's row gives it another xmin; ANALYZE and VACUUM write their figures in place.
_SHAPE = " UNION ALL ".join(
    f"SELECT '{catalog}', count(*), coalesce(sum(xmin::text::bigint), 0), {figures} FROM {catalog} WHERE {which}"
    for catalog, which, figures in (
        ("pg_class", f"oid >= {_OURS}", "coalesce(sum(relpages + reltuples), 0)"),
        ("pg_attribute", f"attrelid >= {_OURS}", "0"),
        ("pg_attrdef", f"oid >= {_OURS}", "0"),
        ("pg_index", f"indexrelid >= {_OURS}", "0"),
        ("pg_constraint", f"oid >= {_OURS}", "0"),
        ("pg_trigger", f"oid >= {_OURS}", "0"),
        ("pg_proc", f"oid >= {_OURS}", "0"),
        ("pg_type", f"oid >= {_OURS}", "0"),
        ("pg_namespace", "true", "0"),
        ("pg_extension", "true", "0"),
        ("pg_statistic", f"starelid >= {_OURS}", "0"),
        ("pg_db_role_setting", "setdatabase = (SELECT oid FROM pg_database WHERE datname = current_database())", "0"),
        ("alembic_version", "true", "0"),
    )
)
_SIZE = f"SELECT coalesce(sum(pg_relation_size(oid)), 0) FROM pg_class WHERE oid >= {_OURS}"
_TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'alembic_version'"
_SEQUENCES = "SELECT sequencename FROM pg_sequences WHERE schemaname = 'public'"


class Shelf:
    """The databases that this process has made. It stays connected to each: to connect costs more than to empty."""

    def __init__(self, server_url: str) -> None:
        self._server_url = server_url
        self._free: list[str] = []
        self._links: dict[str, psycopg.Connection[Any]] = {}
        self._shape: list[Any] = []
        self._size = 0
        self._emptying = sql.Composed([])

    def take(self) -> str:
        """A database at the code's revision without a row in it; its address."""
        if self._free:
            return self._free.pop()
        url = postgres.make_database(self._server_url, postgres.TEMPLATE)
        link = self._links[url] = psycopg.connect(url, autocommit=True)
        link.execute("SET session_replication_role = replica")  # where rows are deleted, no references are followed
        if not self._shape:
            self._learn(link)
        return url

    def give_back(self, url: str) -> None:
        """Empty the database for the next one, or remove it when it is no longer what was taken."""
        link = self._links[url]
        try:
            fit = _alone(link) and self._as_made(link)
            if fit:
                link.execute(self._emptying)
        except psycopg.Error:  # gone, or closed to us: a test's own doing
            fit = False
        if fit:
            self._free.append(url)
        else:
            self._remove(url)

    def clear(self) -> None:
        """Remove them all."""
        while self._free:
            self._remove(self._free.pop())

    def _remove(self, url: str) -> None:
        self._links.pop(url).close()
        postgres.drop_database(self._server_url, url)

    def _learn(self, link: psycopg.Connection[Any]) -> None:
        self._shape, self._size = link.execute(_SHAPE).fetchall(), _first(link, _SIZE)
        tables = [sql.Identifier(name) for (name,) in link.execute(_TABLES)]
        sequences = [sql.Literal(name) for (name,) in link.execute(_SEQUENCES)]
        self._emptying = sql.SQL("; ").join(
            [
                *(sql.SQL("DELETE FROM {}").format(name) for name in tables),
                *(sql.SQL("SELECT setval({}, 1, false)").format(name) for name in sequences),
            ]
        )

    def _as_made(self, link: psycopg.Connection[Any]) -> bool:
        return link.execute(_SHAPE).fetchall() == self._shape and _first(link, _SIZE) <= self._size + _GROWTH


def _alone(link: psycopg.Connection[Any]) -> bool:
    end = time.monotonic() + PATIENCE
    while _first(link, _OTHERS):
        if time.monotonic() > end:
            return False
        time.sleep(0.002)
    return True


def _first(link: psycopg.Connection[Any], query: str) -> int:
    row = link.execute(query).fetchone()
    assert row is not None
    return int(row[0])
