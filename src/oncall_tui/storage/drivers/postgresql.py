"""PostgreSQL connections through psycopg 3, with time-outs at every layer so that a dead peer is noticed."""

from __future__ import annotations

import math
import time
from typing import Any

from sqlalchemy import Engine, create_engine, event
from sqlalchemy.engine import URL
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.pool import ConnectionPoolEntry, NullPool

from oncall_tui.domain.errors import Unavailable

POOL_SIZE = 5
CHANNEL = "oncall"
STATEMENT_SECONDS = 15
LOCK_SECONDS = 5
CONNECT_SECONDS = 2
RESTED_SECONDS = 0.5

# A partition that drops packets is noticed in under 20 s: keepalives for a silent link, the user time-out for one that
# has data under way (tcp(7)).
_LINK = {
    "connect_timeout": CONNECT_SECONDS,
    "keepalives": 1,
    "keepalives_idle": 5,
    "keepalives_interval": 3,
    "keepalives_count": 3,
    "tcp_user_timeout": 12_000,
    "application_name": "oncall",
}


def link_options(url: URL, *, lock_seconds: float = LOCK_SECONDS) -> dict[str, Any]:
    """What psycopg is told besides the address; settings written in the URL win."""
    settings = {
        "timezone": "UTC",
        "synchronous_commit": "on",
        "statement_timeout": f"{STATEMENT_SECONDS}s",
        "lock_timeout": f"{round(lock_seconds * 1000)}ms",
        "idle_in_transaction_session_timeout": f"{STATEMENT_SECONDS}s",
        # After a storm the planner still knows the tables as they were, and takes a claim of a hundred rows for a query
        # that is worth compiling: 2 s of compiler for 0.05 s of work.
        "jit": "off",
        # What is worked on lies in memory; by the default, made for turning disks, a claim reads the whole table.
        "random_page_cost": "1.1",
    }
    own = " ".join(f"-c {name}={value}" for name, value in settings.items())
    written = url.query.get("options", "")
    options = {name: value for name, value in _LINK.items() if name not in url.query}
    return {**options, "options": f"{own} {written if isinstance(written, str) else ' '.join(written)}".strip()}


def engine(url: URL, *, busy_timeout: float) -> Engine:
    """The one pool of a process, at most five connections."""
    # The last one used is taken first: it has its statements prepared and planned, where each has to do that by itself.
    pool = _engine(
        url, busy_timeout, pool_size=POOL_SIZE, max_overflow=0, pool_timeout=busy_timeout, pool_use_lifo=True
    )
    event.listen(pool, "checkout", _still_there)
    event.listen(pool, "checkin", _used)
    return pool


def lone_engine(url: URL, *, busy_timeout: float) -> Engine:
    """An engine without a pool, for a migration."""
    return _engine(url, busy_timeout, poolclass=NullPool)


def _used(_link: object, record: ConnectionPoolEntry) -> None:
    record.info["used_at"] = time.monotonic()


def _still_there(link: Any, record: ConnectionPoolEntry, _proxy: object) -> None:
    """Ask a connection that has rested whether it lives; a dead one makes the pool start anew, unseen by the caller."""
    if time.monotonic() - record.info.get("used_at", math.inf) < RESTED_SECONDS:
        return
    import psycopg

    try:
        link.execute("SELECT 1")
        link.rollback()
    except psycopg.Error as error:
        gone = DisconnectionError()
        gone.invalidate_pool = True
        raise gone from error


def _engine(url: URL, busy_timeout: float, **more: Any) -> Engine:
    try:
        return create_engine(
            url.difference_update_query(["options"]),
            connect_args=link_options(url, lock_seconds=busy_timeout),
            hide_parameters=True,
            **more,
        )
    except ModuleNotFoundError as error:
        raise Unavailable(
            "PostgreSQL needs psycopg, which is not installed",
            mend="pip install 'oncall-tui[postgres]'",
            code="missing_driver",
        ) from error
