"""Statements put together once: the same values as SQLAlchemy's own way, on both databases."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import bindparam, func, insert, select, update

from oncall_tui.domain.errors import DatabaseAway
from oncall_tui.storage.engine import Store
from oncall_tui.storage.statements.prepared import Prepared, Question
from oncall_tui.storage.tables import provider_rests
from tests.support.worlds import T0

PROVIDER = provider_rests.c.provider
ADD = Prepared(insert(provider_rests), "provider", "until_at", "answer")
# A value of its own, a list, a name that comes twice, and a column that is worked out.
LATER = Prepared(
    update(provider_rests)
    .where(
        bindparam("of") == PROVIDER,
        provider_rests.c.answer.in_(("slow", "busy")),
        provider_rests.c.until_at < bindparam("until"),
    )
    .values(until_at=bindparam("until"), answer=func.upper(provider_rests.c.answer))
)
ALL = Question(select(PROVIDER, provider_rests.c.until_at, provider_rests.c.answer).order_by(PROVIDER))
OF = Question(select(provider_rests.c.until_at.label("until")).where(bindparam("of") == PROVIDER))


def rest(provider: str, answer: str) -> dict[str, object]:
    return {"provider": provider, "until_at": T0, "answer": answer}


def test_values_pass_through_the_columns_own_types(store: Store) -> None:
    with store.write() as conn:
        assert ADD.run(conn, []) == 0
        assert ADD.run(conn, [rest("a", "slow\0"), rest("b", "busy"), rest("c", "gone")]) == 3
    with store.read() as conn:
        assert [tuple(row) for row in ALL.ask(conn)] == [
            ("a", T0, "slow\N{REPLACEMENT CHARACTER}"),
            ("b", T0, "busy"),
            ("c", T0, "gone"),
        ]
        assert OF.first(conn, of="b") == T0
        assert OF.ask(conn, of="b")[0].until == T0
        assert OF.first(conn, of="nobody") is None


def test_how_many_rows_were_changed_is_counted_over_all_runs(store: Store) -> None:
    later = T0 + timedelta(hours=1)
    with store.write() as conn:
        ADD.run(conn, [rest("a", "slow"), rest("b", "busy"), rest("c", "gone")])
        wanted = [{"of": name, "until": later} for name in ("a", "b", "c", "nobody")]
        assert LATER.run(conn, wanted) == 2
        assert LATER.run(conn, wanted[:1]) == 0
        assert [row.answer for row in ALL.ask(conn)] == ["SLOW", "BUSY", "gone"]


def test_a_missing_value_is_refused_before_anything_runs(store: Store) -> None:
    with store.write() as conn, pytest.raises(KeyError):
        ADD.run(conn, [rest("a", "slow"), {"provider": "b"}])
    with store.read() as conn, pytest.raises(KeyError):
        OF.ask(conn)
    with store.glance() as seen:
        assert ALL.ask(seen) == []


def test_a_glance_sees_what_was_committed_last(store: Store) -> None:
    with store.write() as conn:
        ADD.run(conn, [rest("a", "slow")])
    with store.glance() as seen:
        assert OF.first(seen, of="a") == T0
    with store.write() as conn:
        LATER.run(conn, [{"of": "a", "until": T0 + timedelta(hours=1)}])
    with store.glance() as seen:
        assert OF.first(seen, of="a") == T0 + timedelta(hours=1)


def test_a_write_after_a_glance_is_one_transaction_still(store: Store) -> None:
    """On PostgreSQL a glance is lent a connection that commits each statement by itself; the next is not."""

    def write_half() -> None:
        with store.write() as conn:
            ADD.run(conn, [rest("a", "slow")])
            raise RuntimeError("in the middle")

    with store.glance() as seen:
        ALL.ask(seen)
    with pytest.raises(RuntimeError, match="in the middle"):
        write_half()
    with store.glance() as seen:
        assert ALL.ask(seen) == []


def test_a_glance_that_fails_leaves_the_store_usable(store: Store) -> None:
    with pytest.raises(DatabaseAway), store.glance():
        raise DatabaseAway("cut off", mend="")
    with store.glance() as seen, pytest.raises(RuntimeError, match="open in this thread"), store.glance():
        ALL.ask(seen)
    with store.glance() as seen:
        assert ALL.ask(seen) == []
