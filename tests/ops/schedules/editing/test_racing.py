"""Two editors save at once: one is first, the other is told so, and nothing is mixed."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from oncall_tui.domain.directory.people import Role
from oncall_tui.domain.errors import LostRace
from oncall_tui.domain.schedules import Schedule, editing
from oncall_tui.ops.schedules.editing import save_schedule
from tests.ops.schedules.conftest import MONDAY
from tests.support.house import House


def test_of_two_at_once_one_is_told_that_the_other_was_first(house: House) -> None:
    with house.store.read() as conn:
        seen = house.directory.world(conn).schedules["primary"]
    start = Barrier(2)

    def save(editor: str) -> Schedule | LostRace:
        after = editing.add_participant(seen, "weekly", (editor,), now=MONDAY, place=0)
        start.wait(timeout=10)
        try:
            return save_schedule(house.as_user(editor, Role.ADMIN), after, seen=seen, accept=True).after
        except LostRace as lost:
            return lost

    with ThreadPoolExecutor(2) as editors:
        done = dict(zip(("bo", "cy"), editors.map(save, ("bo", "cy")), strict=True))
    won = [editor for editor, what in done.items() if isinstance(what, Schedule)]
    lost = [what for what in done.values() if isinstance(what, LostRace)]
    assert len(won) == len(lost) == 1
    assert f"changed by {won[0]} at" in lost[0].sentence
    with house.store.read() as conn:
        assert house.directory.world(conn).schedules["primary"] == done[won[0]]
