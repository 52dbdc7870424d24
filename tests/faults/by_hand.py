"""A worker's delivery with its real sender, under a clock that only the test moves."""

from __future__ import annotations

import random
from contextlib import closing
from datetime import timedelta
from types import TracebackType

from sqlalchemy import select

from oncall_tui.notify.sender import AppriseSender, Sender
from oncall_tui.ops.answering.links import Links
from oncall_tui.ops.engine import advance_due
from oncall_tui.storage.cipher import Cipher
from oncall_tui.storage.statements.delivery.outbox import next_due
from oncall_tui.storage.statements.incident.incidents import next_timer
from oncall_tui.storage.tables import attempts, pages
from oncall_tui.storage.writer import Writer
from oncall_tui.worker.sending.delivery import Delivery
from tests.support.house import House
from tests.support.processes import PATIENCE, wait_until


class HandWorker:
    """Delivery, stepped by hand. Use it as a context manager."""

    def __init__(
        self,
        house: House,
        *,
        name: str = "w1",
        seed: int = 7,
        send_timeout: float = PATIENCE,
        sender: Sender | None = None,
        public_url: str | None = None,
    ) -> None:
        self.house = house
        self.writer = Writer(house.store, patience=PATIENCE)
        cipher = Cipher.open(house.store, house.session.settings.secret_key_text)
        self.delivery = Delivery(
            house.store,
            self.writer,
            house.directory,
            house.clock,
            sender or AppriseSender(),
            cipher,
            worker=name,
            lease=600,
            send_timeout=send_timeout,
            jitter=random.Random(seed),
            links=Links(cipher, public_url),
        )

    def __enter__(self) -> HandWorker:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with closing(self):
            self.settle()

    def close(self) -> None:
        """End its writer."""
        self.writer.stop()

    def settle(self) -> None:
        """Send everything that is due now, and wait for the answers."""

        def is_quiet() -> bool:
            # Idle before the look: an answer that is written down during it may have led to a new page.
            was_idle = not self.delivery.in_flight
            wait = self.delivery.step()
            return was_idle and wait > 0 and not self.delivery.in_flight

        wait_until(is_quiet, "delivery to be quiet")

    def pass_to(self, seconds: float) -> None:
        """Let time pass to so many seconds after now: timers, retries and digests each at their own instant."""
        end = self.house.clock.now() + timedelta(seconds=seconds)
        self.settle()
        while True:
            now = self.house.clock.now()
            with self.house.store.read() as conn:
                coming = [at for at in (next_timer(conn), next_due(conn, now)) if at is not None and at <= end]
            if not coming:
                break
            self.house.clock.set(max(now, min(coming)))
            with self.house.store.write() as conn:
                advance_due(conn, self.house.directory, self.house.clock.now())
            self.settle()
        self.house.clock.set(end)
        self.settle()

    def attempts(self, page: str) -> list[tuple[float, str, str]]:
        """(seconds after the page was made, outcome, answer) of every attempt."""
        with self.house.store.read() as conn:
            query = (
                select(attempts.c.started_at, pages.c.created_at, attempts.c.outcome, attempts.c.answer)
                .join(pages, pages.c.id == attempts.c.page_id)
                .where(attempts.c.page_id == page)
                .order_by(attempts.c.id)
            )
            return [
                ((row.started_at - row.created_at).total_seconds(), row.outcome, row.answer)
                for row in conn.execute(query)
            ]
