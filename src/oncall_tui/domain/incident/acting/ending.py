"""How an incident ends: by hand, by its sender, or merged."""

from __future__ import annotations

from oncall_tui.domain.incident.draft import Draft
from oncall_tui.domain.incident.state import State


def resolve(draft: Draft, by: str, reason: str, text: str) -> None:
    """It is over: nothing is paged any more."""
    draft.stop_paging()
    draft.put(
        state=State.RESOLVED,
        resolved_at=draft.now,
        resolved_by=by,
        resolution=reason,
        ack_ends_at=None,
        snoozed_until=None,
        silent_until=None,
    )
    draft.say("resolved", text, by=by)
