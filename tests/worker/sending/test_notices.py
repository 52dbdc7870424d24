"""A real worker tells people of their shifts through a real HTTP service: once, and after a kill once more at most."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import func, select

from oncall_tui.ops.config import apply
from oncall_tui.storage.engine import open_store
from oncall_tui.storage.tables import notices
from tests.faults.ledger import session_on
from tests.support.processes import WorkerProcess, oncall, post, worker
from tests.support.sinks import Sink

pytestmark = pytest.mark.timeout(300)

KEY = "0123456789abcdef0123456789abcdef"
MORTAL = {"ONCALL_LEASE": "1s"}  # its leases pass on soon; whoever takes over has all the time there is


@pytest.fixture
def sink() -> Iterator[Sink]:
    with Sink() as made:
        yield made


@pytest.fixture
def url(sqlite_url: str, sink: Sink) -> str:
    return configured(sqlite_url, sink)


def configured(url: str, sink: Sink) -> str:
    """A database at this address in which bo has the pages and the room hears of changes."""
    config = f"""
version: 1
users:
  - {{username: ana, contacts: [{{name: push, url: "{sink.apprise_url("/ana")}"}}]}}
  - {{username: bo, contacts: [{{name: push, url: "{sink.apprise_url("/bo")}"}}]}}
schedules:
  - name: primary
    timezone: UTC
    layers: [{{name: always, users: [ana], start: 2026-01-05T09:00, every: 1w}}]
    notices: [{{url: "{sink.apprise_url("/room")}", on: change}}]
policies: [{{name: p, remind: off, steps: [{{delay: 1h, targets: [{{user: bo}}]}}]}}]
services: [{{name: checkout, policy: p}}]
integrations: [{{name: monitor, kind: generic, service: checkout, key: "{KEY}"}}]
"""
    root = session_on(url)
    with closing(root.store):
        apply(root, config, addresses=False)
    return url


def told(sink: Sink, path: str) -> list[str]:
    """The first lines of what reached this path."""
    return [request.text.splitlines()[0] for request in sink.requests if request.path == path]


def under_way(url: str) -> int:
    """How many notices are being sent."""
    store = open_store(url)
    with closing(store), store.read() as conn:
        return conn.execute(select(func.count()).select_from(notices).where(notices.c.state == "sending")).scalar_one()


def test_a_shift_taken_is_told_to_whoever_loses_it_gets_it_and_listens(url: str, sink: Sink, tmp_path: Path) -> None:
    with worker(url, tmp_path):
        oncall(url, "--user", "bo", "take", "primary", "--for", "2h")
        sink.wait_for(lambda seen: {request.path for request in seen} == {"/ana", "/bo", "/room"})
    assert told(sink, "/ana") == ["You are no longer on call: primary"]
    assert told(sink, "/bo") == ["You are on call: primary"]
    assert told(sink, "/room") == ["On call in primary: bo"]
    assert len({request.page_id for request in sink.requests}) == 3


def test_a_provider_that_fails_for_a_while_is_tried_again(url: str, sink: Sink, tmp_path: Path) -> None:
    sink.answer("/ana", 503, times=1)
    with worker(url, tmp_path):
        oncall(url, "--user", "bo", "take", "primary", "--for", "2h")
        sink.wait_for(lambda seen: sum(request.path == "/ana" for request in seen) == 2)
    assert told(sink, "/ana") == ["You are no longer on call: primary"] * 2
    first, second = (request.page_id for request in sink.requests if request.path == "/ana")
    assert first == second


def test_a_hanging_channel_keeps_no_page_waiting(url: str, sink: Sink, tmp_path: Path) -> None:
    """The page is out while the sends of notices hang: nobody but the sink ends them."""
    for path in ("/room", "/ana"):
        sink.answer(path, how="hang")
    with worker(url, tmp_path) as running:
        oncall(url, "--user", "bo", "take", "primary", "--for", "2h")
        sink.wait_for(lambda seen: {"/room", "/ana"} <= {request.path for request in seen})
        status, _ = post(f"{running.address}/in/generic/{KEY}", {"title": "5xx", "key": "k1"})
        assert status == 202
        sink.wait_for(lambda seen: any(request.page_id == "1-1" for request in seen))
        assert under_way(url) == 2, "neither has ended yet"
        sink.release()


def test_killed_between_the_send_and_its_bookkeeping_it_repeats_once_under_its_id(
    database_url: str, sink: Sink, tmp_path: Path
) -> None:
    url = configured(database_url, sink)
    dying = WorkerProcess(url, tmp_path, MORTAL | {"ONCALL_CRASH_AT": "after-notice-sent"})
    oncall(url, "--user", "bo", "take", "primary", "--for", "2h")
    assert dying.wait_dead() == -9
    dying.stop()
    with worker(url, tmp_path):
        sink.wait_for(lambda seen: any("repeat" in request.text for request in seen))
        sink.wait_for(lambda seen: any(request.path == "/bo" for request in seen))
    ids = [request.page_id for request in sink.requests]
    repeated = [one for number, one in enumerate(sink.requests) if one.page_id in ids[:number]]
    assert repeated
    assert all("repeat" in one.text for one in repeated)
    assert max(ids.count(one) for one in ids) == 2
