"""FAULTS C4 3 and 41: after an outage a person gets one digest, at least once and under one id, of what still burns."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest

from oncall_tui.clock import SystemClock
from oncall_tui.ops.incidents import acts
from oncall_tui.ops.reading import detail
from tests.faults.ledger import Books, by, pages_of
from tests.support.processes import WorkerProcess, oncall, wait_until, worker
from tests.support.sinks import Sink

pytestmark = pytest.mark.timeout(300)

WAITED = {"ONCALL_STALE_AFTER": "1s"}


def test_41_what_waited_through_an_outage_is_one_digest_repeated_under_its_id(
    database_url: str, books: Books, sink: Sink, tmp_path: Path
) -> None:
    ana = by(books(database_url).session, "ana")
    for number in range(1, 5):
        acts.trigger(ana, title=f"disk {number}", service="checkout")
    acts.resolve(ana, 1)
    acts.acknowledge(ana, 2)
    made = detail(ana, 4).incident.opened_at
    wait_until(lambda: SystemClock().now() - made > timedelta(seconds=1.2), "the pages to be stale")
    mortal = WAITED | {"ONCALL_LEASE": "1s", "ONCALL_CRASH_AT": "after-send"}
    dying = WorkerProcess(database_url, tmp_path, mortal, waits=False)
    assert dying.wait_dead() == -9
    dying.stop()
    sink.wait_for(lambda seen: len(seen) == 1)
    with worker(database_url, tmp_path, WAITED):
        sink.wait_for(lambda seen: len(seen) == 2)
        wait_until(lambda: pages_of(ana, 4)[0].state == "delivered", "the digest's bookkeeping")
    first, second = sink.requests
    assert (first.page_id, second.page_id) == ("d3-1", "d3-1")
    assert "repeat" not in first.text
    assert "Possible repeat" in second.text
    for text in (first.text, second.text):
        assert "#3" in text
        assert "#4" in text
        assert "disk 1" not in text, "resolved meanwhile"
        assert "disk 2" not in text, "acknowledged meanwhile"
    states = [pages_of(ana, number)[0].state for number in (1, 2, 3, 4)]
    assert states == ["cancelled", "cancelled", "delivered", "delivered"]
    shown = json.loads(oncall(database_url, "show", "4", "--json").stdout)["pages"][0]
    assert shown["digest"] == {"id": "d3-1", "pages": ["3-1", "4-1"]}
    assert [attempt["outcome"] for attempt in shown["attempts"]][-1] == "delivered"
