"""Pages that waited when their order became a column: they keep it through the upgrade."""

from __future__ import annotations

from sqlalchemy import text

from oncall_tui.storage import migrate
from oncall_tui.storage.engine import Store
from oncall_tui.storage.statements.delivery.outbox import precedence
from tests.storage.samples import fill_every_table

WAITING = "UPDATE pages SET state = 'pending', finished_at = NULL, kind = :kind"


def test_what_waits_is_put_in_order_by_the_upgrade(store: Store) -> None:
    for kind in ("first", "reminder"):
        migrate.downgrade(store, "0014")
        if kind == "first":
            fill_every_table(store)
        engine = store.lone_engine(busy_timeout=5)
        with engine.connect() as conn, conn.begin():
            conn.execute(text("UPDATE incidents SET severity_rank = 3"))
            conn.execute(text(WAITING), {"kind": kind})
        engine.dispose()
        migrate.upgrade(store)
        with store.read() as conn:
            assert conn.execute(text("SELECT precedence FROM pages")).scalar_one() == precedence(3, kind)


def test_worse_comes_first_and_a_reminder_after_its_like() -> None:
    kinds = [(4, "first"), (4, "reminder"), (3, "rule"), (3, "reminder"), (0, "first"), (0, "reminder")]
    assert [precedence(*one) for one in kinds] == [-8, -7, -6, -5, 0, 1]
