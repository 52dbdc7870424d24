"""The whole intake over a real database in this process, with the engine beside it: for clients that are processes."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from oncall_tui.clock import SystemClock
from oncall_tui.intake.apis.alertmanager import Books
from oncall_tui.intake.apis.sns import SnsGate
from oncall_tui.intake.app import build_app
from oncall_tui.intake.doors.writer_door import WriterDoor
from oncall_tui.intake.listener.server import IntakeServer, Listen
from oncall_tui.intake.metrics import Metrics
from oncall_tui.storage.writer import Writer
from oncall_tui.worker.due.engine import Engine
from tests.intake.serving import NO_FIGURES
from tests.support.house import House


@dataclass
class Listening:
    """A house that listens; its clock is the real one where clients bring times of their own."""

    house: House
    writer: Writer
    url: str


@contextmanager
def listening(
    house: House, *, engine: bool = False, tls: tuple[Path, Path] | None = None, **more: Any
) -> Iterator[Listening]:
    """Serve the house on a free port of loopback.

    `engine`: with the loop that lets time pass; `tls`: a certificate and its key.
    """
    clock = SystemClock() if engine else house.clock
    writer = Writer(house.store)
    books = Books(house.store, writer, house.directory, clock)
    app = build_app(
        WriterDoor(writer, house.directory, clock),
        ailments=tuple,
        metrics=Metrics(lambda: NO_FIGURES),
        books=books,
        sns=SnsGate(books, house.session.cipher().seal),
        **more,
    )
    server = IntakeServer(
        app, Listen("127.0.0.1", 0), tls_cert=tls[0] if tls else None, tls_key=tls[1] if tls else None
    )
    stop = threading.Event()
    loop = Engine(house.store, writer, house.directory, SystemClock())
    writer.after_commit(loop.wake)
    thread = threading.Thread(target=loop.run, args=(stop,), daemon=True)
    if engine:
        thread.start()
    try:
        yield Listening(house, writer, server.start().rstrip("/"))
    finally:
        server.stop()
        stop.set()
        loop.wake()
        if engine:
            thread.join(10)
        writer.stop()
