"""`oncall` on a disk that syncs late: each commit to SQLite takes so many microseconds more, the write lock held.

strace can delay the sync itself, but it stops a thread at each call of the system until it has made one that is to be
delayed: threads that never sync were several times slower, and the figure was strace's own.
"""

from __future__ import annotations

import sys
import time

from sqlalchemy import Connection

from oncall_tui.cli import main
from oncall_tui.storage.engine import Store


def slow_down(seconds: float) -> None:
    """Let every commit of this process take so much longer; nobody's lock of the interpreter is held meanwhile."""
    commit = Store._commit

    def later(store: Store, conn: Connection) -> None:
        time.sleep(seconds)
        commit(store, conn)

    Store._commit = later  # type: ignore[method-assign, assignment] # the one place where a write transaction ends


if __name__ == "__main__":
    slow_down(int(sys.argv.pop(1)) / 1_000_000)
    main()
