"""kill -9 in the middle of group commits: whatever was answered is there afterwards."""

from __future__ import annotations

import subprocess
import sys

import pytest
from sqlalchemy import select, text

from oncall_tui.storage.engine import Store
from oncall_tui.storage.tables import meta
from oncall_tui.storage.writer import Writer

# Eight threads submit without end; a key is printed only after its future has a result.
BUSY = (
    "import os, sys, threading\n"
    "from sqlalchemy import insert\n"
    "from oncall_tui.storage.engine import open_store\n"
    "from oncall_tui.storage.tables import meta\n"
    "from oncall_tui.storage.writer import Writer\n"
    "store = open_store(sys.argv[1])\n"
    "writer = Writer(store)\n"
    "def submit(name):\n"
    "    n = 0\n"
    "    while True:\n"
    "        key = f'{sys.argv[2]}-{name}-{n}'\n"
    "        writer.submit(lambda conn: conn.execute(insert(meta).values(key=key, value='1')) and None).result()\n"
    "        os.write(1, (key + '\\n').encode())\n"
    "        n += 1\n"
    "for name in range(8):\n"
    "    threading.Thread(target=submit, args=(name,)).start()\n"
)


@pytest.mark.parametrize("answers", [1, 57, 200, 401])
def test_what_was_answered_survives_kill_9(store: Store, database_url: str, answers: int) -> None:
    busy = subprocess.Popen([sys.executable, "-c", BUSY, database_url, str(answers)], stdout=subprocess.PIPE, text=True)
    assert busy.stdout is not None
    answered = [busy.stdout.readline().strip() for _ in range(answers)]
    busy.kill()
    answered += busy.stdout.read().split()
    busy.stdout.close()
    busy.wait(30)
    with store.read() as conn:
        found = set(conn.execute(select(meta.c.key)).scalars())
        if store.dialect == "sqlite":
            assert conn.execute(text("PRAGMA integrity_check")).scalar() == "ok"
    assert len(answered) >= answers
    assert set(answered) <= found
    writer = Writer(store)
    writer.submit(lambda conn: conn.execute(meta.insert().values(key="after", value="1")).rowcount).result(20)
    writer.stop()
