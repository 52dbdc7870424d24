"""The thread that looks: at everything after a commit, at what time changes where nothing was heard of one."""

from __future__ import annotations

import threading

import pytest

from oncall_tui.tui import feed as module
from oncall_tui.tui.feed import Feed
from oncall_tui.tui.model import Snapshot, Wanted
from tests.support.processes import PATIENCE
from tests.tui.frozen import FrozenBackend


class Hearing(FrozenBackend):
    """Hears of a commit once, as its second piece of news; writes down how it is looked at until that is enough."""

    def __init__(self) -> None:
        super().__init__()
        self.story_of_looks: list[str] = []
        self.enough = threading.Event()

    def look(self, wanted: Wanted) -> Snapshot:
        self._note("whole")
        return super().look(wanted)

    def refreshed(self, shown: Snapshot) -> Snapshot:
        self._note("time")
        return super().look(shown.wanted)

    def wait(self, seconds: float) -> bool:
        return len(self.story_of_looks) == 2

    def _note(self, how: str) -> None:
        self.story_of_looks.append(how)
        if len(self.story_of_looks) == 4:
            self.enough.set()


def test_without_a_commit_only_what_time_changes_is_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LOOK_AT_LEAST_EVERY", 0.0)
    monkeypatch.setattr(module, "LOOK_AT_MOST_EVERY", 0.0)
    backend = Hearing()
    feed = Feed(backend, lambda _: None)
    feed.start()
    assert backend.enough.wait(PATIENCE)
    feed.end()
    feed.join(PATIENCE)
    assert backend.story_of_looks[:4] == ["whole", "time", "whole", "time"]
