"""Where the database is, read from what a human wrote."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from oncall_tui.domain.errors import Invalid

_MEND = "write a file path, sqlite:///path/to/oncall.db or postgresql://user@host/name"


@dataclass(frozen=True, slots=True)
class SqliteAddress:
    """A database in a file."""

    path: Path

    @property
    def shown(self) -> str:
        """The address for human eyes."""
        return str(self.path)


@dataclass(frozen=True, slots=True)
class PostgresAddress:
    """A database on a server. `url` is for SQLAlchemy and holds the password."""

    url: URL = field(repr=False)

    @property
    def shown(self) -> str:
        """The address for human eyes, without its password."""
        return self.url.set(drivername="postgresql", query={}).render_as_string()

    @property
    def conninfo(self) -> str:
        """The address for psycopg itself, password and all."""
        plain = self.url.set(drivername="postgresql").difference_update_query(["options"])
        return plain.render_as_string(hide_password=False)


Address = SqliteAddress | PostgresAddress


def read_address(text: str) -> Address:
    """The address a text names: a bare path, `sqlite:///path` or `postgresql://…`. Invalid when it is none of these."""
    if "://" not in text:
        return _sqlite(text)
    try:
        url = make_url(text)
    except (ArgumentError, ValueError):
        # The text may hold a password: it is not repeated.
        raise Invalid("the database address can't be read", mend=_MEND, path="database") from None
    scheme = url.drivername.partition("+")[0]
    if scheme == "sqlite":
        return _sqlite(url.database or "")
    if scheme in ("postgresql", "postgres"):
        return PostgresAddress(url.set(drivername="postgresql+psycopg"))
    raise Invalid(f"{scheme} databases are not supported", mend=_MEND, path="database")


def _sqlite(text: str) -> SqliteAddress:
    if not text or text == ":memory:" or text.startswith("file:"):
        raise Invalid("a database file is needed", mend=_MEND, path="database")
    return SqliteAddress(Path(text).expanduser().absolute())
