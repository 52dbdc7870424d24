"""What the fault tests share."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from tests.faults.ledger import Books, Ledger
from tests.support.sinks import Sink


@pytest.fixture
def sink() -> Iterator[Sink]:
    """A provider that takes everything."""
    with Sink() as made:
        yield made


@pytest.fixture
def books(sink: Sink) -> Iterator[Books]:
    """Opens ledgers whose people are all at the sink; they are closed at the end."""
    with ExitStack() as stack:
        yield lambda url, **more: stack.enter_context(Ledger(url, sink, **more))
