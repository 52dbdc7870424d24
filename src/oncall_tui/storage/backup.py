"""A copy of the SQLite database as it is at one instant, made while others write."""

from __future__ import annotations

import os
import sqlite3
import tempfile
from contextlib import closing
from pathlib import Path

from oncall_tui.domain.errors import Invalid, OncallError, Refused
from oncall_tui.storage.drivers import sqlite
from oncall_tui.storage.drivers.address import SqliteAddress
from oncall_tui.storage.drivers.away import told
from oncall_tui.storage.engine import Store

_FREE_DISK = "check the folder's permissions and its free space"


def back_up(store: Store, copy: Path) -> int:
    """Copy the database into a new file for its owner alone, there when it is whole and on disk; its size in bytes.

    The copy is one snapshot: writers go on meanwhile, and what they commit is not in it
    (https://www.sqlite.org/backup.html). Raises Refused for a server, Invalid for a file that is there or can't be
    made, DatabaseAway, and OncallError when what was copied is damaged.
    """
    address = store.address
    if not isinstance(address, SqliteAddress):
        raise Refused("a PostgreSQL database is backed up by its own tools", mend="pg_dump --format=custom")
    if copy.exists():
        raise Invalid(f"{copy} is there already", mend="give another name, or move it away", path="file")
    store.ping()
    try:
        handle, name = tempfile.mkstemp(prefix=f".{copy.name}.", dir=copy.parent)
        draft = Path(name)
        try:
            _copy(address.path, store, draft)
            os.fsync(handle)
            size = draft.stat().st_size
            draft.replace(copy)
            _sync(copy.parent)
        finally:
            os.close(handle)
            draft.unlink(missing_ok=True)
    except OSError as error:
        raise Invalid(f"{copy} can't be made: {error.strerror}", mend=_FREE_DISK, path="file") from error
    return size


def _copy(source: Path, store: Store, draft: Path) -> None:
    with (
        told(store.shown),
        closing(sqlite3.connect(draft, isolation_level=None)) as made,
        closing(sqlite.reader(source, busy_timeout=store.busy_timeout)) as read,
    ):
        try:
            # All pages in one step: a step that comes after somebody's commit would have to begin anew.
            read.backup(made)
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode in (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR_WRITE):
                raise Invalid(f"the copy can't be written: {error}", mend=_FREE_DISK, path="file") from error
            raise
        found = made.execute("PRAGMA quick_check").fetchone()[0]
        if found != "ok":
            raise OncallError(f"the copy of {store.shown} is damaged: {found}", mend="oncall db check", code="unsound")


def _sync(folder: Path) -> None:
    """Have the new name on disk as well."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
