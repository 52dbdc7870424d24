"""The whole HTTP application over a real database, asked in this process: a worker's own, without its sockets."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import get_args

import httpx
from sqlalchemy import func, select

from oncall_tui.intake.app import build_app
from oncall_tui.intake.doors.writer_door import WriterDoor
from oncall_tui.intake.heartbeats import Hearing
from oncall_tui.intake.metrics import Metrics
from oncall_tui.intake.sources import DIALECTS
from oncall_tui.ops.config.entries.services import Kind
from oncall_tui.storage.tables import events, rejected_events
from oncall_tui.storage.writer import Writer
from tests.intake.serving import NO_FIGURES
from tests.support.house import House

PEOPLE = """
version: 1
users: [{username: ana, contacts: [{name: push, url: "json://127.0.0.1:9/ana"}]}]
policies: [{name: p, steps: [{delay: 15m, targets: [{user: ana}]}]}]
services: [{name: checkout, policy: p}]
"""


def key_of(kind: str) -> str:
    """The key of this kind's integration."""
    return f"{kind}-".ljust(32, "k")


def every_kind() -> str:
    """A config with an integration for every dialect; some are another way in to one of another kind."""
    kinds = get_args(Kind)
    lines = [
        f"  - {{name: {kind}, kind: {kind if kind in kinds else 'generic'}, service: checkout, key: {key_of(kind)}}}"
        for kind in sorted(DIALECTS)
    ]
    return "\n".join((PEOPLE, "integrations:", *lines, ""))


class Housed:
    """A house with its doors open."""

    def __init__(self, house: House, writer: Writer) -> None:
        self.house = house
        self.log: list[logging.LogRecord] = []
        door = WriterDoor(writer, house.directory, house.clock)
        app = build_app(
            door,
            ailments=tuple,
            metrics=Metrics(lambda: NO_FIGURES),
            ears=Hearing(writer, house.directory, house.clock),
        )
        self._runner = asyncio.Runner()
        self._http = httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://oncall.test")

    def ask(
        self, method: str, path: str, *, body: bytes = b"", headers: Mapping[str, str] | None = None
    ) -> httpx.Response:
        """One request, answered."""
        return self._runner.run(self._http.request(method, path, content=body, headers=dict(headers or {})))

    def kept(self) -> int:
        """How many events and rejected posts there are."""
        with self.house.store.read() as conn:
            tables = (events, rejected_events)
            return sum(conn.execute(select(func.count()).select_from(table)).scalar_one() for table in tables)

    def later(self, seconds: float) -> None:
        """Let time pass."""
        self.house.clock.set(self.house.clock.now() + timedelta(seconds=seconds))

    def close(self) -> None:
        """Close the doors."""
        self._runner.run(self._http.aclose())
        self._runner.close()


class _Noting(logging.Handler):
    def __init__(self, records: list[logging.LogRecord]) -> None:
        super().__init__(logging.ERROR)
        self._records = records

    def emit(self, record: logging.LogRecord) -> None:
        self._records.append(record)


@contextmanager
def housed(url: str, config: str, folder: Path) -> Iterator[Housed]:
    """A house with its doors open, and what it logs as an error."""
    with House(url, config, folder) as house:
        writer = Writer(house.store)
        made = Housed(house, writer)
        noting = _Noting(made.log)
        logging.getLogger().addHandler(noting)
        try:
            yield made
        finally:
            logging.getLogger().removeHandler(noting)
            made.close()
            writer.stop()
