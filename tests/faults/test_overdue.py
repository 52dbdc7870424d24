"""FAULTS C4 41: a worker starts when very much has been due for long. What is stale goes as a few messages."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from oncall_tui.clock import SystemClock
from oncall_tui.domain.events import Action, Event
from oncall_tui.domain.severity import Severity
from oncall_tui.ops.directory import Directory
from oncall_tui.ops.intake.events import take
from oncall_tui.storage.tables import pages, timers
from tests.faults.ledger import Books
from tests.faults.scale import sized
from tests.faults.storming import memory
from tests.support.processes import wait_until, worker
from tests.support.sinks import Sink

pytestmark = pytest.mark.timeout(sized(300, 3600))

OVERDUE = sized(300, 50_000)
AT_ONCE = 500
FEW = 30  # messages
MEMORY = 400 * 1024  # KiB
PATIENCE = sized(180.0, 2_400.0)  # seconds


def test_c4_41_what_was_due_for_long_pages_each_step_once_and_in_few_messages(
    database_url: str, books: Books, sink: Sink, tmp_path: Path
) -> None:
    """Opened ninety minutes ago, with an hour to the next step: ana's page is stale, bo's is due, and nobody worked."""
    ledger = books(database_url, delay="1h", limit="3/1h")
    then = SystemClock().now() - timedelta(minutes=90)
    for first in range(0, OVERDUE, AT_ONCE):
        burning = [
            Event(action=Action.TRIGGER, dedup_key=f"k{number}", title=f"disk {number}", severity=Severity.HIGH)
            for number in range(first, min(first + AT_ONCE, OVERDUE))
        ]
        with ledger.store.write() as conn:
            take(conn, Directory(ledger.store).world(conn), "monitor", burning, then, "{}")
    with worker(database_url, tmp_path, {"ONCALL_DIGEST_AFTER": sized("2s", "50s")}) as running:

        def every_second_step_is_there() -> bool:
            with ledger.store.read() as conn:
                made = conn.execute(select(func.count()).select_from(pages)).scalar_one()
            return bool(made == 2 * OVERDUE)

        wait_until(every_second_step_is_there, "both steps of each", PATIENCE)
        ledger.accepted = [f"k{number}" for number in range(OVERDUE)]
        ledger.settled(f"c4-41 {OVERDUE} overdue", steps=2, repeats=0, patience=PATIENCE)
        held = memory(running)
    messages = len(sink.requests)
    print(f"c4-41: {OVERDUE} incidents in {messages} messages, {held // 1024} MiB")
    assert {request.path for request in sink.requests} == {"/ana", "/bo"}
    assert messages <= FEW
    assert held < MEMORY
    with ledger.store.read() as conn:
        # The next look is an hour after the catching up, not where it would have been.
        assert conn.execute(select(func.min(timers.c.due_at))).scalar_one() > SystemClock().now()
