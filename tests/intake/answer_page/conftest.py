"""A real database behind a real listener, with answer pages, and a clock moved by hand."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from oncall_tui.intake.app import build_app
from oncall_tui.intake.listener.server import IntakeServer, Listen
from oncall_tui.intake.metrics import Metrics
from oncall_tui.ops.answering import Answering, Links
from oncall_tui.storage.cipher import Cipher
from tests.intake.answer_page.paged import CONFIG, Paged
from tests.intake.serving import NO_FIGURES, NoteDoor
from tests.support.house import House


@pytest.fixture
def paged(sqlite_url: str, tmp_path: Path) -> Iterator[Paged]:
    """Responders with answer pages."""
    with _serving(sqlite_url, tmp_path) as made:
        yield made


@pytest.fixture
def paged_everywhere(database_url: str, tmp_path: Path) -> Iterator[Paged]:
    """The same, on each kind of database."""
    with _serving(database_url, tmp_path) as made:
        yield made


@contextmanager
def _serving(url: str, tmp_path: Path) -> Iterator[Paged]:
    with House(url, CONFIG, tmp_path) as house:
        cipher = Cipher("k" * 40)
        answering = Answering(house.session, Links(cipher, None))
        app = build_app(NoteDoor(), ailments=tuple, metrics=Metrics(lambda: NO_FIGURES), answering=answering)
        server = IntakeServer(app, Listen("127.0.0.1", 0))
        listener = server.start()
        try:
            with httpx.Client(base_url=listener, trust_env=False) as http:
                yield Paged(house, http, Links(cipher, listener))
        finally:
            server.stop()
