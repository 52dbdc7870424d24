"""Log lines while the terminal is open: kept, not printed across the screen, and told when it has closed."""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager

KEPT = 200


class _Keeper(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.kept: deque[logging.LogRecord] = deque(maxlen=KEPT)

    def emit(self, record: logging.LogRecord) -> None:
        self.kept.append(record)


@contextmanager
def kept_off_the_screen() -> Iterator[None]:
    """Hold the last warnings back until the block ends, then hand them to the handlers that were there."""
    root = logging.getLogger()
    before, keeper = root.handlers[:], _Keeper()
    root.handlers[:] = [keeper]
    try:
        yield
    finally:
        root.handlers[:] = before
        for record in keeper.kept:
            root.handle(record)
