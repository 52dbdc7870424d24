"""Many open incidents, through the real use cases, a few hundred to a transaction."""

from __future__ import annotations

from oncall_tui.domain.events import Action, Event
from oncall_tui.domain.severity import Severity
from oncall_tui.ops.events import take_by_hand
from oncall_tui.ops.session import open_session
from oncall_tui.settings import load_settings

BATCH = 500


def fill(url: str, count: int) -> None:
    """Open `count` incidents of the service checkout."""
    session = open_session(load_settings({"database": url}, environ={"ONCALL_SETTINGS": "/dev/null"}), via="bench")
    severities = list(Severity)
    for start in range(0, count, BATCH):
        with session.writing() as conn:
            world = session.directory.world(conn)
            for number in range(start, min(count, start + BATCH)):
                event = Event(
                    action=Action.TRIGGER,
                    dedup_key=f"row-{number}",
                    title=f"Problem number {number} of this benchmark",
                    severity=severities[number % len(severities)],
                )
                take_by_hand(conn, world, "checkout", event, session.now(), by="bench", via="bench")
    session.close()
