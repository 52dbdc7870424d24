"""The services that people are paged through, on loopback under their own names."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from oncall_tui.notify.sender import AppriseSender
from tests.notify.channels.known import HOSTS
from tests.support.services import lead, server_context
from tests.support.sinks import Sink


@pytest.fixture(scope="session")
def tls(tmp_path_factory: pytest.TempPathFactory) -> tuple[object, Path]:
    return server_context(tmp_path_factory.mktemp("tls"), HOSTS)


@pytest.fixture
def services(tls: tuple[object, Path], monkeypatch: pytest.MonkeyPatch) -> Iterator[Sink]:
    """One listener that is all of them; paths tell them apart."""
    context, authority = tls
    with Sink(tls=context) as made:  # type: ignore[arg-type] # the fixture above made it
        lead(monkeypatch, HOSTS, made.port, authority)
        yield made


@pytest.fixture
def sender() -> AppriseSender:
    made = AppriseSender()
    made.warm()
    return made
