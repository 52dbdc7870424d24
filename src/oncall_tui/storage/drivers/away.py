"""Which driver errors mean that the database is away, and how that is said to a human."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from oncall_tui.domain.errors import DatabaseAway
from oncall_tui.storage.values import clean

# Primary result codes, https://www.sqlite.org/rescode.html
_SQLITE = {
    3: ("may not be opened", "check the permissions of the file and its directory"),
    5: ("is locked by another process", "try again; if it stays so, see who holds the file open"),
    6: ("is locked by another connection", "try again"),
    7: ("ran out of memory", "free some memory"),
    8: ("can't be written to", "check the permissions of the file and its directory"),
    9: ("took too long to answer", "try again"),
    10: ("has a disk that reports errors", "check the disk"),
    11: ("is damaged", "restore the last backup"),
    13: ("has no room left on its disk", "free some space"),
    14: ("can't be opened", "check the path and its permissions; `oncall db upgrade` makes a new one"),
    15: ("is locked by another process", "try again"),
    23: ("may not be opened", "check the permissions of the file and its directory"),
    26: ("is not a database", "check the path"),
}
_BUSY = frozenset({5, 6, 15})

# SQLSTATE classes and codes, PostgreSQL manual, appendix A.
_POSTGRES_CLASSES = {
    "08": "lost the connection",
    "28": "refuses the user or the password",
    "3D": "does not exist",
    "53": "has no resources left",
    "57": "is shutting down or took too long",
    "58": "reports a system error",
    "XX": "reports an internal error",
}
_POSTGRES_CODES = {
    "55P03": "is locked by another process",
    "25P03": "closed an idle transaction",
    "25006": "is a standby, which takes no writes",
}
_PASSING = frozenset({"40001", "40P01"})


class Passing(DatabaseAway):
    """Away for a moment and nothing was done: the same transaction may be tried again at once."""


def away(error: BaseException, shown: str) -> DatabaseAway | None:
    """What to tell a human when this error means that the database is away; None when it is our own mistake."""
    if isinstance(error, DatabaseAway):
        return error
    cause: BaseException | None = error
    if type(error).__module__ == "sqlalchemy.exc":  # whoever raised it has loaded it: readers of SQL text do without
        from sqlalchemy import exc

        if isinstance(error, exc.TimeoutError):
            return Passing(f"every connection to {shown} is busy", mend="try again")
        cause = error.orig if isinstance(error, exc.DBAPIError) else error
    if isinstance(cause, sqlite3.Error):
        return _sqlite_away(cause, shown)
    if type(cause).__module__.partition(".")[0] == "psycopg":
        return _postgres_away(cause, shown)
    return None


class Conflict(Passing):
    """Another transaction crossed this one, which was rolled back: a deadlock, or a serialization failure."""


@contextmanager
def told(shown: str) -> Iterator[None]:
    """Turn driver errors that mean "away" into DatabaseAway; everything else passes unchanged."""
    try:
        yield
    except Exception as error:
        told_as = away(error, shown)
        if told_as is None or told_as is error:
            raise
        raise told_as from error


def _sqlite_away(error: sqlite3.Error, shown: str) -> DatabaseAway | None:
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if code not in _SQLITE:
        return None
    what, mend = _SQLITE[code]
    kind = Passing if code in _BUSY else DatabaseAway
    return kind(f"the database {shown} {what}", mend=mend)


def _postgres_away(error: Any, shown: str) -> DatabaseAway | None:
    state: str | None = getattr(error, "sqlstate", None)
    if state is None:
        # Without a code the server never answered: psycopg raises OperationalError for a connection that failed.
        if type(error).__name__ in ("OperationalError", "ConnectionTimeout", "InterfaceError"):
            said = clean(str(error)).strip().splitlines()
            why = f": {said[0]}" if said else ""
            return Passing(
                f"the database {shown} does not answer{why}", mend="check that PostgreSQL runs and is reachable"
            )
        return None
    if state in _PASSING:
        return Conflict(f"the database {shown} was busy with a conflicting change", mend="try again")
    what = _POSTGRES_CODES.get(state) or _POSTGRES_CLASSES.get(state[:2])
    if what is None:
        return None
    kind = Passing if state[:2] in ("08", "57") and state != "57014" else DatabaseAway
    return kind(f"the database {shown} {what}", mend="try again, or ask who runs PostgreSQL")
