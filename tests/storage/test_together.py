"""One piece of work for many: whoever spoils it fails alone, and what the database says ends it for all."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from sqlalchemy import Connection, insert, select

from oncall_tui.domain.errors import DatabaseAway, Refused
from oncall_tui.storage.drivers.direct import driver
from oncall_tui.storage.engine import Store
from oncall_tui.storage.tables import meta
from oncall_tui.storage.together import together


def keep(conn: Connection, keys: Sequence[str]) -> Sequence[str | Exception]:
    for key in keys:
        conn.execute(insert(meta).values(key=key, value="1"))
        if key == "bad":
            raise Refused("not this one")
    return [Refused("not known") if key == "unknown" else f"{key} kept" for key in keys]


def kept(store: Store) -> set[str]:
    with store.read() as conn:
        return set(conn.execute(select(meta.c.key)).scalars())


def test_the_bad_one_fails_alone(store: Store) -> None:
    with store.write() as conn:
        answers = together(conn, keep, ["a", "bad", "b", "a", "unknown"])
    assert [answers[0], answers[2]] == ["a kept", "b kept"]
    assert isinstance(answers[1], Refused)
    assert isinstance(answers[3], Exception), "the same key twice: the second is refused by the database"
    assert isinstance(answers[4], Refused)
    assert kept(store) >= {"a", "b", "unknown"}
    assert "bad" not in kept(store)


def test_without_a_bad_one_all_is_done_at_once(store: Store) -> None:
    calls = []

    def work(_: Connection, things: Sequence[int]) -> Sequence[int]:
        calls.append(len(things))
        return things

    with store.write() as conn:
        assert together(conn, work, [1, 2, 3]) == [1, 2, 3]
    assert calls == [3]


def test_one_alone_raises_its_error(store: Store) -> None:
    def write() -> None:
        with store.write() as conn:
            together(conn, keep, ["bad"])

    with pytest.raises(Refused):
        write()
    assert "bad" not in kept(store)


def test_a_full_disk_is_nobodys_own_error(file_store: Store) -> None:
    def fill(conn: Connection, things: Sequence[str]) -> Sequence[str]:
        (pages,) = driver(conn).execute("PRAGMA page_count").fetchone()
        driver(conn).execute(f"PRAGMA max_page_count={pages + 2}")
        conn.execute(insert(meta).values(key=things[0], value="x" * 1_000_000))
        return things

    def write() -> None:
        with file_store.write() as conn:
            together(conn, fill, ["a", "b"])

    with pytest.raises(DatabaseAway, match="no room left"):
        write()
    assert not kept(file_store) & {"a", "b"}
