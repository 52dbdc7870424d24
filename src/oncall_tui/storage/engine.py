"""The door to the database: short read transactions, and write transactions that hold the write lock from the start."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from oncall_tui.domain.errors import DatabaseAway, NetworkDisk
from oncall_tui.storage.drivers import sqlite
from oncall_tui.storage.drivers.address import Address, SqliteAddress, read_address
from oncall_tui.storage.drivers.away import Passing, told
from oncall_tui.storage.drivers.direct import Glance, driver
from oncall_tui.storage.drivers.disks import network_file_system
from oncall_tui.storage.looking import Look
from oncall_tui.storage.revision import HEAD, wrong

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine

READ_SECONDS = 5.0

# The last statement of every write transaction: the revision is read where a migration can no longer slip in between.
_REVISION = "SELECT version_num FROM alembic_version"
# PostgreSQL adds one hint a commit, when the transaction has written: commits with a NOTIFY queue behind one lock.
_REVISION_AND_NOTIFY = (
    "SELECT version_num, CASE WHEN pg_current_xact_id_if_assigned() IS NOT NULL"
    " THEN pg_notify('oncall', '') END FROM alembic_version"
)


def open_store(url: str, *, busy_timeout: float = 5.0, any_disk: bool = False) -> Store:
    """The database at `url` (a path, `sqlite:///path` or `postgresql://…`); nothing is opened before its first use.

    `busy_timeout` is how many seconds to wait for a lock or a free connection. Raises NetworkDisk,
    at its first use, for a SQLite file on a network file system unless `any_disk` is said, and Invalid when the address
    makes no sense.
    """
    return Store(read_address(url), busy_timeout=busy_timeout, any_disk=any_disk)


class Store:
    """One database as one process sees it. Safe to share between threads; everything can raise DatabaseAway."""

    def __init__(self, address: Address, *, busy_timeout: float, any_disk: bool = False) -> None:
        self.address = address
        self.dialect = "sqlite" if isinstance(address, SqliteAddress) else "postgresql"
        self.shown = address.shown
        self.busy_timeout = busy_timeout
        self._inside = threading.local()
        self._file: sqlite.Identity | None = None
        self._any_disk = any_disk
        self._making = threading.Lock()
        self._made: tuple[Engine, Engine] | None = None
        self._idle: list[sqlite.Link] = []
        if not isinstance(address, SqliteAddress):
            self._make()

    def __repr__(self) -> str:
        return f"<Store {self.shown}>"

    @contextmanager
    def read(self, *, seconds: float | None = READ_SECONDS) -> Iterator[Connection]:
        """A read transaction on one snapshot (PostgreSQL: one per statement); keep it short, no screen ever holds one.

        On SQLite a statement that still runs after `seconds` is interrupted; PostgreSQL has its own limit of 15 s.
        """
        with self._alone(), told(self.shown):
            self.require_own_file()
            with self._readers.connect() as conn:
                if self.dialect == "sqlite":
                    driver(conn).end_after(seconds)
                with conn.begin():
                    if self.dialect == "sqlite":
                        driver(conn).execute("BEGIN")
                    yield conn

    @contextmanager
    def look(self, *, seconds: float = READ_SECONDS) -> Iterator[Look]:
        """A read transaction for questions in SQL text, as `read` in all else; on SQLite it needs no SQLAlchemy."""
        if not isinstance(self.address, SqliteAddress):
            with self.read(seconds=seconds) as conn:
                yield Look(driver(conn), self.dialect)
            return
        with self._alone(), told(self.shown):
            self.require_own_file()
            with self._borrowed(self.address, seconds) as link:
                link.execute("BEGIN")
                yield Look(link, self.dialect)
                link.execute("COMMIT")

    @contextmanager
    def glance(self, *, seconds: float = READ_SECONDS) -> Iterator[Glance]:
        """A way to ask a few `Question`s, each on its own snapshot, at a third of the cost of a read transaction.

        For loops that look after every commit whether something is due.
        """
        with self._alone(), told(self.shown):
            self.require_own_file()
            if isinstance(self.address, SqliteAddress):
                with self._borrowed(self.address, seconds) as link:
                    yield Glance(self._readers.dialect, link)
                return
            lent = self._readers.raw_connection()
            server: Any = lent.driver_connection
            try:
                server.autocommit = True  # no BEGIN before and no ROLLBACK after it: a third of the round trips
                yield Glance(self._readers.dialect, server)
                server.autocommit = False
            except BaseException:
                lent.invalidate()
                raise
            lent.close()

    @contextmanager
    def write(self, *, patience: float | None = None) -> Iterator[Connection]:
        """A write transaction, committed at the end, rolled back when the block raises.

        On SQLite it is BEGIN IMMEDIATE: what is read inside can't change before the commit. `patience` shortens the
        wait for SQLite's lock. On PostgreSQL a commit that wrote something tells every change feed. WrongRevision, and
        nothing written, when the database has meanwhile been migrated to another revision than this code's.
        """
        with self._alone(), told(self.shown):
            self.require_own_file()
            with self._writers.connect() as conn:
                if self.dialect == "sqlite":
                    driver(conn).wait_for_lock(self.busy_timeout if patience is None else patience)
                with conn.begin() as transaction:
                    if self.dialect == "sqlite":
                        driver(conn).execute("BEGIN IMMEDIATE")
                    yield conn
                    if not transaction.is_active:
                        raise RuntimeError("only the store ends a write transaction")
                    self._commit(conn)

    def ping(self) -> None:
        """Nothing when the database answers, DatabaseAway with the reason when it does not."""
        with self.look() as look:
            look.value("SELECT 1")

    def database_now(self) -> datetime:
        """The database's own clock, UTC: on PostgreSQL the server's, on SQLite this host's (to the millisecond)."""
        with self.look() as look:
            if self.dialect == "postgresql":
                now: datetime = look.value("SELECT clock_timestamp()")
                return now.astimezone(UTC)
            written: str = look.value("SELECT strftime('%Y-%m-%dT%H:%M:%f', 'now')")
            return datetime.fromisoformat(written).replace(tzinfo=UTC)

    def create(self) -> None:
        """Make the empty SQLite file, readable by its owner alone, when there is none. PostgreSQL: nothing."""
        if not isinstance(self.address, SqliteAddress):
            return
        self._on_own_disk(self.address.path)
        try:
            sqlite.create_file(self.address.path)
        except OSError as error:
            raise DatabaseAway(
                f"the database {self.shown} can't be made: {error.strerror}", mend="check the directory's permissions"
            ) from error

    def lone_engine(self, *, busy_timeout: float) -> Engine:
        """An engine of its own without a pool, for a migration; dispose of it after use."""
        if isinstance(self.address, SqliteAddress):
            return sqlite.lone_engine(self.address.path, busy_timeout=busy_timeout)
        from oncall_tui.storage.drivers import postgresql

        return postgresql.lone_engine(self.address.url, busy_timeout=busy_timeout)

    def require_own_file(self) -> None:
        """Nothing while the SQLite file is the one that was used first, else DatabaseAway: another's is left alone."""
        if not isinstance(self.address, SqliteAddress):
            return
        found = sqlite.identity(self.address.path)
        if found is None:
            raise DatabaseAway(
                f"there is no database at {self.shown}", mend="check the path; `oncall db upgrade` makes a new one"
            )
        if self._file is None:
            self._on_own_disk(self.address.path)
            self._file = found
        elif self._file != found:
            # The open connections write into the file that was there before.
            raise DatabaseAway(f"the database {self.shown} was replaced by another file", mend="restart oncall")

    def close(self) -> None:
        """Close every idle connection; the store can still be used and opens new ones."""
        if self._made is not None:
            for engine in self._made:
                engine.dispose()
        while self._idle:
            self._idle.pop().close()

    @property
    def _readers(self) -> Engine:
        return (self._made or self._make())[0]

    @property
    def _writers(self) -> Engine:
        return (self._made or self._make())[1]

    def _make(self) -> tuple[Engine, Engine]:
        """The pools of readers and of writers; made at their first use, since a terminal that only looks needs none."""
        with self._making:
            if self._made is None:
                self._made = _engines(self.address, self.busy_timeout)
            return self._made

    @contextmanager
    def _borrowed(self, address: SqliteAddress, seconds: float) -> Iterator[sqlite.Link]:
        """An idle connection that reads; SQLAlchemy's pool costs more than what is asked on it."""
        try:
            link = self._idle.pop()
        except IndexError:
            link = sqlite.reader(address.path, busy_timeout=self.busy_timeout)
        try:
            link.end_after(seconds)
            yield link
        except BaseException:
            link.close()
            raise
        self._idle.append(link)

    def _commit(self, conn: Connection) -> None:
        statement = _REVISION if self.dialect == "sqlite" else _REVISION_AND_NOTIFY
        found = driver(conn).execute(statement).fetchone()
        if found is None or found[0] != HEAD:
            raise wrong(found and found[0])
        try:
            with told(self.shown):
                conn.commit()
        except Passing as error:
            # The answer to COMMIT is lost: the change may be kept. Nobody may try it again unasked.
            raise DatabaseAway(error.sentence, mend=error.mend, code="outcome_unknown") from error

    @contextmanager
    def _alone(self) -> Iterator[None]:
        # A transaction inside another would wait for its own thread's lock, or read what the outer one has not shown.
        if getattr(self._inside, "busy", False):
            raise RuntimeError("a transaction is open in this thread already: hand its connection down")
        self._inside.busy = True
        try:
            yield
        finally:
            self._inside.busy = False

    def _on_own_disk(self, path: Path) -> None:
        kind = None if self._any_disk else network_file_system(path)
        if kind is not None:
            raise NetworkDisk(
                f"the database {self.shown} lies on {kind}, a network file system: SQLite's locks do not hold there",
                mend="put it on a disk of this host, or use PostgreSQL; ONCALL_ANY_DISK=yes takes the risk",
            )


def _engines(address: Address, busy_timeout: float) -> tuple[Engine, Engine]:
    if isinstance(address, SqliteAddress):
        return (
            sqlite.read_engine(address.path, busy_timeout=busy_timeout),
            sqlite.write_engine(address.path, busy_timeout=busy_timeout),
        )
    from oncall_tui.storage.drivers import postgresql

    writers = postgresql.engine(address.url, busy_timeout=busy_timeout)
    return writers.execution_options(postgresql_readonly=True), writers
