"""Which revision the database has, and which one this code needs. Loads neither Alembic nor SQLAlchemy."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import Protocol

from oncall_tui.domain.errors import WrongRevision
from oncall_tui.storage.looking import Look


class Readable(Protocol):
    """What can be looked into: a Store."""

    def look(self) -> AbstractContextManager[Look]: ...


REVISIONS = (
    "0001",
    "0002",
    "0003",
    "0004",
    "0005",
    "0006",
    "0007",
    "0008",
    "0009",
    "0010",
    "0011",
    "0012",
    "0013",
    "0014",
    "0015",
)
"""Every revision, oldest first; a test holds it equal to the chain in migrations/."""

HEAD = REVISIONS[-1]


def head() -> str:
    """The revision this code needs."""
    return HEAD


def current(store: Readable) -> str | None:
    """The revision the database has; None when it has no tables of ours."""
    with store.look() as look:
        return found_by(look)


def found_by(look: Look) -> str | None:
    """The same through an open connection."""
    known = (
        "SELECT to_regclass('alembic_version') IS NOT NULL"
        if look.dialect == "postgresql"
        else "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = 'alembic_version'"
    )
    if not look.value(known):
        return None
    found: str | None = look.value("SELECT version_num FROM alembic_version")
    return found


def require_head(store: Readable) -> None:
    """Nothing when the database fits this code; else WrongRevision, naming the command that mends it."""
    found = current(store)
    if found != HEAD:
        raise wrong(found)


def wrong(found: str | None) -> WrongRevision:
    """The refusal of a database at this revision, with the mend."""
    if found is None:
        return WrongRevision("the database has no tables yet", mend="run `oncall db upgrade`")
    if found in REVISIONS:
        return WrongRevision(
            f"the database is at revision {found}, this oncall-tui needs {HEAD}", mend="run `oncall db upgrade`"
        )
    return WrongRevision(
        f"the database is at revision {found}, which is newer than this oncall-tui knows ({HEAD})",
        mend="upgrade oncall-tui",
    )
