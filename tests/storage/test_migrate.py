"""The chain of revisions equals the tables, goes both ways, and survives races and kills."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, MetaData, inspect, text

from oncall_tui.domain.errors import DatabaseAway, WrongRevision
from oncall_tui.storage import migrate
from oncall_tui.storage.check import check
from oncall_tui.storage.drivers.direct import driver
from oncall_tui.storage.engine import Store, open_store
from oncall_tui.storage.looking import look_of
from oncall_tui.storage.revision import HEAD, REVISIONS, current, found_by, require_head
from oncall_tui.storage.tables import metadata
from oncall_tui.storage.types import Instant
from tests.storage.samples import count_rows, empty_every_table, fill_every_table

UPGRADE = (
    "import sys\n"
    "from oncall_tui.storage.engine import open_store\n"
    "from oncall_tui.storage.migrate import upgrade\n"
    "sys.stdin.readline()\n"
    "store = open_store(sys.argv[1])\n"
    "upgrade(store)\n"
    "store.close()\n"
)


def chain() -> ScriptDirectory:
    config = Config()
    config.set_main_option("script_location", str(migrate.scripts()))
    return ScriptDirectory.from_config(config)


def stamp(store: Store, revision: str) -> None:
    engine = store.lone_engine(busy_timeout=5)
    with engine.connect() as conn, conn.begin():
        conn.execute(text("UPDATE alembic_version SET version_num = :to"), {"to": revision})
    engine.dispose()


def test_the_constants_are_the_chain() -> None:
    revisions = [revision.revision for revision in chain().walk_revisions()]
    assert tuple(reversed(revisions)) == REVISIONS
    assert chain().get_heads() == [HEAD]


def test_an_upgraded_database_equals_the_tables(store: Store) -> None:
    assert check(store) == ()
    require_head(store)


def test_the_comparison_sees_a_difference(store: Store) -> None:
    engine = store.lone_engine(busy_timeout=5)
    with engine.connect() as conn, conn.begin():
        conn.execute(text("ALTER TABLE teams ADD COLUMN motto TEXT"))
        conn.execute(text("DROP INDEX ix_timers_due_at"))
    engine.dispose()
    said = check(store)
    assert [line.rpartition(": ")[2].split()[:2] for line in said] == [["remove", "column"], ["add", "index"]]
    assert "motto" in said[0]
    assert "ix_timers_due_at" in said[1]


@pytest.mark.unmeasured
def test_the_chain_makes_what_the_tables_would_make_down_to_constraints(store: Store) -> None:
    """Stricter than Alembic's comparison, which does not look at checks, partial indexes and foreign keys' actions."""
    with store.read() as conn:
        migrated = schema(conn)
    migrate.downgrade(store, "base")
    engine = store.lone_engine(busy_timeout=5)
    with engine.connect() as conn, conn.begin():
        metadata.create_all(conn)
        assert schema(conn) == migrated
    engine.dispose()


def schema(conn: Connection) -> set[str]:
    """Everything the database knows of our tables, one line for each column, constraint and index."""
    if conn.dialect.name == "sqlite":
        query = text("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL AND tbl_name NOT LIKE 'alembic%'")
        return {line for statement in conn.execute(query).scalars() for line in lines(statement)}
    indexes = "SELECT indexdef FROM pg_indexes WHERE schemaname = 'public' AND tablename <> 'alembic_version'"
    constraints = (
        "SELECT conrelid::regclass || ' ' || conname || ' ' || pg_get_constraintdef(oid) FROM pg_constraint"
        " WHERE connamespace = 'public'::regnamespace AND conrelid <> coalesce(to_regclass('alembic_version'), 0)"
    )
    columns = (
        "SELECT concat_ws(' ', table_name, column_name, data_type, is_nullable, column_default)"
        " FROM information_schema.columns WHERE table_schema = 'public' AND table_name <> 'alembic_version'"
    )
    return {line for query in (indexes, constraints, columns) for line in conn.execute(text(query)).scalars()}


def lines(statement: str) -> list[str]:
    """A statement of SQLite's schema by its parts: a table's name before each column and constraint, quotes taken off.

    Read by commas, not by lines: what ALTER TABLE adds stands behind the constraints, on their line.
    """
    head, found, body = statement.replace('"', "").partition("(")
    if not found or not head.startswith("CREATE TABLE"):
        return [" ".join(statement.replace('"', "").split())]
    parts, depth = [""], 0
    for sign in body[: body.rindex(")")]:
        depth += (sign == "(") - (sign == ")")
        if sign == "," and depth == 0:
            parts.append("")
        else:
            parts[-1] += sign
    return [f"{head.strip()} {' '.join(part.split())}" for part in parts]


def test_up_down_up_leaves_an_equal_schema_and_an_empty_one_between(store: Store) -> None:
    with store.read() as conn:
        first = schema(conn)
    migrate.downgrade(store, "base")
    with store.read() as conn:
        assert set(inspect(conn).get_table_names()) <= {"alembic_version"}
        assert found_by(look_of(conn)) is None
    migrate.upgrade(store)
    with store.read() as conn:
        assert schema(conn) == first


def test_upgrading_again_changes_nothing_and_keeps_every_row(store: Store) -> None:
    fill_every_table(store)
    before = count_rows(store)
    assert set(before.values()) == {1}
    migrate.upgrade(store)
    assert count_rows(store) == before


@pytest.mark.unmeasured
def test_every_earlier_revision_with_rows_upgrades_losing_none(store: Store) -> None:
    for start in reversed(REVISIONS[:-1]):
        migrate.downgrade(store, start)
        fill_every_table(store)
        before = count_rows(store)
        migrate.upgrade(store)
        after = count_rows(store)
        assert {table: after[table] for table in before} == before
        empty_every_table(store)


def test_an_empty_database_is_refused_naming_the_mend(empty_store: Store) -> None:
    empty_store.create()
    assert current(empty_store) is None
    with pytest.raises(WrongRevision, match="no tables") as refusal:
        require_head(empty_store)
    assert "oncall db upgrade" in refusal.value.mend


def test_an_older_database_is_refused_naming_the_mend(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("oncall_tui.storage.revision.REVISIONS", (*REVISIONS, "9999"))
    monkeypatch.setattr("oncall_tui.storage.revision.HEAD", "9999")
    with pytest.raises(WrongRevision, match=f"is at revision {HEAD}, this oncall-tui needs 9999") as refusal:
        require_head(store)
    assert "oncall db upgrade" in refusal.value.mend


def test_a_newer_database_is_refused_by_readers_writers_and_upgrade_alike(store: Store) -> None:
    stamp(store, "9999")
    attempts: tuple[Callable[[Store], None], ...] = (require_head, migrate.upgrade, write_something)
    for attempt in attempts:
        with pytest.raises(WrongRevision, match="newer than this oncall-tui") as refusal:
            attempt(store)
        assert refusal.value.mend == "upgrade oncall-tui"
    with store.read() as conn:
        assert conn.execute(text("SELECT count(*) FROM teams")).scalar() == 0


def write_something(store: Store) -> None:
    with store.write() as conn:
        conn.execute(text("INSERT INTO teams (name) VALUES ('late')"))


def test_four_processes_on_an_empty_database_migrate_it_once_and_none_dies(empty_database_url: str) -> None:
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", UPGRADE, empty_database_url],
            stdin=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(4)
    ]
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    said = [process.communicate(timeout=90)[1] for process in processes]
    assert [process.returncode for process in processes] == [0, 0, 0, 0], said
    store = open_store(empty_database_url)
    require_head(store)
    with store.read() as conn:
        assert conn.execute(text("SELECT count(*) FROM alembic_version")).scalar() == 1
    assert check(store) == ()
    store.close()


KILLED = (
    "import os, signal, sys\n"
    "from sqlalchemy import Engine, event\n"
    "from oncall_tui.storage.engine import open_store\n"
    "from oncall_tui.storage.migrate import upgrade\n"
    "left = int(sys.argv[2])\n"
    "@event.listens_for(Engine, 'before_cursor_execute')\n"
    "def count(conn, cursor, statement, *rest):\n"
    "    global left\n"
    "    left -= 1\n"
    "    if left == 0:\n"
    "        os.kill(os.getpid(), signal.SIGKILL)\n"
    "upgrade(open_store(sys.argv[1]))\n"
)


@pytest.mark.unmeasured
@pytest.mark.parametrize("statement", [1, 5, 40, 70])
def test_a_migration_killed_anywhere_is_whole_at_the_next_start(empty_database_url: str, statement: int) -> None:
    killed = subprocess.run(
        [sys.executable, "-c", KILLED, empty_database_url, str(statement)], capture_output=True, check=False, timeout=60
    )
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    store = open_store(empty_database_url)
    migrate.upgrade(store)
    assert check(store) == ()
    store.close()


def test_references_are_checked_before_an_upgrade_commits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = open_store(str(tmp_path / "oncall.db"))
    migrate.upgrade(store)
    engine = store.lone_engine(busy_timeout=5)
    with engine.connect() as conn:
        driver(conn).execute("PRAGMA foreign_keys=OFF")
        driver(conn).execute("INSERT INTO team_members (team_id, user_id, position) VALUES (1, 1, 0)")
    engine.dispose()
    monkeypatch.setattr(migrate, "_needed", lambda *_: True)  # else there is nothing to upgrade
    with pytest.raises(DatabaseAway, match="2 rows without their parents, first in table team_members"):
        migrate.upgrade(store)


def test_the_migrations_never_import_the_code_they_must_outlive() -> None:
    for file in (migrate.scripts() / "versions").glob("*.py"):
        assert "oncall_tui." not in re.sub(r"#.*", "", file.read_text()), file.name


def test_every_time_in_the_tables_is_an_instant_and_every_reference_is_named() -> None:
    convention = metadata.naming_convention
    assert {"ix", "uq", "ck", "fk", "pk"} <= set(convention)
    assert isinstance(metadata, MetaData)
    for table in metadata.sorted_tables:
        for column in table.columns:
            if column.name.endswith("_at") or column.name in ("at", "lease_until"):
                assert isinstance(column.type, Instant), f"{table.name}.{column.name}"


def test_a_check_names_damage_and_a_wrong_revision(tmp_path: Path) -> None:
    store = open_store(str(tmp_path / "oncall.db"))
    migrate.upgrade(store)
    engine = store.lone_engine(busy_timeout=5)
    with engine.connect() as conn:
        driver(conn).execute("PRAGMA foreign_keys=OFF")
        driver(conn).execute("INSERT INTO team_policies (team_id, policy_id, position) VALUES (7, 8, 0)")
    engine.dispose()
    assert sorted(line.rpartition("refers to ")[2] for line in check(store)) == [
        "a row of policies that is not there",
        "a row of teams that is not there",
    ]
    stamp(store, "9999")
    assert check(store) == (
        f"the database is at revision 9999, which is newer than this oncall-tui knows ({HEAD}): upgrade oncall-tui",
    )


def test_a_percent_sign_in_the_path_does_not_confuse_alembic(tmp_path: Path) -> None:
    store = open_store(os.fspath(tmp_path / "100%done" / "on%(call)s.db"))
    migrate.upgrade(store)
    require_head(store)
    store.close()


def test_a_database_of_another_program_is_refused_and_left_alone(empty_store: Store) -> None:
    empty_store.create()
    engine = empty_store.lone_engine(busy_timeout=5)
    with engine.connect() as conn, conn.begin():
        conn.execute(text("CREATE TABLE users (login TEXT)"))
        conn.execute(text("INSERT INTO users VALUES ('zoe')"))
    with pytest.raises(WrongRevision, match="did not make, like users"):
        migrate.upgrade(empty_store)
    with engine.connect() as conn:
        assert inspect(conn).get_table_names() == ["users"]
        assert conn.execute(text("SELECT login FROM users")).scalar_one() == "zoe"
    engine.dispose()


def test_a_shared_server_may_hold_other_tables(server_store: Store) -> None:
    engine = server_store.lone_engine(busy_timeout=5)
    migrate.downgrade(server_store, "base")
    with engine.connect() as conn, conn.begin():
        conn.execute(text("CREATE TABLE spatial_ref_sys (srid INTEGER)"))
    migrate.upgrade(server_store)
    require_head(server_store)
    engine.dispose()
