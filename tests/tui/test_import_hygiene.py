"""The first frame does not wait for the database: nothing of it is even imported by then."""

from __future__ import annotations

import json
import subprocess
import sys

FIRST_PAINT = """
import json, sys
from textual import events
from oncall_tui.tui.app import OncallApp
from oncall_tui.tui.ops_backend import OpsBackend
from oncall_tui.settings import Settings

class Watched(OpsBackend):
    def open(self):
        print(json.dumps(sorted(sys.modules)))
        raise SystemExit

app = OncallApp(Watched(Settings(database="/nowhere/at/all.db")), ticking=False)

async def main():
    async with app.run_test() as pilot:
        for _ in range(200):
            await pilot.pause(0.01)
            if not app._feed.is_alive() and app._feed.ident:
                return

import asyncio
asyncio.run(main())
"""


def test_the_first_frame_needs_no_database() -> None:
    done = subprocess.run([sys.executable, "-c", FIRST_PAINT], capture_output=True, text=True, timeout=60, check=False)
    assert done.stdout, done.stderr
    loaded = set(json.loads(done.stdout.splitlines()[0]))
    assert "textual.app" in loaded
    heavy = {"sqlalchemy", "alembic", "apprise", "fastapi", "starlette", "psycopg", "httpx", "croniter", "pydantic"}
    assert not loaded & heavy
    assert not any(name.startswith(("oncall_tui.storage", "oncall_tui.worker", "oncall_tui.intake")) for name in loaded)
