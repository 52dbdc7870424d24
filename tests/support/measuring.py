"""Which tests are measured for coverage, and how one is left out.

Measuring makes a test take about twice as long, its libraries included. What runs once on each database runs the same
lines twice, but for those of the drivers: outside tests/storage only SQLite's half is measured.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

MARKER = "unmeasured"
_OF_THE_SERVER = ("postgresql", "postgres_url")


def is_measured(item: pytest.Item) -> bool:
    """Whether the lines that the test runs are to be counted."""
    if item.get_closest_marker(MARKER) is not None:
        return False
    if item.nodeid.startswith("tests/storage/") or not isinstance(item, pytest.Function):
        return True
    chosen = item.callspec.params.values() if hasattr(item, "callspec") else ()
    return not any(isinstance(one, str) and one in _OF_THE_SERVER for one in (*chosen, *item.fixturenames))


@contextmanager
def unmeasured() -> Iterator[None]:
    """Within, neither this thread nor one that it starts is traced; nothing when nothing is measured."""
    tracer, of_threads = sys.gettrace(), threading.gettrace()
    if tracer is None:
        yield
        return
    sys.settrace(None)
    threading.settrace(None)
    try:
        yield
    finally:
        threading.settrace(of_threads)
        sys.settrace(tracer)
