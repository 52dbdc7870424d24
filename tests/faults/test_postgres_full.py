"""FAULTS C4 12 on PostgreSQL: the volume that holds the tables is full, and has room again."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from oncall_tui.storage.check import check
from tests.faults.disks import fill, small_disk
from tests.faults.ledger import Books
from tests.support import postgres
from tests.support.processes import oncall, worker

pytestmark = pytest.mark.timeout(600)

BRISK = {"ONCALL_BUSY_TIMEOUT": "1s", "ONCALL_LEASE": "5s"}
ANA = {"ONCALL_USER": "ana"}
MIB = 48
LONG = "a" * 200_000  # too much for a page that has room left
POSTS = 24


@contextmanager
def reachable_folder() -> Iterator[Path]:
    """A folder into which the server's own account may look, unlike those of pytest."""
    with tempfile.TemporaryDirectory(prefix="oncall-disk-") as made:
        folder = Path(made)
        folder.chmod(0o755)
        yield folder


@pytest.fixture
def server_url() -> Iterator[str]:
    """A server of the test's own: while it has no room its checkpoints fail, and others could drop no database."""
    made = postgres.PostgresServer()
    try:
        postgres.make_template(made.url("postgres"))
        yield made.url("postgres")
    finally:
        made.stop()


def test_c4_12_a_server_whose_tables_find_no_room_promises_nothing_and_comes_back(
    server_url: str, books: Books, tmp_path: Path
) -> None:
    """A tablespace on a small file system: the server itself lives on."""
    owner = postgres.account()
    with reachable_folder() as folder, small_disk(folder / "disk", MIB) as disk:
        place = disk / "tables"
        place.mkdir(mode=0o700)
        if owner is not None:
            shutil.chown(place, owner)
        name = "small_disk"
        with psycopg.connect(server_url, autocommit=True) as conn:
            conn.execute(
                sql.SQL("CREATE TABLESPACE {} LOCATION {}").format(sql.Identifier(name), sql.Literal(str(place)))
            )
        url = postgres.make_database(server_url, postgres.TEMPLATE, name)
        try:
            with books(url) as ledger, worker(url, tmp_path, BRISK) as running:
                ledger.bring(running.address, "before")
                ledger.settled("c4-12 before")
                filler = disk / "filler"
                fill(filler)
                told = [ledger.post(running.address, f"full {number}", padding=LONG) for number in range(POSTS)]
                refused = [one for one in told if one.status != 202]
                assert refused, "the disk is full"
                assert {one.status for one in refused} == {503}
                assert all(one.retry_after for one in refused)
                assert json.loads(oncall(url, "show", "1", "--json").stdout)["title"] == "alert before"
                denied = oncall(url, "note", "1", LONG[:60_000], env=ANA, expect=None)
                if denied.returncode:
                    assert "has no resources left" in denied.stderr
                    assert "Traceback" not in denied.stderr
                filler.unlink()
                oncall(url, "ack", "1", env=ANA)
                ledger.bring(running.address, "after")
                # What was sent while its mark found no room is sent again.
                ledger.settled("c4-12")
                assert check(ledger.store) == ()
        finally:
            postgres.drop_database(server_url, url)
            with psycopg.connect(server_url, autocommit=True) as conn:
                conn.execute(sql.SQL("DROP TABLESPACE {}").format(sql.Identifier(name)))
