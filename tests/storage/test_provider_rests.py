"""A provider that asks to be left alone, once and again: the later of its wishes holds."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from oncall_tui.storage.statements.delivery import digests
from tests.support.house import House
from tests.support.worlds import T0

CONFIG = "version: 1\nusers: [{username: ana, role: admin}]\n"


@pytest.mark.parametrize(
    ("first", "second", "wanted"),
    [(30, 60, 60), (60, 30, 60), (30, 30, 30)],
)
def test_the_later_wish_of_a_provider_holds(
    database_url: str, tmp_path: Path, first: int, second: int, wanted: int
) -> None:
    def after(seconds: int) -> datetime:
        return T0 + timedelta(seconds=seconds)

    with House(database_url, CONFIG, tmp_path) as house, house.store.write() as conn:
        digests.rest(conn, "json://hooks", after(first), "429")
        digests.rest(conn, "json://hooks", after(second), "429 again")
        found = {row.provider: row for row in digests.resting(conn, T0)()}
        assert found["json://hooks"].until_at == after(wanted)
        assert digests.resting(conn, after(wanted))() == []
