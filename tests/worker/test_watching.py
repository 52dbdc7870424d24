"""A real worker vouches for itself to a real HTTP sink, and falls silent when it can't."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import delete, select, text

from oncall_tui.ops.config import apply
from oncall_tui.storage.engine import Store, open_store
from oncall_tui.storage.tables import timeline, timers, workers
from tests.faults.ledger import session_on
from tests.support.processes import PATIENCE, WorkerProcess, get, post, wait_until, worker
from tests.support.sinks import Sink

pytestmark = pytest.mark.timeout(300)

KEY = "0123456789abcdef0123456789abcdef"
SECRET_PATH = "/ping/only-we-know-this"


@pytest.fixture
def sink() -> Iterator[Sink]:
    with Sink() as made:
        yield made


@pytest.fixture
def env(sink: Sink) -> dict[str, str]:
    return {
        "ONCALL_AUDIT_EVERY": "1s",
        "ONCALL_DEADMAN_URL": f"{sink.address}{SECRET_PATH}",
        "ONCALL_DEADMAN_EVERY": "1s",
    }


def configured(url: str, sink: Sink) -> None:
    config = f"""
version: 1
users: [{{username: ana, contacts: [{{name: push, url: "{sink.apprise_url("/ana")}"}}]}}]
policies: [{{name: p, remind: off, steps: [{{delay: 1h, targets: [{{user: ana}}]}}]}}]
services: [{{name: checkout, policy: p}}, {{name: oncall, policy: p}}]
integrations: [{{name: monitor, kind: generic, service: checkout, key: "{KEY}"}}]
"""
    root = session_on(url)
    with closing(root.store):
        apply(root, config, addresses=False)


def pings(sink: Sink) -> int:
    return sum(request.path == SECRET_PATH for request in sink.requests)


def ping_again(sink: Sink) -> None:
    """Wait for two more pings: the first may have been on its way already."""
    before = pings(sink)
    sink.wait_for(lambda seen: sum(request.path == SECRET_PATH for request in seen) >= before + 2)


def metrics(running: WorkerProcess) -> str:
    return str(get(f"{running.address}/metrics")[1])


def metric(running: WorkerProcess, name: str) -> float:
    """The first number of that name; -1 when there is none."""
    found = re.search(rf"^{name}(?:{{.*}})? (\S+)$", metrics(running), re.MULTILINE)
    return float(found[1]) if found else -1.0


def ping_failure(store: Store) -> str:
    with store.read() as conn:
        return conn.execute(select(workers.c.ping_failure)).scalar_one_or_none() or ""


def test_it_pings_while_all_is_well_and_tells_its_figures(
    sqlite_url: str, sink: Sink, env: dict[str, str], tmp_path: Path
) -> None:
    configured(sqlite_url, sink)
    with worker(sqlite_url, tmp_path, env) as running:
        status, _ = post(f"{running.address}/in/generic/{KEY}", {"title": "5xx", "key": "k1"})
        assert status == 202
        sink.wait_for(lambda seen: any(request.path == "/ana" for request in seen))
        ping_again(sink)
        wait_until(lambda: metric(running, "oncall_page_lag_pages") == 1, "the page's lag")
        assert 0 <= metric(running, r'oncall_page_lag_seconds{quantile="0.99"}') < PATIENCE
        wait_until(lambda: metric(running, "oncall_audit_passed") == 1, "an audit that was passed")
        assert metric(running, "oncall_audit_mended_total") == 0
        wait_until(lambda: 0 <= metric(running, "oncall_deadman_seconds") < PATIENCE, "a ping that was written down")
        wait_until(lambda: len(re.findall("^oncall_worker_looked_seconds", metrics(running), re.M)) == 2, "two loops")
    assert {request.method for request in sink.requests if request.path == SECRET_PATH} == {"GET"}
    assert running.log.count("dead-man") == 0


def test_a_timer_deleted_under_its_feet_is_made_again_and_said(
    database_url: str, sink: Sink, env: dict[str, str], tmp_path: Path
) -> None:
    configured(database_url, sink)
    store = open_store(database_url)
    with worker(database_url, tmp_path, env | {"ONCALL_INTERNAL_SERVICE": "oncall"}) as running:
        post(f"{running.address}/in/generic/{KEY}", {"title": "5xx", "key": "k1"})
        # The answer to its page sets the timer anew: that must be behind us.
        wait_until(lambda: metric(running, "oncall_page_lag_pages") == 1, "the page to be sent and written down")
        with store.write() as conn:
            assert conn.execute(delete(timers)).rowcount == 1

        def mended() -> bool:
            with store.read() as conn:
                return conn.execute(select(timers.c.number).where(timers.c.number == 1)).one_or_none() is not None

        wait_until(mended, "the timer")
        wait_until(lambda: metric(running, "oncall_audit_mended_total") == 1, "the count")
        sink.wait_for(lambda seen: any("The self-audit mended incident #1" in request.text for request in seen))
        log = running.log
    with store.read() as conn:
        said = list(conn.execute(select(timeline.c.text).where(timeline.c.kind == "mended")).scalars())
    store.close()
    assert said == ["the self-audit found that its timer was missing: mended"]
    assert log.count("its timer was missing") == 1


def test_it_falls_silent_while_the_engine_is_stuck(
    postgres_url: str, sink: Sink, env: dict[str, str], tmp_path: Path
) -> None:
    """Somebody holds the timers: the engine can't look, though the database answers and the process lives."""
    store = open_store(postgres_url)
    with worker(postgres_url, tmp_path, env) as running:
        ping_again(sink)
        with store.write() as conn:
            conn.execute(text("LOCK TABLE timers IN ACCESS EXCLUSIVE MODE"))
            wait_until(lambda: any("engine" in one for one in _unready(running)), "the worker to know what is stuck")
            _is_silent(sink, running)
        ping_again(sink)
        wait_until(lambda: get(f"{running.address}/readyz")[0] == 200, "the worker to be ready again")
    store.close()
    assert "dead-man ping to http://127.0.0.1: held back" in running.log
    assert SECRET_PATH not in running.log


