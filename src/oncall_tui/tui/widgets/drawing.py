"""What can't be drawn ends no terminal: it is said, and the screen goes on."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from textual.message import Message
from textual.message_pump import MessagePump

log = logging.getLogger(__name__)


class Undrawn(Message):
    """Something could not be drawn, and why; the application says so."""

    def __init__(self, error: Exception) -> None:
        super().__init__()
        self.error = error


@contextmanager
def drawing(where: MessagePump) -> Iterator[None]:
    """Draw within this; what goes wrong is told to the application, where the framework would end it."""
    try:
        yield
    except Exception as error:
        log.exception("the screen could not be drawn")
        where.post_message(Undrawn(error))
