"""A real store whose process may die at a commit, and whose database has bad moments."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from random import Random

from sqlalchemy import Connection

from oncall_tui.domain.errors import DatabaseAway
from oncall_tui.storage.drivers.away import Passing
from oncall_tui.storage.drivers.direct import Glance
from oncall_tui.storage.engine import READ_SECONDS, Store
from tests.simulation.scheduler import Process, Scheduler


class FaultyStore(Store):
    """The product's store; `play` says for whom it stands and how often it fails."""

    process: Process | None = None
    scheduler: Scheduler | None = None
    chance: Random
    fails = 0.0
    database_clock: Callable[[], datetime] | None = None

    def play(self, process: Process, scheduler: Scheduler, chance: Random) -> None:
        """Stand for a process from now on."""
        self.process, self.scheduler, self.chance, self.fails = process, scheduler, chance, 0.0

    def leave(self) -> None:
        """Stand for nobody."""
        self.process = self.scheduler = None
        self.fails = 0.0

    @contextmanager
    def read(self, *, seconds: float | None = READ_SECONDS) -> Iterator[Connection]:
        self._bad_moment()
        with super().read(seconds=seconds) as conn:
            yield conn

    @contextmanager
    def glance(self, *, seconds: float = READ_SECONDS) -> Iterator[Glance]:
        self._bad_moment()
        with super().glance(seconds=seconds) as seen:
            yield seen

    def database_now(self) -> datetime:
        """The true instant: a database server keeps its own clock."""
        self._bad_moment()
        return super().database_now() if self.database_clock is None else self.database_clock()

    def _commit(self, conn: Connection) -> None:
        if self.process is None:
            super()._commit(conn)
            return
        self._bad_moment()
        self.process.passing()
        super()._commit(conn)
        self.process.passing()
        if self.fails and self.chance.random() < self.fails / 2:
            raise DatabaseAway("the answer to COMMIT is lost", mend="", code="outcome_unknown")

    def _bad_moment(self) -> None:
        if self.fails and self.chance.random() < self.fails:
            kind = Passing if self.chance.random() < 0.5 else DatabaseAway
            raise kind("the database has a bad moment", mend="")
