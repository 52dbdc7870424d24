"""The first frame does not wait for the database: nothing of it is even imported by then."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from tests.tui.seeded import seeded

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


FIRST_LOOK = """
import json, sys
from oncall_tui.cli.verbs.house.terminal import make_database
from oncall_tui.settings import load_settings
from oncall_tui.tui.model import Wanted
from oncall_tui.tui.ops_backend import OpsBackend
backend = OpsBackend(load_settings({"database": sys.argv[1], "user": "ana"}, {}, None), prepare=make_database)
backend.open()
assert backend.early(Wanted()).queue.rows
print(json.dumps(sorted(sys.modules)))
assert backend.look(Wanted(number=4)).queue.rows
backend.close()
print(json.dumps(sorted(sys.modules)))
"""


def test_the_queue_and_a_story_need_only_what_they_show(tmp_path: Path) -> None:
    seeded(tmp_path).store.close()
    command = [sys.executable, "-c", FIRST_LOOK, str(tmp_path / "oncall.db")]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.stdout, done.stderr
    early, loaded = (set(json.loads(line)) for line in done.stdout.splitlines())
    rest = ("oncall_tui.domain.incident", "oncall_tui.domain.schedules", "oncall_tui.domain.world", "msgspec")
    assert not [name for name in early if name.startswith(rest)], "the queue is shown before these are loaded"
    heavy = {"sqlalchemy.orm", "alembic", "apprise", "fastapi", "starlette", "httpx", "icalendar", "holidays", "re2"}
    assert not loaded & {*heavy, "cryptography", "pydantic", "psycopg", "jmespath", "uvicorn"}
    unseen = ("oncall_tui.worker", "oncall_tui.intake", "oncall_tui.ops.taking", "oncall_tui.ops.config")
    assert not [name for name in loaded if name.startswith(unseen)]
