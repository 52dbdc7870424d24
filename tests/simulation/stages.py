"""The houses that seeds are played in: a few configs, each in a real SQLite file in memory, used again and again.

Triggers of the file itself write down every change of state in the order of the commits, whatever the product says.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import tempfile
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path

from oncall_tui.clock import ManualClock
from oncall_tui.domain.directory.people import Role
from oncall_tui.ops.config import apply
from oncall_tui.ops.directory import Directory
from oncall_tui.ops.session import Actor, Session
from oncall_tui.settings import load_settings
from oncall_tui.storage.cipher import Cipher
from oncall_tui.storage.engine import open_store
from oncall_tui.storage.migrate import upgrade
from tests.simulation.faulty import FaultyStore
from tests.support.worlds import T0

PEOPLE = """
version: 1
users:
  - {username: ana, role: admin,
     contacts: [{name: push, url: "json://ana-push.test"}, {name: mail, url: "json://ana-mail.test"}],
     rules: [{contact: push, delay: 0s}, {contact: mail, delay: 1m}]}
  - {username: bo, contacts: [{name: push, url: "json://bo-push.test"}, {name: phone, url: "json://bo-phone.test"}]}
  - {username: cy, contacts: [{name: push, url: "json://cy-push.test"}]}
  - {username: dee, contacts: [{name: push, url: "json://dee-push.test"}]}
teams:
  - {name: core, members: [ana, bo], policies: [first, second]}
schedules:
  - name: rota
    timezone: UTC
    layers: [{name: turns, users: [ana, bo, cy], start: 2026-03-01T03:00, every: 7h}]
  - name: gaps
    timezone: UTC
    layers:
      - {name: early, shifts: [{user: bo, start: 2026-03-01T03:05, end: 2026-03-01T03:07}]}
      - {name: late, shifts: [{user: cy, start: 2026-03-01T03:11, end: 2026-03-01T09:00}]}
integrations:
  - {name: monitor, kind: generic, service: one, key: monitor-key-of-the-simulation}
  - {name: other, kind: generic, service: two, key: other-key-of-the-simulation}
"""

STEPS = """
policies:
  - {name: first, repeat: 1, remind: 4m, fallback: [{user: dee}],
     steps: [{delay: 3m, targets: [{user: ana}]}, {delay: 2m, targets: [{user: bo}, {user: cy}]}]}
  - {name: second, repeat: 0, remind: 10m, fallback: [{user: dee}],
     steps: [{delay: 5m, targets: [{schedule: rota}]}]}
"""

GAPS = """
policies:
  - {name: first, repeat: 0, remind: off, fallback: [{user: dee}],
     steps: [{delay: 4m, targets: [{schedule: gaps}]}]}
  - {name: second, repeat: 1, remind: 3m,
     steps: [{delay: 1m, targets: [{url: "json://room.test"}]},
             {delay: 2m, assign: round_robin, targets: [{team: core}]}]}
"""

PLAIN = """
services:
  - {name: one, policy: first}
  - {name: two, policy: second, ack_timeout: 6m}
"""
SIDE_BY_SIDE = """
services:
  - {name: one, team: core, ack_timeout: 5m}
  - {name: two, policy: second, hold_for: 2m}
"""
GROUPED = """
services:
  - {name: one, policy: first, grouping: service}
  - {name: two, policy: second, urgency: low}
"""

CONFIGS = tuple(
    PEOPLE + policies + services for policies in (STEPS, GAPS) for services in (PLAIN, SIDE_BY_SIDE, GROUPED)
)

LOG = """
CREATE TABLE sim_log (
  id INTEGER PRIMARY KEY, what TEXT, number INTEGER, page TEXT, was TEXT, is_now TEXT, tries INTEGER, answered INTEGER
);
CREATE TRIGGER sim_opened AFTER INSERT ON incidents BEGIN
  INSERT INTO sim_log (what, number, is_now) VALUES ('state', NEW.number, NEW.state);
END;
CREATE TRIGGER sim_state AFTER UPDATE OF state ON incidents WHEN OLD.state <> NEW.state BEGIN
  INSERT INTO sim_log (what, number, was, is_now) VALUES ('state', NEW.number, OLD.state, NEW.state);
END;
CREATE TRIGGER sim_page AFTER UPDATE OF state ON pages
WHEN OLD.state <> NEW.state OR OLD.lease_token IS NOT NEW.lease_token BEGIN
  INSERT INTO sim_log (what, number, page, was, is_now, tries, answered) VALUES (
    'page', NEW.number, NEW.id, OLD.state, NEW.state, NEW.tries, (SELECT max(n) FROM attempts WHERE page_id = NEW.id)
  );
END;
"""

DIRECTORY = frozenset({"alembic_version", "sqlite_sequence"})


class Stage:
    """One config's database, and the open doors to it: one store for each worker and one for the people."""

    def __init__(self, config: str, folder: Path) -> None:
        self.path = folder / "oncall.db"
        url = f"sqlite:///{self.path}"
        self.stores = (
            FaultyStore(open_store(url).address, busy_timeout=1),
            FaultyStore(open_store(url).address, busy_timeout=1),
        )
        self.people = open_store(url)
        shutil.copy(_migrated(folder.parent), self.path)
        settings = load_settings(flags={"database": url}, environ={}, path=None)
        root = Actor(username=None, role=Role.ADMIN, os_account="root", via="test")
        self.clock = ManualClock(T0)
        self.session = Session(self.people, Directory(self.people), self.clock, root, settings)
        apply(self.session, config, addresses=False)
        self.directories = tuple(Directory(store) for store in self.stores)
        self.cipher: Cipher = self.session.cipher()
        self.raw = sqlite3.connect(self.path, isolation_level=None)
        self.raw.execute("PRAGMA foreign_keys=OFF")
        self.raw.executescript(LOG)
        tables = [row[0] for row in self.raw.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        self._moving = [
            name
            for name in tables
            if name not in DIRECTORY and not self.raw.execute(f'SELECT EXISTS (SELECT 1 FROM "{name}")').fetchone()[0]
        ]

    def clear(self) -> None:
        """Back to the directory alone."""
        self.raw.execute("BEGIN IMMEDIATE")
        for name in self._moving:
            self.raw.execute(f'DELETE FROM "{name}"')
        self.raw.execute("DELETE FROM sqlite_sequence")
        self.raw.execute("UPDATE contact_methods SET last_success_at = NULL, last_failure_at = NULL, last_answer = ''")
        self.raw.execute("COMMIT")
        self.clock.set(T0)

    def instant(self, seconds: float) -> datetime:
        """The instant so many virtual seconds after the beginning."""
        return T0 + timedelta(seconds=seconds)


@cache
def _folder(process: int) -> Path:
    memory = Path("/dev/shm")
    return Path(tempfile.mkdtemp(prefix="oncall-simulation-", dir=memory if memory.is_dir() else None))


@cache
def _migrated(folder: Path) -> Path:
    """An empty database at the code's revision, to copy: migrating costs as much as a few seeds."""
    path = folder / "migrated.db"
    store = open_store(f"sqlite:///{path}")
    upgrade(store)
    store.close()
    return path


@cache
def stage(index: int) -> Stage:
    """The stage of one config, made at its first use in this process."""
    folder = _folder(os.getpid()) / str(index)
    folder.mkdir()
    return Stage(CONFIGS[index], folder)


def strike() -> None:
    """Take every stage down and remove its files."""
    shutil.rmtree(_folder(os.getpid()), ignore_errors=True)
    stage.cache_clear()
    _migrated.cache_clear()
    _folder.cache_clear()
