"""A copy holds all that was committed, be it still in the log, and nothing that was not."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import insert, select

from oncall_tui.domain.errors import OncallError
from oncall_tui.storage.backup import back_up
from oncall_tui.storage.check import check
from oncall_tui.storage.engine import Store, open_store
from oncall_tui.storage.tables import meta


def test_what_lies_in_the_log_alone_is_copied_and_what_is_under_way_is_not(file_store: Store, tmp_path: Path) -> None:
    copy = tmp_path / "copy.db"
    with file_store.write() as conn:
        conn.execute(insert(meta).values(key="committed", value="1"))
    assert b"committed" not in Path(file_store.shown).read_bytes(), "it lies in the log"
    with closing(open_store(file_store.shown)) as other, other.write() as conn:
        conn.execute(insert(meta).values(key="under way", value="1"))
        size = back_up(file_store, copy)
    with closing(open_store(str(copy))) as made:
        with made.read() as conn:
            kept = set(conn.execute(select(meta.c.key)).scalars())
        assert check(made) == ()
        assert size == copy.stat().st_size
    assert "committed" in kept
    assert "under way" not in kept


@pytest.mark.parametrize(
    ("where", "what"),
    [(75 * 4096, b"\xff" * 16_384), (4 * 4096, b"\0")],
    ids=["can't be read at all", "a page of no known kind"],
)
def test_a_damaged_file_is_no_backup(file_store: Store, tmp_path: Path, where: int, what: bytes) -> None:
    path, copy = Path(file_store.shown), tmp_path / "copy.db"
    whole = path.read_bytes()
    assert back_up(file_store, copy) == len(whole)
    copy.unlink()
    with path.open("r+b") as file:
        file.seek(where)
        file.write(what)
    with closing(open_store(str(path))) as damaged, pytest.raises(OncallError, match="damaged"):
        back_up(damaged, copy)
    assert list(tmp_path.glob("*copy*")) == []
    assert list(tmp_path.glob(".*copy*")) == []
