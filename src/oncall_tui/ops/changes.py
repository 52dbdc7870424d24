"""How a face hears that something was committed, here or in another process."""

from __future__ import annotations

from oncall_tui.ops.session import Session
from oncall_tui.storage.feed import ChangeFeed

__all__ = ["ChangeFeed", "changes"]


def changes(session: Session) -> ChangeFeed:
    """A feed of the session's database: `wait(seconds)` tells whether something changed. Close it when done."""
    return ChangeFeed(session.store)
