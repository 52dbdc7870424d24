"""Transactions: the write lock from the first statement, refusals of misuse, and a database that goes away."""

from __future__ import annotations

import shutil
import sqlite3
import sys
import threading
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import psycopg.conninfo
import pytest
from sqlalchemy import Connection, insert, select, text, update
from sqlalchemy.exc import DBAPIError

from oncall_tui.domain.errors import DatabaseAway, Invalid, Unavailable
from oncall_tui.storage.drivers import sqlite
from oncall_tui.storage.drivers.address import PostgresAddress, read_address
from oncall_tui.storage.drivers.away import Conflict, Passing, away
from oncall_tui.storage.drivers.direct import driver
from oncall_tui.storage.engine import Store, open_store
from oncall_tui.storage.migrate import upgrade
from oncall_tui.storage.tables import meta, policies


def value_of(conn: Connection, key: str) -> str | None:
    return conn.execute(select(meta.c.value).where(meta.c.key == key)).scalar_one_or_none()


def set_value(conn: Connection, key: str, value: str) -> None:
    conn.execute(insert(meta).values(key=key, value=value))


def write_and_fail(store: Store) -> None:
    with store.write() as conn:
        set_value(conn, "lost", "1")
        raise ZeroDivisionError


def path_of(store: Store) -> Path:
    return Path(store.shown)


def test_a_write_is_kept_and_a_failed_one_is_not(store: Store) -> None:
    with store.write() as conn:
        set_value(conn, "kept", "1")
    with pytest.raises(ZeroDivisionError):
        write_and_fail(store)
    with store.read() as conn:
        assert value_of(conn, "kept") == "1"
        assert value_of(conn, "lost") is None


