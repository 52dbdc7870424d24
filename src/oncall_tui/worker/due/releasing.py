"""The engine's look at what silences hold back: what fires still when nothing silences it any more opens."""

from __future__ import annotations

import logging
from datetime import datetime

from oncall_tui.domain.errors import DatabaseAway, WrongRevision
from oncall_tui.ops.directory import Directory
from oncall_tui.ops.engine import SET_ASIDE
from oncall_tui.ops.routing.releasing import BATCH, next_look, put_all_off, release_due, services_to_release
from oncall_tui.storage.engine import Store
from oncall_tui.storage.writer import Writer

log = logging.getLogger(__name__)


class Releasing:
    """Opens what was held back."""

    def __init__(self, store: Store, writer: Writer, directory: Directory) -> None:
        self._store = store
        self._writer = writer
        self._directory = directory

    def release(self, now: datetime) -> datetime | None:
        """Look at a batch of what is due; when to look again. Raises DatabaseAway or WrongRevision."""
        try:
            return self._release(now, BATCH)
        except (DatabaseAway, WrongRevision):
            raise
        except Exception:  # one bad alert must not keep the others from opening
            log.exception("a batch of silenced alerts could not be opened; taking them one by one")
            return self._one_by_one(now)

    def _one_by_one(self, now: datetime) -> datetime | None:
        """The longest overdue first, each in a transaction of its own; one that fails is put off."""
        for _ in range(BATCH):
            with self._store.read() as conn:
                due = next_look(conn)
            if due is None or due > now:
                return due
            try:
                self._release(now, 1)
            except (DatabaseAway, WrongRevision):
                raise
            except Exception:
                log.exception("a silenced alert could not be opened: put off")
                self._writer.submit(lambda conn: put_all_off(conn, now, now + SET_ASIDE, 1)).result()
        return now

    def _release(self, now: datetime, most: int) -> datetime | None:
        return self._writer.submit(
            lambda conn: release_due(conn, self._directory, now, most),
            services=lambda conn: services_to_release(conn, now, most),
        ).result()
