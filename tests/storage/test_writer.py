"""Group commit: answers only after the commit, one job's failure is its own, nothing is answered by halves."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future

import pytest
from sqlalchemy import Connection, func, insert, select, text
from sqlalchemy.exc import IntegrityError

from oncall_tui.domain.errors import DatabaseAway, Refused
from oncall_tui.storage import writer as writing
from oncall_tui.storage.drivers.direct import driver
from oncall_tui.storage.engine import Store
from oncall_tui.storage.tables import meta, teams
from oncall_tui.storage.writer import Writer

PATIENCE = 20.0


@pytest.fixture
def writer(store: Store) -> Iterator[Writer]:
    writer = Writer(store)
    yield writer
    writer.stop()


@pytest.fixture
def server_writer(server_store: Store) -> Iterator[Writer]:
    writer = Writer(server_store)
    yield writer
    writer.stop()


def keep(key: str, value: str = "1") -> Callable[[Connection], str]:
    def job(conn: Connection) -> str:
        conn.execute(insert(meta).values(key=key, value=value))
        return key

    return job


def kept(store: Store) -> set[str]:
    with store.read() as conn:
        return set(conn.execute(select(meta.c.key)).scalars())


class Gate:
    """A job that holds the writer until told to go on, so that the jobs behind it share the next commit."""

    def __init__(self, writer: Writer) -> None:
        self.entered = threading.Event()
        self.go = threading.Event()
        self.future = writer.submit(self._hold)
        assert self.entered.wait(PATIENCE)

    def _hold(self, _: Connection) -> None:
        self.entered.set()
        assert self.go.wait(PATIENCE)


def together(writer: Writer, *jobs: Callable[[Connection], object]) -> list[Future[object]]:
    """The futures of jobs that were committed in one batch."""
    gate = Gate(writer)
    futures = [writer.submit(job) for job in jobs]
    gate.go.set()
    for future in futures:
        future.exception(PATIENCE)
    return futures


def test_a_result_is_on_disk_when_it_is_there(store: Store, writer: Writer) -> None:
    assert writer.submit(keep("a")).result(PATIENCE) == "a"
    assert kept(store) >= {"a"}


def test_jobs_that_wait_share_a_commit(store: Store, writer: Writer) -> None:
    commits = []
    writer.after_commit(lambda: commits.append(1))
    together(writer, *(keep(str(n)) for n in range(50)))
    writer.stop()
    assert len(commits) == 2  # the gate's and one for all fifty
    assert kept(store) >= {str(n) for n in range(50)}


def test_a_failing_job_takes_nobody_with_it(store: Store, writer: Writer) -> None:
    def spoil(conn: Connection) -> None:
        conn.execute(insert(meta).values(key="half", value="1"))
        raise Refused("not today")

    futures = together(writer, keep("a"), spoil, keep("b"), keep("a"), keep("c"))
    errors = [future.exception() for future in futures]
    assert [type(error) for error in errors] == [type(None), Refused, type(None), IntegrityError, type(None)]
    assert kept(store) == {"a", "b", "c"}


def test_a_job_alone_that_fails_leaves_nothing(store: Store, writer: Writer) -> None:
    def spoil(conn: Connection) -> None:
        keep("half")(conn)
        raise Refused("not today")

    with pytest.raises(Refused):
        writer.submit(spoil).result(PATIENCE)
    assert "half" not in kept(store)
    assert writer.submit(keep("after")).result(PATIENCE) == "after"


def test_a_batch_can_be_larger_than_one_commit_takes(store: Store) -> None:
    writer = Writer(store, batch=7)
    futures = together(writer, *(keep(str(n)) for n in range(30)))
    writer.stop()
    assert [future.result() for future in futures] == [str(n) for n in range(30)]


def test_stop_finishes_what_waits_and_takes_nothing_more(store: Store) -> None:
    writer = Writer(store)
    gate = Gate(writer)
    futures = [writer.submit(keep(str(n))) for n in range(5)]
    stopping = threading.Thread(target=writer.stop)
    stopping.start()
    gate.go.set()
    stopping.join(PATIENCE)
    assert all(future.done() for future in futures)
    assert kept(store) >= {str(n) for n in range(5)}
    with pytest.raises(DatabaseAway, match="stopping"):
        writer.submit(keep("late"))
    writer.stop()


def test_a_job_whose_asker_gave_up_in_time_is_not_run(store: Store, writer: Writer) -> None:
    gate = Gate(writer)
    given_up, wanted = writer.submit(keep("given up")), writer.submit(keep("wanted"))
    assert given_up.cancel()
    gate.go.set()
    wanted.result(PATIENCE)
    assert kept(store) == {"wanted"}


def test_more_than_the_capacity_is_refused(store: Store) -> None:
    writer = Writer(store, capacity=3)
    gate = Gate(writer)
    futures = [writer.submit(keep(str(n))) for n in range(3)]
    with pytest.raises(DatabaseAway, match="too many") as refusal:
        writer.submit(keep("one too many"))
    assert refusal.value.code == "overload"
    gate.go.set()
    assert [future.result(PATIENCE) for future in futures] == ["0", "1", "2"]
    writer.stop()


def test_a_wake_that_fails_harms_nobody(store: Store, writer: Writer) -> None:
    def fail() -> None:
        raise ZeroDivisionError

    woken = threading.Event()
    writer.after_commit(fail)
    writer.after_commit(woken.set)
    assert writer.submit(keep("a")).result(PATIENCE) == "a"
    assert woken.wait(PATIENCE)
    assert writer.submit(keep("b")).result(PATIENCE) == "b"


def test_a_job_that_commits_by_itself_is_a_mistake_said_to_its_asker(store: Store, writer: Writer) -> None:
    def cheat(conn: Connection) -> None:
        conn.commit()

    with pytest.raises(RuntimeError, match="only the store"):
        writer.submit(cheat).result(PATIENCE)
    assert writer.submit(keep("after")).result(PATIENCE) == "after"


async def test_it_serves_asyncio(store: Store, writer: Writer) -> None:
    answers = await asyncio.gather(*(asyncio.wrap_future(writer.submit(keep(str(n)))) for n in range(20)))
    assert answers == [str(n) for n in range(20)]
    assert len(kept(store)) == 20


def test_while_the_file_is_locked_every_job_of_the_batch_fails_in_bounded_time(file_store: Store) -> None:
    writer = Writer(file_store, patience=0.3)
    holder = sqlite3.connect(file_store.shown, isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    locked = [writer.submit(keep(f"locked {n}")) for n in range(3)]
    assert all(isinstance(future.exception(PATIENCE), DatabaseAway) for future in locked)
    holder.execute("ROLLBACK")
    holder.close()
    assert writer.submit(keep("after")).result(PATIENCE) == "after"
    writer.stop()
    assert not {key for key in kept(file_store) if key.startswith("locked")}


def test_a_lock_that_is_let_go_in_time_is_waited_for(file_store: Store) -> None:
    writer = Writer(file_store, patience=PATIENCE)
    holder = sqlite3.connect(file_store.shown, isolation_level=None, check_same_thread=False)
    holder.execute("BEGIN IMMEDIATE")
    future = writer.submit(keep("a"))
    assert not future.done()
    holder.execute("ROLLBACK")
    holder.close()
    assert future.result(PATIENCE) == "a"
    writer.stop()


def test_a_connection_that_was_cut_is_replaced_unnoticed(server_store: Store, server_writer: Writer) -> None:
    attempts = []

    def cut_once(conn: Connection) -> int:
        attempts.append(1)
        conn.execute(insert(meta).values(key="cut", value="1"))
        if len(attempts) == 1:
            mine = conn.execute(text("SELECT pg_backend_pid()")).scalar_one()
            killer = threading.Thread(target=end_backend, args=(server_store, mine))
            killer.start()
            killer.join()
        return conn.execute(select(func.count()).select_from(meta)).scalar_one()

    assert server_writer.submit(cut_once).result(PATIENCE) == 1
    assert len(attempts) == 2


def test_a_commit_whose_answer_is_lost_is_not_tried_again(server_store: Store, server_writer: Writer) -> None:
    with server_store.write() as conn:
        for statement in DIE_AT_COMMIT:
            conn.exec_driver_sql(statement)
    attempts = []

    def fatal(conn: Connection) -> None:
        attempts.append(1)
        conn.execute(insert(teams).values(name="payments"))

    error = server_writer.submit(fatal).exception(PATIENCE)
    assert isinstance(error, DatabaseAway)
    assert error.code == "outcome_unknown"
    assert len(attempts) == 1
    assert server_writer.submit(keep("after")).result(PATIENCE) == "after"


DIE_AT_COMMIT = (
    "CREATE FUNCTION die() RETURNS trigger LANGUAGE plpgsql AS"
    " $$ BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NULL; END $$",
    "CREATE CONSTRAINT TRIGGER die AFTER INSERT ON teams DEFERRABLE INITIALLY DEFERRED"
    " FOR EACH ROW EXECUTE FUNCTION die()",
)


def test_on_a_full_disk_nobody_of_the_batch_is_told_that_it_was_kept(file_store: Store) -> None:
    writer = Writer(file_store)
    writer.submit(limit_pages(spare=2)).result(PATIENCE)
    large = keep("large", "x" * 1_000_000)
    for future in together(writer, keep("small"), large, keep("other")):
        error = future.exception()
        assert isinstance(error, DatabaseAway)
        assert "no room left" in error.sentence
    assert kept(file_store) == set()
    writer.submit(limit_pages(spare=1_000_000)).result(PATIENCE)
    assert writer.submit(large).result(PATIENCE) == "large"
    writer.stop()


def limit_pages(*, spare: int) -> Callable[[Connection], None]:
    """SQLite answers a reached page limit exactly as it answers a full disk."""

    def job(conn: Connection) -> None:
        (pages,) = driver(conn).execute("PRAGMA page_count").fetchone()
        driver(conn).execute(f"PRAGMA max_page_count={pages + spare}")

    return job


def end_backend(store: Store, pid: int) -> None:
    with store.write() as conn:
        conn.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": pid})


def test_a_commit_that_takes_long_leaves_the_rest_to_the_next_and_they_can_still_be_withdrawn(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where each statement is late, what is urgent must not wait behind whatever came in before it."""
    monkeypatch.setattr(writing, "SPAN", 0.0)
    writer = Writer(store)
    commits: list[set[str]] = []
    writer.after_commit(lambda: commits.append(kept(store)))
    gate = Gate(writer)
    first, given_up, last = (writer.submit(keep(name)) for name in ("first", "given up", "last"))
    given_up.cancel()
    gate.go.set()
    assert last.result(PATIENCE) == "last"
    assert first.result(PATIENCE) == "first"
    writer.stop()
    assert "last" not in commits[1]
    assert "given up" not in kept(store)
    assert len(commits) == 3, "each in a commit of its own"
