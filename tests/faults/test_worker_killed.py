"""kill -9 of the worker where it hurts: nothing is lost, and a page is repeated once at the most, under its own id.

FAULTS: SIGKILL after the 2xx, after the escalation's commit, between claim and send, between the provider's answer and
its bookkeeping. The worker is a real process that a real SIGKILL ends.
"""

from __future__ import annotations

import signal
from collections.abc import Iterator
from http.client import HTTPException
from pathlib import Path

import pytest

from oncall_tui.ops.config import apply
from oncall_tui.ops.incidents.acts import escalate
from oncall_tui.ops.session import Session
from tests.faults.ledger import by, pages_of, session_on
from tests.support.processes import PATIENCE, WorkerProcess, post, worker
from tests.support.sinks import Sink

pytestmark = pytest.mark.timeout(300)

KEY = "0123456789abcdef0123456789abcdef"
MORTAL = {"ONCALL_LEASE": "1s"}  # its leases pass on soon; whoever takes over has all the time there is


@pytest.fixture
def sink() -> Iterator[Sink]:
    with Sink() as made:
        yield made


@pytest.fixture
def root(request: pytest.FixtureRequest, database_url: str, sink: Sink) -> Iterator[Session]:
    """On a database with two steps; the first waits a second, or as long as the parameter says."""
    delay = getattr(request, "param", "1s")
    session = session_on(database_url)
    config = f"""
version: 1
users:
  - {{username: ana, contacts: [{{name: push, url: "{sink.apprise_url("/ana")}"}}]}}
  - {{username: bo, contacts: [{{name: push, url: "{sink.apprise_url("/bo")}"}}]}}
policies:
  - {{name: p, remind: off,
     steps: [{{delay: {delay}, targets: [{{user: ana}}]}}, {{delay: 1h, targets: [{{user: bo}}]}}]}}
services: [{{name: checkout, policy: p}}]
integrations: [{{name: monitor, kind: generic, service: checkout, key: "{KEY}"}}]
"""
    apply(session, config, addresses=False)
    yield session
    session.store.close()


@pytest.fixture
def url(root: Session, database_url: str) -> str:
    return database_url


def die_at(url: str, folder: Path, point: str) -> WorkerProcess:
    """A worker that posts an alert to itself and dies at the point."""
    dying = WorkerProcess(url, folder, MORTAL | {"ONCALL_CRASH_AT": point})
    try:
        status, answer = post(f"{dying.address}/in/generic/{KEY}", {"title": "5xx", "key": "k1"})
        assert status == 202, answer
    except (OSError, HTTPException):
        # The worker died while it answered: the sender knows of no 2xx and sends again.
        assert point != "after-accepted"
    assert dying.wait_dead() == -9
    dying.stop()
    return dying


def paged(sink: Sink, path: str) -> list[str]:
    """The ids of the pages that reached this path."""
    return [request.page_id for request in sink.requests if request.path == path]


def test_killed_after_the_2xx_the_page_goes_out(url: str, sink: Sink, tmp_path: Path) -> None:
    """Delivery runs beside the answer: the page may be out already, then it comes at most once more under its id."""
    die_at(url, tmp_path, "after-accepted")
    with worker(url, tmp_path):
        sink.wait_for(lambda seen: any(request.path == "/bo" for request in seen))
    assert set(paged(sink, "/ana")) == {"1-1"}
    assert len(paged(sink, "/ana")) <= 2
    assert paged(sink, "/bo") == ["1-2"]


def test_killed_before_the_send_the_page_still_goes_out_once(url: str, sink: Sink, tmp_path: Path) -> None:
    die_at(url, tmp_path, "after-claim")
    assert paged(sink, "/ana") == []
    with worker(url, tmp_path):
        sink.wait_for(lambda seen: any(request.path == "/ana" for request in seen))
        sink.wait_for(lambda seen: any(request.path == "/bo" for request in seen))
    assert paged(sink, "/ana") == ["1-1"]
    assert paged(sink, "/bo") == ["1-2"]


def test_killed_after_the_escalation_is_committed_its_page_still_goes_out(url: str, sink: Sink, tmp_path: Path) -> None:
    """Here, too, delivery may have been quicker than the kill."""
    die_at(url, tmp_path, "after-escalation")
    with worker(url, tmp_path):
        sink.wait_for(lambda seen: any(request.path == "/bo" for request in seen))
    assert set(paged(sink, "/bo")) == {"1-2"}
    assert len(paged(sink, "/bo")) <= 2
    assert set(paged(sink, "/ana")) == {"1-1"}


@pytest.mark.parametrize("root", ["1h"], indirect=True)
def test_killed_between_the_send_and_its_bookkeeping_the_page_repeats_once_under_its_id(
    root: Session, url: str, sink: Sink, tmp_path: Path
) -> None:
    die_at(url, tmp_path, "after-send")
    assert paged(sink, "/ana") == ["1-1"]
    with worker(url, tmp_path):
        sink.wait_for(lambda seen: sum(request.path == "/ana" for request in seen) == 2)
        escalate(by(root, "bo"), 1)
        sink.wait_for(lambda seen: any(request.path == "/bo" for request in seen))
    assert paged(sink, "/ana") == ["1-1", "1-1"]
    first, second = (request.text for request in sink.requests if request.path == "/ana")
    assert "repeat" not in first
    assert "repeat" in second
    assert [page.state for page in pages_of(root, 1)] == ["delivered", "delivered"]


@pytest.mark.parametrize("root", ["1h"], indirect=True)
def test_stopped_by_sigterm_it_finishes_what_is_in_flight(root: Session, url: str, sink: Sink, tmp_path: Path) -> None:
    sink.answer("/ana", delay=3600)
    with worker(url, tmp_path) as running:
        status, _ = post(f"{running.address}/in/generic/{KEY}", {"title": "5xx", "key": "k1"})
        assert status == 202
        sink.wait_for(lambda seen: len(seen) == 1)
        running.process.send_signal(signal.SIGTERM)
        sink.release()
        assert running.process.wait(PATIENCE) == 0
    assert pages_of(root, 1)[0].state == "delivered"