def test_it_falls_silent_while_nothing_can_be_written(
    sqlite_url: str, sink: Sink, env: dict[str, str], tmp_path: Path
) -> None:
    store = open_store(sqlite_url)

    def told() -> bool:
        return "the self-audit could not end" in running.log

    with worker(sqlite_url, tmp_path, env) as running:
        ping_again(sink)
        with store.write():
            wait_until(told, "the audit to fail")
            _is_silent(sink, running)
            wait_until(lambda: get(f"{running.address}/readyz")[0] == 200, "senders to hear nothing of it")
        ping_again(sink)
        assert running.log.count("auditor: the self-audit could not end") == 1
    store.close()


def _unready(running: WorkerProcess) -> list[str]:
    status, answer = get(f"{running.address}/readyz")
    return list(answer["reasons"]) if status == 503 else []


def _is_silent(sink: Sink, running: WorkerProcess) -> None:
    """No ping but one that was on its way, while its log tells that one was held back."""
    before = pings(sink)
    wait_until(lambda: "held back" in running.log, "a ping to be held back")
    assert pings(sink) <= before + 1


def test_a_monitor_that_fails_is_told_once_and_takes_nobody_out_of_service(
    sqlite_url: str, sink: Sink, env: dict[str, str], tmp_path: Path
) -> None:
    sink.answer(SECRET_PATH, 503)
    store = open_store(sqlite_url)
    with worker(sqlite_url, tmp_path, env) as running:
        ping_again(sink)
        wait_until(lambda: ping_failure(store) == "answered 503", "the failure to be kept")
        wait_until(lambda: get(f"{running.address}/readyz")[0] == 200, "senders to hear nothing of it")
        assert metric(running, "oncall_deadman_seconds") == -1
        assert running.log.count("answered 503") == 1
        sink.answer(SECRET_PATH, 204)
        wait_until(lambda: "arrives again" in running.log, "the ping to arrive")
        wait_until(lambda: ping_failure(store) == "", "the failure to be over")
    store.close()
    assert SECRET_PATH not in running.log
