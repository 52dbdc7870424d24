"""Questions in SQL text give what the tables' own types give, on both databases."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Boolean, insert, select

from oncall_tui.domain.errors import DatabaseAway
from oncall_tui.storage.engine import open_store
from oncall_tui.storage.looking import FLAGS, INSTANTS, JSON, among, look_of
from oncall_tui.storage.tables import meta, metadata, services, silences
from oncall_tui.storage.types import Instant, Json

AT = datetime(2026, 3, 1, 10, 3, 11, 250_000, tzinfo=UTC)


def test_a_column_s_name_tells_its_kind() -> None:
    """What `Look` makes of a value by its name is what the table says."""
    for table in metadata.tables.values():
        for column in table.columns:
            where = f"{table.name}.{column.name}"
            assert (column.name.endswith("_at") or column.name in INSTANTS) == isinstance(column.type, Instant), where
            assert (column.name in JSON) == isinstance(column.type, Json), where
            assert (column.name in FLAGS) == isinstance(column.type, Boolean), where


def test_rows_are_as_the_tables_give_them(database_url: str) -> None:
    store = open_store(database_url)
    with store.write() as conn:
        conn.execute(insert(services).values(name="50% :x", labels={"tier": "1"}))
        conn.execute(
            insert(silences).values(
                uuid="u", matchers='{a="b"}', start_at=AT, end_at=AT, creator="ana", comment="", made_at=AT
            )
        )
        in_transaction = look_of(conn).value("SELECT count(*) AS many FROM silences")
    with store.read() as conn:
        wanted = [dict(row._mapping) for table in (services, silences) for row in conn.execute(select(table))]
    with store.look() as look:
        found = [vars(row) for table in ("services", "silences") for row in look.rows(f"SELECT * FROM {table}")]
        assert look.rows("SELECT labels FROM services", raw=("labels",))[0].labels == '{"tier":"1"}'
        assert look.value("SELECT name FROM services WHERE name LIKE '50%' AND name = :name", {"name": "50% :x"})
        assert look.first("SELECT id FROM services WHERE name = :name", {"name": "none"}) is None
        chosen = among("name", "name", ("50% :x", "b"))
        assert look.values(f"SELECT count(*) FROM services WHERE {chosen.sql}", chosen.given) == [1]
        assert look.value(f"SELECT count(*) FROM services WHERE {among('name', 'n', ()).sql}") == 0
        assert look.value("SELECT count(*) FROM silences WHERE start_at <= :at", {"at": AT}) == 1
    assert found == wanted
    assert in_transaction == 1
    store.close()


def test_a_look_changes_nothing(database_url: str) -> None:
    store = open_store(database_url)
    with pytest.raises(DatabaseAway, match=r"can't be written to|takes no writes"), store.look() as look:
        look.value("DELETE FROM meta")
    with store.look() as look:  # and its connection is not left in a broken transaction
        assert look.value("SELECT 1 AS one") == 1
    store.close()


def test_a_look_sees_one_instant(tmp_path: Path, sqlite_url: str) -> None:
    store = open_store(sqlite_url)
    with store.look() as look:
        before = look.value("SELECT count(*) FROM meta")
        other = open_store(sqlite_url)
        with other.write() as conn:
            conn.execute(insert(meta).values(key="k", value="v"))
        assert look.value("SELECT count(*) FROM meta") == before
        other.close()
    with store.look() as look:
        assert look.value("SELECT count(*) FROM meta") == before + 1
    store.close()


def test_a_database_that_is_gone_is_away(tmp_path: Path) -> None:
    store = open_store(str(tmp_path / "none.db"))
    with pytest.raises(DatabaseAway), store.look():
        pass


def test_a_look_loads_no_sqlalchemy(sqlite_url: str) -> None:
    program = (
        "import sys\n"
        "from oncall_tui.storage.engine import open_store\n"
        "from oncall_tui.storage.revision import require_head\n"
        "store = open_store(sys.argv[1])\n"
        "require_head(store)\n"
        "store.ping()\n"
        "store.close()\n"
        "print([name for name in sys.modules if name.startswith('sqlalchemy')])\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, sqlite_url], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.strip() == "[]"
