"""What the fault tests share."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from tests.faults.ledger import Books, Ledger, tell_counts
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


@pytest.fixture(autouse=True)
def counted(request: pytest.FixtureRequest) -> Iterator[None]:
    """What a test counts that keeps no ledger of its own."""
    names = set(request.fixturenames)
    if "books" in names or not {"sink", "database_url"} <= names:
        yield
        return
    # Asked for here, so that they are still there when the test is over.
    url, sink = request.getfixturevalue("database_url"), request.getfixturevalue("sink")
    yield
    tell_counts(request.node.name, url, sink)
