"""Databases with a config in them, kept to copy: applying it was half of what a test on a database cost.

Only an untouched database is furnished so, the one that every test gets; what a test does to its copy is its own.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from oncall_tui.storage.cipher import KEY_SUFFIX

_MOST = 100  # files of some 500 KiB
_kept: dict[tuple[bytes, str, datetime], _File | _Rows] = {}

_TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'alembic_version'"
_SEQUENCES = "SELECT sequencename, last_value FROM pg_sequences WHERE schemaname = 'public' AND last_value IS NOT NULL"


@dataclass(frozen=True, slots=True)
class _File:
    """A SQLite file, and the key beside it."""

    content: bytes
    key: bytes | None

    def put(self, url: str) -> None:
        path = _path(url)
        path.write_bytes(self.content)
        if self.key is not None:
            _key(path).touch(0o600)
            _key(path).write_bytes(self.key)


@dataclass(frozen=True, slots=True)
class _Rows:
    """The rows of a PostgreSQL database by table, as COPY writes them, and how far its sequences are."""

    tables: dict[str, bytes]
    sequences: list[tuple[str, int]]

    def put(self, url: str) -> None:
        with psycopg.connect(url) as link:
            link.execute("SET session_replication_role = replica")  # the order of tables is nobody's concern
            for table, rows in self.tables.items():
                with link.cursor().copy(sql.SQL("COPY {} FROM STDIN").format(sql.Identifier(table))) as into:
                    into.write(rows)
            for sequence in self.sequences:
                link.execute("SELECT setval(%s::regclass, %s)", sequence)


def furnish(url: str, config: str, at: datetime, apply: Callable[[], None]) -> None:
    """Let `config` be in the database as `apply` brings it there at this instant; `apply` closes what it opens."""
    untouched = _untouched(url)
    if untouched is None:
        apply()
        return
    asked = untouched, config, at
    known = _kept.get(asked)
    if known is not None:
        known.put(url)
        return
    apply()
    made = _taken(url)
    if made is not None:
        if len(_kept) >= _MOST:
            _kept.pop(next(iter(_kept)))
        _kept[asked] = made


def _untouched(url: str) -> bytes | None:
    """What tells one untouched database from another; None when something is in it, or its file is open."""
    if url.startswith("postgresql"):
        with psycopg.connect(url) as link:
            return None if _with_rows(link) else b"postgresql"
    path = _path(url)
    return hashlib.sha256(path.read_bytes()).digest() if _is_closed(path) and not _key(path).exists() else None


def _taken(url: str) -> _File | _Rows | None:
    if url.startswith("postgresql"):
        with psycopg.connect(url) as link:
            tables = {table: _copied(link, table) for table in _with_rows(link)}
            return _Rows(tables, link.execute(_SEQUENCES).fetchall())
    path = _path(url)
    if not _is_closed(path):
        return None
    return _File(path.read_bytes(), _key(path).read_bytes() if _key(path).exists() else None)


def _with_rows(link: psycopg.Connection[Any]) -> list[str]:
    """The tables that are not empty."""
    names = [name for (name,) in link.execute(_TABLES)]
    asked = [
        sql.SQL("SELECT {} WHERE EXISTS (SELECT FROM {})").format(sql.Literal(name), sql.Identifier(name))
        for name in names
    ]
    return [name for (name,) in link.execute(sql.SQL(" UNION ALL ").join(asked))] if asked else []


def _copied(link: psycopg.Connection[Any], table: str) -> bytes:
    with link.cursor().copy(sql.SQL("COPY {} TO STDOUT").format(sql.Identifier(table))) as out:
        return b"".join(bytes(piece) for piece in out)


def _path(url: str) -> Path:
    return Path(url.removeprefix("sqlite:///"))


def _key(path: Path) -> Path:
    return path.with_name(path.name + KEY_SUFFIX)


def _is_closed(path: Path) -> bool:
    """Whether all that is in the database is in its file."""
    return path.exists() and not any(path.with_name(path.name + suffix).exists() for suffix in ("-wal", "-journal"))
