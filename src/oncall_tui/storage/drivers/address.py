"""Where the database is, read from what a human wrote."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from oncall_tui.domain.errors import Invalid

_MEND = "write a file path, sqlite:///path/to/oncall.db or postgresql://user@host/name"


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """A database's place: `path` on SQLite, `url` on PostgreSQL. `shown` bears no password."""

    dialect: str
    shown: str
    path: Path | None = None
    url: URL | None = None


def read_address(text: str) -> Address:
    """The address a text names: a bare path, `sqlite:///path` or `postgresql://…`. Invalid when it is none of these."""
    if "://" not in text:
        return _sqlite(text)
    try:
        url = make_url(text)
    except ArgumentError:
        # The text may hold a password: it is not repeated.
        raise Invalid("the database address can't be read", mend=_MEND, path="database") from None
    scheme = url.drivername.partition("+")[0]
    if scheme == "sqlite":
        return _sqlite(url.database or "")
    if scheme in ("postgresql", "postgres"):
        url = url.set(drivername="postgresql+psycopg")
        return Address(dialect="postgresql", shown=url.set(drivername="postgresql").render_as_string(), url=url)
    raise Invalid(f"{scheme} databases are not supported", mend=_MEND, path="database")


def _sqlite(text: str) -> Address:
    if not text or text == ":memory:" or text.startswith("file:"):
        raise Invalid("a database file is needed", mend=_MEND, path="database")
    path = Path(text).expanduser().absolute()
    return Address(dialect="sqlite", shown=str(path), path=path)
