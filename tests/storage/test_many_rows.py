"""Many rows in one statement: put in, changed where they are as thought, taken away; and lists as one parameter."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from datetime import timedelta

import pytest
from sqlalchemy import Connection, delete, not_, select, update
from sqlalchemy.dialects import sqlite

from oncall_tui.storage.drivers.away import away
from oncall_tui.storage.drivers.direct import driver, in_one_go, usable
from oncall_tui.storage.engine import Store
from oncall_tui.storage.statements.bulk import Joined, NewRows, given
from oncall_tui.storage.statements.lists import among
from oncall_tui.storage.statements.prepared import Question
from oncall_tui.storage.tables import provider_rests as rests
from tests.support.worlds import T0

NEW = NewRows(rests, "provider", "until_at", "answer")
ANSWERED = NewRows(rests, "provider", "until_at", "answer", instead="answer")
FRESH = given(of=rests.c.provider.type, seen=rests.c.until_at.type, until=rests.c.until_at.type)
LATER = Joined(
    update(rests)
    .where(rests.c.provider == FRESH.c.of, rests.c.until_at == FRESH.c.seen, rests.c.answer != "100 %")
    .values(until_at=FRESH.c.until),
    FRESH,
)
GONE = given(of=rests.c.provider.type)
DROP = Joined(delete(rests).where(rests.c.provider.in_(select(GONE.c.of))), GONE)
ALL = Question(select(rests.c.provider, rests.c.until_at, rests.c.answer).order_by(rests.c.provider))
SOME = Question(select(rests.c.provider).where(among(rests.c.provider, "wanted")).order_by(rests.c.provider))
OTHERS = Question(select(rests.c.provider).where(not_(among(rests.c.provider, "wanted"))).order_by(rests.c.provider))
HOUR = timedelta(hours=1)


def rows(names: Iterable[str], answer: str = "busy") -> list[dict[str, object]]:
    return [{"provider": name, "until_at": T0, "answer": answer} for name in names]


def test_only_rows_that_are_as_thought_are_changed_and_counted(store: Store) -> None:
    # 64 + 32 + 16 + 8 + 4 + 2 + 1: every size of a statement on SQLite, with "whole" beside them.
    names = [f"p{number:03}" for number in range(126)]
    with store.write() as conn:
        NEW.add(conn, rows(names))
        NEW.add(conn, rows(["whole"], "100 %"))
        seen = [{"of": name, "seen": T0, "until": T0 + HOUR} for name in [*names, "whole", "nobody"]]
        assert LATER.run(conn, seen)() == 126
        assert LATER.run(conn, seen)() == 0
        assert LATER.run(conn, [])() == 0
        assert {row.until_at for row in ALL.ask(conn) if row.provider != "whole"} == {T0 + HOUR}
        assert DROP.run(conn, [{"of": name} for name in [*names[1:], "nobody"]])() == 125
        assert [row.provider for row in ALL.ask(conn)] == ["p000", "whole"]


def test_a_row_that_is_there_is_changed_instead(store: Store) -> None:
    with store.write() as conn:
        NEW.add(conn, rows(["a"]))
        later = {"provider": "a", "until_at": T0 + HOUR, "answer": "'slow'\0"}
        ANSWERED.add(conn, [later, {**later, "provider": "b"}])
        assert [tuple(row) for row in ALL.ask(conn)] == [
            ("a", T0, "'slow'\N{REPLACEMENT CHARACTER}"),
            ("b", T0 + HOUR, "'slow'\N{REPLACEMENT CHARACTER}"),
        ]


def test_a_row_that_would_stay_as_it_is_is_not_written_anew(file_store: Store) -> None:
    with file_store.write() as conn:
        ANSWERED.add(conn, rows("ab"))
        before = driver(conn).total_changes
        ANSWERED.add(conn, rows("abc"))
        assert driver(conn).total_changes - before == 1


def test_what_goes_in_one_go_is_written_in_its_order_counted_and_read(store: Store) -> None:
    with store.write() as conn, in_one_go(conn):
        NEW.add(conn, rows(["a", "b"]))
        later = [{"of": name, "seen": T0, "until": T0 + HOUR} for name in ("a", "b", "nobody")]
        moved = LATER.run(conn, later)
        dropped = DROP.run(conn, [{"of": "b"}])
        with in_one_go(conn):
            there = ALL.asked(conn)
        assert [tuple(row) for row in ALL.ask(conn)] == [("a", T0 + HOUR, "busy")]
        NEW.add(conn, rows(["c"]))
    assert (moved(), dropped()) == (2, 1)
    assert [row.provider for row in there()] == ["a"]
    with store.read() as conn:
        assert [row.provider for row in ALL.ask(conn)] == ["a", "c"]


def test_what_fails_in_one_go_is_raised_at_its_end_and_can_be_undone(store: Store) -> None:
    def write_twice(conn: Connection) -> None:
        with in_one_go(conn):
            NEW.add(conn, rows(["b", "a"]))
            NEW.add(conn, rows(["c"]))

    with store.write() as conn:
        NEW.add(conn, rows(["a"]))
        driver(conn).execute("SAVEPOINT here")
        with pytest.raises(Exception, match=r"(?i)unique") as raised:
            write_twice(conn)
        assert away(raised.value, "") is None
        assert usable(conn)
        driver(conn).execute("ROLLBACK TO SAVEPOINT here")
        NEW.add(conn, rows(["d"]))
    with store.read() as conn:
        assert [row.provider for row in ALL.ask(conn)] == ["a", "d"]


def test_a_list_of_any_length_is_one_parameter(store: Store) -> None:
    with store.write() as conn:
        NEW.add(conn, rows(["a", "b'", "ç"]))
        for wanted, found in (([], []), (["b'"], ["b'"]), (["ç", "a", "none", '"'], ["a", "ç"])):
            assert [row.provider for row in SOME.ask(conn, wanted=wanted)] == found
            left = [name for name in ("a", "b'", "ç") if name not in found]
            assert [row.provider for row in OTHERS.ask(conn, wanted=wanted)] == left


def test_a_list_is_looked_up_in_the_index_of_its_column() -> None:
    wanted = select(rests.c.answer).where(among(rests.c.provider, "wanted"), rests.c.answer != "")
    link = sqlite3.connect(":memory:")
    link.execute("CREATE TABLE provider_rests (provider TEXT PRIMARY KEY, until_at INTEGER, answer TEXT)")
    plan = [
        row[3] for row in link.execute(f"EXPLAIN QUERY PLAN {wanted.compile(dialect=sqlite.dialect())}", ("[]", ""))
    ]
    assert plan[0].startswith("SEARCH provider_rests USING INDEX"), "else each claim reads the whole outbox"
