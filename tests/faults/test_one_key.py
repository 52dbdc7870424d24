"""FAULTS C4 34 and 38: a storm of one key, and an acknowledgement that crosses its page on the way."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import select

from oncall_tui.domain.directory.people import Role
from oncall_tui.ops.incidents.acts import acknowledge
from oncall_tui.ops.reading import detail
from oncall_tui.ops.session import Actor
from oncall_tui.storage.tables import alerts, incidents, timers
from tests.faults.ledger import Books
from tests.faults.scale import FULL, sized
from tests.faults.storming import PER_MINUTE, storm
from tests.support.processes import worker
from tests.support.sinks import Sink

pytestmark = pytest.mark.timeout(sized(300, 900))

STORM = sized(200, PER_MINUTE)


def test_c4_34_a_storm_of_one_key_is_one_incident_and_one_page(
    database_url: str, books: Books, sink: Sink, tmp_path: Path
) -> None:
    ledger = books(database_url)
    with worker(database_url, tmp_path) as running:
        told = storm(lambda _: ledger.post(running.address, "same").status, STORM)
        assert set(told) <= {202, 503}
        assert not FULL or set(told) == {202}, "none refused"
        ledger.settled("c4-34")
    assert len(sink.requests) == 1
    with ledger.store.read() as conn:
        [(number, count)] = conn.execute(select(alerts.c.number, alerts.c.count)).all()
    # One that a machine with no time for it was told to send again may have been counted all the same.
    assert number == 1
    assert told.count(202) <= count <= STORM


def test_c4_38_an_acknowledgement_that_crosses_its_page_stops_all_further_ones(
    database_url: str, books: Books, sink: Sink, tmp_path: Path
) -> None:
    ledger = books(database_url)
    ana = Actor(username="ana", role=Role.RESPONDER, os_account="ana", via="test")
    sink.answer("/ana", delay=3600)
    with worker(database_url, tmp_path) as running:
        ledger.bring(running.address, "k1")
        sink.wait_for(lambda seen: len(seen) == 1)
        acknowledge(ledger.session.as_actor(ana), 1)
        sink.release()
        ledger.settled("c4-38")
    assert [request.path for request in sink.requests] == ["/ana"]
    story = detail(ledger.session, 1)
    kinds = [entry.kind for entry in story.timeline]
    assert kinds.index("acknowledged") < kinds.index("delivered"), "the page that crossed is told"
    with ledger.store.read() as conn:
        assert conn.execute(select(incidents.c.state)).scalar_one() == "acknowledged"
        assert conn.execute(select(timers)).all() == [], "nothing will ever page again"
