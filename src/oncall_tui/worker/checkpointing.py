"""SQLite's log is moved into the database beside the writer: a checkpoint inside a commit is what senders wait for."""

from __future__ import annotations

import logging

from oncall_tui.domain.errors import DatabaseAway
from oncall_tui.running import Flag
from oncall_tui.storage.checkpoints import Checkpoints
from oncall_tui.storage.engine import Store

log = logging.getLogger(__name__)

LOOK_EVERY = 0.25  # seconds


class Checkpointing:
    """A part that looks at the log a few times a second. It does nothing on PostgreSQL, which does so by itself."""

    name = "checkpoints"

    def __init__(self, store: Store) -> None:
        self._checkpoints = Checkpoints(store)

    def wake(self) -> None:
        """A commit is no reason to look earlier: the log only has to be kept from growing."""

    def run(self, stop: Flag) -> None:
        """Look until `stop` is set."""
        try:
            while not stop.wait(LOOK_EVERY):
                try:
                    self._checkpoints.look()
                except DatabaseAway as away:
                    log.debug("no checkpoint: %s", away.sentence)
        finally:
            self._checkpoints.close()
