"""What is red: each thing for which somebody must look at the house itself, in words."""

from __future__ import annotations

from datetime import datetime, timedelta

from oncall_tui.domain.time.durations import format_duration
from oncall_tui.ops.reading.rows import WorkerRow
from oncall_tui.ops.watching.reading import Watching

SILENT_AFTER = timedelta(seconds=30)
LOOP_LATE = timedelta(seconds=20)  # a loop is stuck after ten, and a sign of life is five old at the most
AUDIT_LATE = timedelta(seconds=30)


def is_alive(worker: WorkerRow, now: datetime) -> bool:
    """Whether the worker has given a sign of life lately."""
    return now - worker.seen_at <= SILENT_AFTER


def red(seen: Watching, audit_every: timedelta) -> tuple[str, ...]:
    """Everything that is wrong at `seen.at`; empty when pages go out as they should.

    `audit_every`: how often workers audit. A worker that was killed is red for a day, or until one starts on its host.
    """
    alive = [worker for worker in seen.workers if is_alive(worker, seen.at)]
    found = [] if alive else ["no worker is alive: nothing is taken, escalated or sent"]
    found += [
        f"worker {worker.id} fell silent {_ago(worker.seen_at, seen.at)} ago"
        for worker in seen.workers
        if worker not in alive and not any(_replaces(other, worker) for other in alive)
    ]
    for worker in alive:
        found += [f"worker {worker.id}: {words}" for words in _ailing(worker, seen.at, audit_every)]
    return (*found, *(alarm.text for alarm in seen.alarms))


def _replaces(other: WorkerRow, silent: WorkerRow) -> bool:
    return other.host == silent.host and other.started_at >= silent.seen_at


def _ailing(worker: WorkerRow, now: datetime, audit_every: timedelta) -> list[str]:
    found = []
    for loop, looked_at in (("engine", worker.engine_looked_at), ("delivery", worker.delivery_looked_at)):
        if now - (looked_at or worker.started_at) > LOOP_LATE:
            found.append(f"its {loop} loop has not looked for {_ago(looked_at or worker.started_at, now)}")
    if now - (worker.audited_at or worker.started_at) > 2 * audit_every + AUDIT_LATE:
        found.append(f"its last self-audit is {_ago(worker.audited_at or worker.started_at, now)} old")
    elif worker.audit:
        found.append(f"self-audit: {worker.audit}")
    if worker.ping_failure:
        found.append(f"dead-man ping: {worker.ping_failure}")
    return found


def _ago(since: datetime, now: datetime) -> str:
    return format_duration(timedelta(seconds=max(0, int((now - since).total_seconds()))))
