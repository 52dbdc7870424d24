"""The engine's look at alerts that end by themselves: those whose senders have fallen silent."""

from __future__ import annotations

import logging
from datetime import datetime
from functools import partial

from oncall_tui.domain.errors import DatabaseAway, WrongRevision
from oncall_tui.ops.directory import Directory
from oncall_tui.ops.intake.expiry import BATCH, expire_due, expire_one, put_off, services_due
from oncall_tui.storage.engine import Store
from oncall_tui.storage.statements.incident.expiring import due_alerts, next_expiry
from oncall_tui.storage.writer import Writer

log = logging.getLogger(__name__)


class Expiring:
    """Ends alerts whose time is over."""

    def __init__(self, store: Store, writer: Writer, directory: Directory) -> None:
        self._store = store
        self._writer = writer
        self._directory = directory

    def expire(self, now: datetime) -> datetime | None:
        """End a batch of what is due; when to look again. Raises DatabaseAway or WrongRevision."""
        try:
            return self._writer.submit(
                lambda conn: expire_due(conn, self._directory, now, BATCH),
                services=lambda conn: services_due(conn, now, BATCH),
            ).result()
        except (DatabaseAway, WrongRevision):
            raise
        except Exception:  # one bad row must not keep the others open
            log.exception("a batch of alerts could not be ended; taking them one by one")
            return self._one_by_one(now)

    def _one_by_one(self, now: datetime) -> datetime | None:
        """Each alert in a transaction of its own: one that fails is put off."""
        with self._store.read() as conn:
            due = due_alerts(conn, now, BATCH)
        for alert in due:
            try:
                self._writer.submit(partial(expire_one, directory=self._directory, alert=alert, now=now)).result()
            except (DatabaseAway, WrongRevision):
                raise
            except Exception:
                log.exception("alert %d could not be ended: put off", alert.id)
                self._writer.submit(partial(put_off, alert=alert, now=now)).result()
        with self._store.read() as conn:
            return next_expiry(conn)
