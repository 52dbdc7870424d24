"""A change that a sender told, in a database that is there."""

from __future__ import annotations

from oncall_tui.clock import SystemClock
from oncall_tui.domain.events import Action, Event
from oncall_tui.ops.directory import Directory
from oncall_tui.ops.intake.events import take
from oncall_tui.ops.intake.intake_keys import IntakeKeys
from oncall_tui.storage.engine import open_store


def change(url: str, key: str, summary: str) -> None:
    """Take a change in now, for the integration of this key."""
    store = open_store(url)
    directory, now = Directory(store), SystemClock().now()
    event = Event(action=Action.CHANGE, dedup_key=None, title=summary, labels={"source": "ci"})
    with store.write() as conn:
        world = directory.world(conn)
        integration = IntakeKeys().integration(conn, world, key, now)
        assert integration is not None
        take(conn, world, integration.name, [event], now, "{}")
    store.close()
