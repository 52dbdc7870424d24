"""Several workers on one PostgreSQL: whether more of them hand over more, and nothing twice."""

from __future__ import annotations

import logging
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime, timedelta
from itertools import repeat

from sqlalchemy import func, select

from bench.engine import DELAY, NullSender, fill, met, opened, prepared, running, settle
from bench.server import postgres
from oncall_tui.clock import SystemClock
from oncall_tui.ops.session import Session
from oncall_tui.storage.tables import attempts, pages
from tests.support.postgres import make_database

EACH = 3_000
AHEAD = timedelta(seconds=20)  # time enough to open them all
BAR = 0.9
LONGEST = 240.0  # seconds


@contextmanager
def worker(url: str) -> Iterator[None]:
    """One more worker process, ready."""
    process = subprocess.Popen(
        [sys.executable, "-m", "bench.workers", url], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    try:
        if process.stdout.readline().strip() != "ready":
            raise RuntimeError("the worker did not start")
        yield
    finally:
        process.communicate(timeout=60)


def run(url: str, counts: tuple[int, ...] = (1, 2, 4), each: int = EACH) -> None:
    """Print how much so many workers hand over together, each time the same wall, on an empty PostgreSQL database.

    RuntimeError when a page was sent twice.
    """
    session, clock = prepared(url)
    alone = 0.0
    for count in counts:
        with ExitStack() as stack:
            for _ in range(count):
                stack.enter_context(worker(url))
            due = SystemClock().now() + AHEAD
            clock.set(due - DELAY)
            fill(session, clock, repeat(0.0, each))
            settle(session)
            late = (SystemClock().now() - due).total_seconds()
            deadline = time.monotonic() + LONGEST
            while _waiting(session):
                if time.monotonic() > deadline:
                    raise RuntimeError("the workers did not finish in time")
                time.sleep(0.1)
        if late > 0:
            raise RuntimeError(f"they fell due {late:.0f} s before all were open: the machine is too busy to tell")
        rate = each / (_last_end(session) - due).total_seconds()
        doubled = _doubled(session)
        alone = alone or rate
        print(
            f"PostgreSQL, {count} worker{'s' * (count > 1)}: {rate:.0f} a second, {rate / alone:.2f}x of one"
            f" (bar: {BAR}x, {met(rate >= BAR * alone)}), {doubled} doubled ({met(doubled == 0)})",
            flush=True,
        )
        if doubled:
            raise RuntimeError(f"{doubled} pages were sent twice")
    session.close()


def _waiting(session: Session) -> int:
    with session.reading() as conn:
        sent = conn.execute(
            select(func.count()).where(pages.c.step == 2, pages.c.finished_at.is_not(None))
        ).scalar_one()
        opened = conn.execute(select(func.count()).where(pages.c.step == 1)).scalar_one()
    return int(opened - sent)


def _last_end(session: Session) -> datetime:
    with session.reading() as conn:
        ended: datetime = conn.execute(select(func.max(attempts.c.ended_at))).scalar_one()
    return ended


def _doubled(session: Session) -> int:
    """Pages that were tried more than once: this provider never refuses."""
    again = select(attempts.c.page_id).group_by(attempts.c.page_id).having(func.count() > 1).subquery()
    with session.reading() as conn:
        return int(conn.execute(select(func.count()).select_from(again)).scalar_one())


def serve(url: str) -> None:
    """Be one of the workers until standard input ends."""
    logging.basicConfig(level=logging.WARNING)
    session = opened(url)
    with running(session, NullSender()):
        print("ready", flush=True)
        sys.stdin.read()
    session.close()


def main(arguments: list[str]) -> None:
    """`python -m bench.workers [EACH]`: these figures alone; with an address for argument one of the workers."""
    if arguments and not arguments[0].isdecimal():
        serve(arguments[0])
        return
    with postgres() as server:
        run(make_database(server), each=int(arguments[0]) if arguments else EACH)


if __name__ == "__main__":
    main(sys.argv[1:])
