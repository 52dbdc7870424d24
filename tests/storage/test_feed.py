"""Another process's commit wakes whoever waits; so does a poke; a database that went away is heard again."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import insert, text

from oncall_tui.storage.engine import Store, open_store
from oncall_tui.storage.feed import ChangeFeed
from oncall_tui.storage.tables import meta

LONG = 20.0
SHORT = 0.05

COMMIT = (
    "import sys\n"
    "from sqlalchemy import text\n"
    "from oncall_tui.storage.engine import open_store\n"
    "store = open_store(sys.argv[1])\n"
    "with store.write() as conn:\n"
    "    conn.execute(text(\"INSERT INTO meta (key, value) VALUES ('other', '1')\"))\n"
    "store.close()\n"
)


@pytest.fixture
def feed(store: Store, monkeypatch: pytest.MonkeyPatch) -> Iterator[ChangeFeed]:
    # Only a real notification may wake these tests, not the slow look that stands in for one.
    monkeypatch.setattr("oncall_tui.storage.drivers.server_ear.FALLBACK_SECONDS", 1000.0)
    feed = ChangeFeed(store)
    settle(feed)
    yield feed
    feed.close()


@pytest.fixture
def server_feed(server_store: Store, monkeypatch: pytest.MonkeyPatch) -> Iterator[ChangeFeed]:
    monkeypatch.setattr("oncall_tui.storage.drivers.server_ear.FALLBACK_SECONDS", 1000.0)
    feed = ChangeFeed(server_store)
    settle(feed)
    yield feed
    feed.close()


def settle(feed: ChangeFeed) -> None:
    while feed.wait(SHORT):
        pass


def commit(store: Store, key: str) -> None:
    with store.write() as conn:
        conn.execute(insert(meta).values(key=key, value="1"))


def undone(store: Store) -> None:
    with store.write() as conn:
        conn.execute(insert(meta).values(key="undone", value="1"))
        raise ZeroDivisionError


def test_another_processs_commit_wakes(store: Store, feed: ChangeFeed, database_url: str) -> None:
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(feed.wait, LONG)
        subprocess.run([sys.executable, "-c", COMMIT, database_url], check=True, timeout=60)
        assert waiting.result(LONG)


def test_a_commit_before_the_wait_is_not_missed(store: Store, feed: ChangeFeed) -> None:
    commit(store, "a")
    assert feed.wait(LONG)


def test_nothing_wakes_when_nothing_was_written(store: Store, feed: ChangeFeed) -> None:
    with store.write() as conn:
        conn.execute(text("SELECT 1"))
    store.ping()
    with pytest.raises(ZeroDivisionError):
        undone(store)
    assert not feed.wait(0.3)


def test_a_poke_wakes_the_waiting_thread_and_the_next_wait(feed: ChangeFeed) -> None:
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(feed.wait, LONG)
        feed.poke()
        assert waiting.result(LONG)
    feed.poke()
    assert feed.wait(LONG)


def test_close_wakes_the_waiting_thread_and_later_waits_end_at_once(feed: ChangeFeed) -> None:
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(feed.wait, LONG)
        feed.close()
        assert not waiting.result(LONG)
    assert not feed.wait(LONG)
    feed.poke()
    feed.close()


def test_a_cut_listener_comes_back_and_says_that_something_may_have_changed(
    server_store: Store, server_feed: ChangeFeed
) -> None:
    listeners = (
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE query LIKE 'LISTEN%' AND datname = current_database()"
    )
    with server_store.write() as conn:
        assert len(conn.execute(text(listeners)).all()) == 1
    assert server_feed.wait(LONG)
    settle(server_feed)
    commit(server_store, "after")
    assert server_feed.wait(LONG)


def test_without_notifications_a_slow_look_stands_in(server_store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("oncall_tui.storage.drivers.server_ear.FALLBACK_SECONDS", 0.2)
    feed = ChangeFeed(server_store)
    assert feed.wait(LONG)
    feed.close()


def test_a_file_that_was_away_counts_as_changed_when_it_is_back(file_store: Store, tmp_path: Path) -> None:
    feed = ChangeFeed(file_store)
    settle(feed)
    path = Path(file_store.shown)
    path.rename(tmp_path / "elsewhere.db")
    assert not feed.wait(SHORT)
    (tmp_path / "elsewhere.db").rename(path)
    assert feed.wait(LONG)
    feed.close()


def test_a_server_that_is_not_there_lets_the_wait_keep_its_time(unused_tcp_port: int) -> None:
    feed = ChangeFeed(open_store(f"postgresql://nobody@127.0.0.1:{unused_tcp_port}/none"))
    assert not feed.wait(SHORT)
    feed.poke()
    assert feed.wait(LONG)
    threading.Thread(target=feed.close).start()
    assert not feed.wait(LONG)


def test_a_file_that_is_copied_to_its_place_is_left_alone(file_store: Store, tmp_path: Path) -> None:
    path = Path(file_store.shown)
    copy = path.read_bytes()
    feed = ChangeFeed(file_store)
    settle(feed)
    try:
        for suffix in ("", "-wal", "-shm"):
            Path(f"{path}{suffix}").rename(tmp_path / f"away{suffix}")
        with path.open("wb", buffering=0) as writing:
            assert not feed.wait(SHORT)
            assert path.stat().st_size == 0, "it has no page yet, and gets none of ours"
            writing.write(copy)
        assert not feed.wait(SHORT)
        assert sorted(one.name for one in path.parent.glob("oncall.db*")) == ["oncall.db"], "nobody has opened it"
        assert path.read_bytes() == copy
        for suffix in ("", "-wal", "-shm"):
            (tmp_path / f"away{suffix}").rename(f"{path}{suffix}")
        assert feed.wait(LONG), "its own is back"
    finally:
        feed.close()