def test_read_then_write_of_many_threads_loses_no_change(store: Store) -> None:
    with store.write() as conn:
        set_value(conn, "count", "0")

    def count() -> None:
        for _ in range(25):
            with store.write() as conn:
                locked = select(meta.c.value).where(meta.c.key == "count").with_for_update()
                seen = int(conn.execute(locked).scalar_one())
                conn.execute(update(meta).where(meta.c.key == "count").values(value=str(seen + 1)))

    threads = [threading.Thread(target=count) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with store.read() as conn:
        assert value_of(conn, "count") == "100"


def test_a_write_transaction_holds_sqlites_lock_before_its_first_statement(file_store: Store) -> None:
    with (
        file_store.write(),
        closing(sqlite3.connect(file_store.shown, timeout=0)) as other,
        pytest.raises(sqlite3.OperationalError, match="locked"),
    ):
        other.execute("BEGIN IMMEDIATE")


def test_a_transaction_inside_another_is_refused_at_once(store: Store) -> None:
    with store.write(), pytest.raises(RuntimeError, match="open in this thread"), store.write():
        pass
    with store.read(), pytest.raises(RuntimeError, match="open in this thread"), store.write():
        pass
    with store.write():
        pass  # and the store is usable afterwards


def test_nobody_else_ends_a_write_transaction(store: Store) -> None:
    with pytest.raises(RuntimeError, match="only the store"), store.write() as conn:
        conn.commit()


def test_a_reader_can_not_write(store: Store) -> None:
    with pytest.raises((DBAPIError, DatabaseAway)), store.read() as conn:
        set_value(conn, "sneaked", "1")
    with store.read() as conn:
        assert value_of(conn, "sneaked") is None


def test_foreign_keys_hold_on_both(store: Store) -> None:
    with pytest.raises(DBAPIError, match=r"(?i)foreign key"), store.write() as conn:
        conn.execute(
            text("INSERT INTO policy_steps (policy_id, position, delay_seconds) VALUES (:gone, 0, 60)"), {"gone": 4711}
        )


def test_a_mistake_in_sql_is_not_called_an_absent_database(store: Store) -> None:
    with pytest.raises(DBAPIError), store.read() as conn:
        conn.execute(text("SELECT nothing FROM nowhere"))


def test_every_connection_is_durable_and_checks_references(file_store: Store) -> None:
    with file_store.write() as conn:
        link = driver(conn)
        pragmas = {name: link.execute(f"PRAGMA {name}").fetchone()[0] for name in ("synchronous", "journal_mode")}
        assert pragmas == {"synchronous": 2, "journal_mode": "wal"}
        assert link.execute("PRAGMA foreign_keys").fetchone()[0] == 1


def test_every_connection_to_a_server_is_durable_and_compiles_nothing(server_store: Store) -> None:
    with server_store.write() as conn:
        said = {name: conn.execute(text(f"SHOW {name}")).scalar_one() for name in ("synchronous_commit", "jit")}
    assert said == {"synchronous_commit": "on", "jit": "off"}


def test_the_databases_clock_is_utc_and_near_ours(store: Store) -> None:
    now = store.database_now()
    assert now.tzinfo is UTC
    assert abs(now - datetime.now(UTC)) < timedelta(seconds=30)


def test_ping_of_a_living_database_says_nothing(store: Store) -> None:
    store.ping()


def test_a_locked_file_is_away_after_the_patience_and_back_afterwards(file_store: Store) -> None:
    holder = sqlite3.connect(file_store.shown, isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    with pytest.raises(DatabaseAway, match="locked by another process"), file_store.write(patience=0.05):
        pass
    holder.execute("ROLLBACK")
    holder.close()
    with file_store.write() as conn:
        set_value(conn, "after", "1")


def test_a_file_that_is_not_there_is_away_and_is_never_made_by_looking(tmp_path: Path) -> None:
    store = open_store(str(tmp_path / "none.db"))
    with pytest.raises(DatabaseAway, match="no database at") as refusal:
        store.ping()
    assert "oncall db upgrade" in refusal.value.mend
    assert list(tmp_path.iterdir()) == []


def test_a_deleted_file_is_noticed_at_the_next_write_and_one_put_back_is_fine(file_store: Store) -> None:
    path = path_of(file_store)
    away = path.with_name("elsewhere.db")
    path.rename(away)
    with pytest.raises(DatabaseAway, match="no database at"), file_store.write():
        pass
    away.rename(path)
    with file_store.write() as conn:
        set_value(conn, "back", "1")


@pytest.mark.parametrize("open_one", [sqlite.reader, sqlite.connect], ids=["to read", "to write"])
def test_a_file_that_nobody_began_stays_empty(tmp_path: Path, open_one: Callable[..., sqlite.Link]) -> None:
    path = tmp_path / "being copied.db"
    path.touch()
    with (
        closing(open_one(path, busy_timeout=1.0)) as link,
        pytest.raises(sqlite3.OperationalError, match="no such table"),
    ):
        link.execute("SELECT * FROM meta")
    assert path.stat().st_size == 0


def test_a_replaced_file_is_refused(file_store: Store) -> None:
    path = path_of(file_store)
    with file_store.read():
        pass
    shutil.copy(path, path.with_name("copy.db"))
    path.with_name("copy.db").rename(path)
    with pytest.raises(DatabaseAway, match="replaced"), file_store.write():
        pass


def test_a_file_that_is_no_database_is_called_that(tmp_path: Path) -> None:
    (tmp_path / "letter.db").write_text("Dear on-call engineer, " * 100)
    with pytest.raises(DatabaseAway, match="is not a database"):
        open_store(str(tmp_path / "letter.db")).ping()


def test_a_read_that_goes_on_too_long_is_interrupted(file_store: Store) -> None:
    endless = text("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n")
    with pytest.raises(DatabaseAway, match="too long"), file_store.read(seconds=0.05) as conn:
        conn.execute(endless)
    file_store.ping()


def test_a_new_file_belongs_to_its_owner_alone(tmp_path: Path) -> None:
    store = open_store(str(tmp_path / "new" / "oncall.db"))
    upgrade(store)
    assert path_of(store).stat().st_mode & 0o077 == 0


def test_a_server_that_is_not_there_is_away(unused_tcp_port: int) -> None:
    store = open_store(f"postgresql://ana:topsecret@127.0.0.1:{unused_tcp_port}/oncall")
    with pytest.raises(DatabaseAway, match="does not answer") as refusal:
        store.ping()
    assert "topsecret" not in refusal.value.sentence
    assert "topsecret" not in repr(store)


def test_a_server_that_drops_our_connections_is_back_at_the_next_try(server_store: Store) -> None:
    with server_store.read() as conn:
        mine = conn.execute(text("SELECT pg_backend_pid()")).scalar_one()
    end_backend(server_store, mine)
    with pytest.raises(DatabaseAway), server_store.read() as conn:
        conn.execute(select(policies))
    server_store.ping()


def test_a_rested_connection_that_died_is_replaced_unseen(server_store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("oncall_tui.storage.drivers.postgresql.RESTED_SECONDS", 0.0)
    with server_store.read() as conn:
        mine = conn.execute(text("SELECT pg_backend_pid()")).scalar_one()
    end_backend(server_store, mine)
    with server_store.read() as conn:
        assert conn.execute(text("SELECT pg_backend_pid()")).scalar_one() != mine


def end_backend(store: Store, pid: int) -> None:
    """Cut one connection of the store by another that does not come from its pool."""
    engine = store.lone_engine(busy_timeout=5)
    with engine.connect() as conn:
        gone = text("SELECT pg_terminate_backend(:pid, 5000)")
        assert conn.execute(gone, {"pid": pid}).scalar_one()
    engine.dispose()


def test_a_second_writer_of_the_process_waits_the_busy_timeout_only(sqlite_url: str) -> None:
    file_store = open_store(sqlite_url, busy_timeout=0.1)
    refusals: list[DatabaseAway] = []

    def write_too() -> None:
        try:
            with file_store.write():
                pass
        except DatabaseAway as error:
            refusals.append(error)

    with file_store.write():
        second = threading.Thread(target=write_too)
        second.start()
        second.join()
    assert [type(error) for error in refusals] == [Passing]


def test_a_file_that_can_not_be_made_is_away(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(DatabaseAway, match="can't be made"):
        upgrade(open_store(str(tmp_path / "file" / "oncall.db")))


def test_without_psycopg_the_mend_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(Unavailable, match="needs psycopg") as refusal:
        open_store("postgresql://h/d")
    assert "oncall-tui[postgres]" in refusal.value.mend


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (psycopg.errors.SerializationFailure(), Conflict),
        (psycopg.errors.DeadlockDetected(), Conflict),
        (psycopg.errors.AdminShutdown(), Passing),
        (psycopg.errors.ConnectionFailure(), Passing),
        (psycopg.OperationalError("connection refused"), Passing),
        (psycopg.errors.LockNotAvailable(), DatabaseAway),
        (psycopg.errors.QueryCanceled(), DatabaseAway),
        (psycopg.errors.DiskFull(), DatabaseAway),
        (psycopg.errors.InvalidPassword(), DatabaseAway),
        (psycopg.errors.UniqueViolation(), None),
        (psycopg.errors.SyntaxError(), None),
        (psycopg.ProgrammingError("no result"), None),
        (sqlite3.IntegrityError(), None),
        (ValueError(), None),
    ],
)
def test_only_what_means_away_is_called_away(error: Exception, kind: type[DatabaseAway] | None) -> None:
    told = away(error, "host/db")
    assert (None if told is None else type(told)) is kind


@pytest.mark.parametrize(
    "address",
    [
        "mysql://u:secretpw@h/d",
        "sqlite://",
        ":memory:",
        "postgresql://u:secretpw@h:port/d",
        "",
        "://x",
        "postgresql://u:secretpw@h,i:port/d",
        "postgresql://u:secretpw@h:1:2,i/d",
        "postgresql://u:secretpw@/d?host=a,b&port=1",
    ],
)
def test_an_address_that_makes_no_sense_is_refused_without_repeating_its_password(address: str) -> None:
    with pytest.raises(Invalid) as refusal:
        open_store(address)
    assert refusal.value.path == "database"
    assert "secretpw" not in f"{refusal.value.sentence}{refusal.value.mend}"


@pytest.mark.parametrize(
    ("address", "shown", "conninfo"),
    [
        (
            "postgresql://u:p,w@one:5432,two:5433/db?sslmode=require",
            "postgresql://u:***@one:5432,two:5433/db",
            {"host": "one,two", "port": "5432,5433", "password": "p,w", "sslmode": "require"},
        ),
        (
            "postgresql://u@one,[::1]:5/db?target_session_attrs=any",
            "postgresql://u@one,[::1]:5/db",
            {"host": "one,::1", "port": ",5", "target_session_attrs": "any"},
        ),
        (
            "postgresql://u@/db?host=one:1&host=two:2",
            "postgresql://u@one:1,two:2/db",
            {"host": "one,two", "port": "1,2"},
        ),
    ],
)
def test_several_servers_are_one_database_of_which_the_one_that_takes_writes_is_used(
    address: str, shown: str, conninfo: dict[str, str]
) -> None:
    read = read_address(address)
    assert isinstance(read, PostgresAddress)
    assert read.shown == shown
    assert "p,w" not in repr(read)
    wanted = {"user": "u", "dbname": "db", "target_session_attrs": "read-write", **conninfo}
    assert psycopg.conninfo.conninfo_to_dict(read.conninfo) == wanted


@pytest.mark.parametrize("spelling", ["sqlite:///{}", "{}"])
def test_a_file_can_be_named_as_url_or_as_path(tmp_path: Path, spelling: str) -> None:
    assert open_store(spelling.format(tmp_path / "a b%c.db")).shown == str(tmp_path / "a b%c.db")
