"""Taking one's own last act back, within a minute (RULES, Incidents: States).

Undoing a resolve is the only reopening there is.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from oncall_tui.domain.errors import LostRace, Refused
from oncall_tui.domain.incident.causes import Acknowledge, Act, Escalate, Reassign, Resolve, Snooze, Undo
from oncall_tui.domain.incident.draft import Draft
from oncall_tui.domain.incident.effects import CancelPages, RecallPages, ReopenAlerts, RestorePages
from oncall_tui.domain.incident.moves.deliveries import look_at_failures
from oncall_tui.domain.incident.moves.urgency import look_at_urgency
from oncall_tui.domain.incident.state import Incident, State, Undoable

UNDO_WITHIN = timedelta(seconds=60)

_STOOD = (
    "state",
    "urgency",
    "runs",
    "assignees",
    "pending",
    "sent",
    "hold_until",
    "silent_until",
    "acknowledged_at",
    "acknowledged_by",
    "ack_ends_at",
    "snoozed_until",
)
"""What an act changes and its undo puts back. Texts, labels and severity are not among it."""

_WORDS: dict[type, str] = {
    Acknowledge: "acknowledge",
    Resolve: "resolve",
    Escalate: "escalate",
    Reassign: "reassign",
    Snooze: "snooze",
}


def remember(draft: Draft, cause: Act, before: Incident) -> None:
    """Keep how everything stood before an act that can be undone; the version it leaves is filled in at the end."""
    word = _WORDS.get(type(cause))
    if word is None or draft.incident is before:
        return
    stood: dict[str, Any] = {name: getattr(before, name) for name in _STOOD}
    draft.put(undo=Undoable(act=word, by=cause.by, at=draft.now, version=0, page_seq=before.page_seq, **stood))


def undo(draft: Draft, cause: Undo) -> None:
    """Put everything back as it was before the last act; pages that it took back are due again."""
    last = _undoable(draft, cause)
    if last.act == "escalate":
        draft.effects.append(RecallPages(last.page_seq))
    else:
        draft.effects += [CancelPages(), RestorePages(last.at, last.page_seq)]
    if draft.incident.resolved_at is not None:
        draft.effects.append(ReopenAlerts(draft.incident.resolved_at, cause.by))
    draft.put(**{name: getattr(last, name) for name in _STOOD})
    draft.put(resolved_at=None, resolved_by=None, resolution=None, undo=None)
    draft.say("undone", f"{last.act} undone: {_stands(draft.incident)}", by=cause.by)
    look_at_urgency(draft, "urgency is high now")
    look_at_failures(draft)


def _undoable(draft: Draft, cause: Undo) -> Undoable:
    incident = draft.incident
    last = incident.undo
    if cause.version != incident.version:
        raise LostRace(f"#{incident.number} has changed since you looked", mend="look again, then repeat it")
    if last is None or last.version != incident.version:
        raise Refused(f"nothing on #{incident.number} can be undone", mend="only the last act can, by who did it")
    if last.by != cause.by:
        raise Refused(f"the last act on #{incident.number} was {last.by}'s", mend="only they can undo it")
    if draft.now - last.at > UNDO_WITHIN:
        raise Refused(
            f"that was more than {UNDO_WITHIN.total_seconds():.0f} s ago: it stays",
            mend="open a new incident" if incident.state is State.RESOLVED else "acknowledge, reassign or escalate it",
        )
    if cause.newer is not None and incident.state is State.RESOLVED:
        raise Refused(
            f"#{cause.newer} was opened since with the key of #{incident.number}", mend=f"work on #{cause.newer}"
        )
    return last


def _stands(incident: Incident) -> str:
    whom = ", ".join(incident.assignees) or "nobody"
    return f"{incident.state} again, with {whom}"
