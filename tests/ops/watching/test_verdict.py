"""What is red about the house itself, and what is not."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from oncall_tui.ops.reading.rows import WorkerRow
from oncall_tui.ops.watching import Alarm, Lag, Watching, red
from tests.support.worlds import T0

MINUTE = timedelta(minutes=1)


def ago(seconds: float) -> timedelta:
    return timedelta(seconds=seconds)


FINE = WorkerRow(
    id="w1",
    host="box",
    pid=1,
    version="1",
    started_at=T0 - ago(3600),
    seen_at=T0 - ago(5),
    engine_looked_at=T0 - ago(6),
    delivery_looked_at=T0 - ago(6),
    audited_at=T0 - ago(60),
)
HOUSE = Watching(at=T0, lag=Lag(0), oldest_unsent_at=None, alarms=(), mended=0, workers=(FINE,))


def test_a_house_that_pages_is_not_red() -> None:
    assert red(HOUSE, MINUTE) == ()
    fresh = replace(FINE, started_at=T0 - ago(10), engine_looked_at=None, delivery_looked_at=None, audited_at=None)
    assert red(replace(HOUSE, workers=(fresh,)), MINUTE) == (), "it has only just started"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"seen_at": T0 - ago(31)}, "no worker is alive"),
        ({"engine_looked_at": T0 - ago(21)}, "worker w1: its engine loop has not looked for 21s"),
        ({"delivery_looked_at": T0 - ago(300)}, "worker w1: its delivery loop has not looked for 5m"),
        ({"audited_at": T0 - ago(151)}, "worker w1: its last self-audit is 2m31s old"),
        ({"audited_at": None}, "worker w1: its last self-audit is 1h old"),
        ({"audit": "2 pages are due and not sent"}, "worker w1: self-audit: 2 pages are due and not sent"),
        ({"ping_failure": "answered 500"}, "worker w1: dead-man ping: answered 500"),
    ],
)
def test_each_ailment_of_a_worker_is_red(change: dict[str, object], words: str) -> None:
    ill = replace(FINE, **change)  # type: ignore[arg-type] # one row of the table above
    assert red(replace(HOUSE, workers=(ill,)), MINUTE)[0].startswith(words)


def test_without_any_worker_it_is_red() -> None:
    assert red(replace(HOUSE, workers=()), MINUTE) == ("no worker is alive: nothing is taken, escalated or sent",)


def test_a_silent_worker_is_red_until_one_starts_on_its_host() -> None:
    silent = replace(FINE, id="w0", seen_at=T0 - ago(90))
    elsewhere = replace(FINE, host="other", started_at=T0 - ago(80))
    restarted = replace(FINE, started_at=T0 - ago(80))
    assert red(replace(HOUSE, workers=(silent, FINE)), MINUTE) == ("worker w0 fell silent 1m30s ago",)
    assert red(replace(HOUSE, workers=(silent, elsewhere)), MINUTE) == ("worker w0 fell silent 1m30s ago",)
    assert red(replace(HOUSE, workers=(silent, restarted)), MINUTE) == ()


def test_what_is_overdue_is_red() -> None:
    alarms = (Alarm("engine_late", "3 incidents are due and were not looked at, the oldest for 2m"),)
    assert red(replace(HOUSE, alarms=alarms), MINUTE) == (alarms[0].text,)
