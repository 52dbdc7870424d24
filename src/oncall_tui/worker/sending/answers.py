"""Answers of providers on their way into the database: those that come while a commit runs are written as one."""

from __future__ import annotations

import threading
from concurrent.futures import Future
from dataclasses import dataclass, field

from sqlalchemy import Connection

from oncall_tui.domain.errors import DatabaseAway, WrongRevision
from oncall_tui.ops.delivery import Answer, record
from oncall_tui.ops.directory import Directory
from oncall_tui.storage.writer import Writer


@dataclass(slots=True)
class _Gathering:
    """Answers that wait for one job of the writer; once it runs, no more join."""

    answers: list[Answer] = field(default_factory=list)
    written: Future[list[bool]] = field(init=False)


class Answers:
    """Writes answers down, many in a few statements under load, at once when nothing waits."""

    def __init__(self, writer: Writer, directory: Directory, worker: str) -> None:
        self._writer = writer
        self._directory = directory
        self._worker = worker
        self._guard = threading.Lock()
        self._gathering: _Gathering | None = None

    @property
    def waiting(self) -> int:
        """How many answers wait for the writer to take them up."""
        gathering = self._gathering
        return 0 if gathering is None else len(gathering.answers)

    def write(self, answer: Answer) -> bool:
        """Return when the answer is on disk: whether its lease was ours. Raises what `record` raises for it alone."""
        with self._guard:
            gathering = self._gathering
            # One that ended without having run: the database was away.
            if gathering is None or gathering.written.done():
                gathering = self._begin()
            place = len(gathering.answers)
            gathering.answers.append(answer)
        try:
            return gathering.written.result()[place]
        except (DatabaseAway, WrongRevision):
            raise
        except Exception:
            if len(gathering.answers) == 1:
                raise
        # Another of them may be to blame: each by itself.
        return self._writer.submit(lambda conn: record(conn, self._directory, [answer], worker=self._worker)).result()[
            0
        ]

    def _begin(self) -> _Gathering:
        gathering = _Gathering()
        gathering.written = self._writer.submit(lambda conn: self._write(conn, gathering))
        self._gathering = gathering
        return gathering

    def _write(self, conn: Connection, gathering: _Gathering) -> list[bool]:
        with self._guard:
            if self._gathering is gathering:
                self._gathering = None
        return record(conn, self._directory, gathering.answers, worker=self._worker)
