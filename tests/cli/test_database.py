"""db upgrade, current, check; and what other commands say to a database that does not fit."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import text

from oncall_tui.storage.engine import open_store
from oncall_tui.storage.revision import HEAD
from tests.cli.running import CommandLine


def moved_to(url: str, revision: str) -> None:
    """Say that the database is at another revision."""
    store = open_store(url)
    engine = store.lone_engine(busy_timeout=5)
    with engine.begin() as conn:
        conn.execute(text("UPDATE alembic_version SET version_num = :revision"), {"revision": revision})
    engine.dispose()
    store.close()


def test_a_database_from_nothing(empty_database_url: str, tmp_path: Path) -> None:
    oncall = CommandLine(empty_database_url, tmp_path)
    assert oncall.json("db", "upgrade")["revision"] == HEAD
    answer = oncall.json("db", "current")
    assert (answer["revision"], answer["needed"]) == (HEAD, HEAD)
    assert oncall.json("db", "check")["sound"] is True
    assert HEAD in oncall.ok("db", "current")


def test_a_newer_database_is_refused_with_the_mend(both: CommandLine) -> None:
    moved_to(both.url, "9999")
    for arguments in (("incidents",), ("ack", "1"), ("db", "check"), ("who",), ("worker", "--listen", "127.0.0.1:0")):
        errors = both.refused(*arguments)
        assert [(error["code"], error["mend"]) for error in errors] == [("wrong_revision", "upgrade oncall-tui")]
    done = both("incidents")
    assert done.exit_code == 1
    assert len(done.stderr.splitlines()) == 1


def test_a_database_without_tables_names_the_upgrade(tmp_path: Path) -> None:
    (tmp_path / "empty.db").touch()
    oncall = CommandLine(f"sqlite:///{tmp_path / 'empty.db'}", tmp_path)
    errors = oncall.refused("incidents")
    assert errors[0]["code"] == "wrong_revision"
    assert "oncall db upgrade" in errors[0]["mend"]
    assert oncall.json("db", "current")["revision"] is None


def test_a_file_that_is_no_database(tmp_path: Path) -> None:
    (tmp_path / "text.db").write_text("this is no database, and long enough to be looked at " * 40)
    oncall = CommandLine(f"sqlite:///{tmp_path / 'text.db'}", tmp_path)
    assert oncall.refused("incidents", status=3)[0]["code"] == "database_away"


def test_check_finds_a_dangling_reference(cli: CommandLine) -> None:
    store = open_store(cli.url)
    engine = store.lone_engine(busy_timeout=5)
    with engine.connect() as conn:
        conn.exec_driver_sql("PRAGMA foreign_keys = OFF")
        conn.exec_driver_sql("INSERT INTO team_members (team_id, user_id, position) VALUES (777, 888, 0)")
        conn.commit()
    engine.dispose()
    store.close()
    errors = cli.refused("db", "check")
    assert errors[0]["code"] == "unsound"
    assert "team_members" in errors[0]["message"]
