"""When nobody is paged yet: an incident that is held back, or was opened in maintenance (RULES, Escalation)."""

from __future__ import annotations

from datetime import timedelta

from oncall_tui.domain.directory.services import Service
from oncall_tui.domain.incident.draft import Draft
from oncall_tui.domain.incident.state import State
from oncall_tui.domain.time.durations import format_duration
from oncall_tui.domain.time.walltime import format_instant


def begin_quietly(draft: Draft, service: Service | None, hold_for: timedelta | None = None) -> None:
    """Hold a new incident back if a rule, or else its service, wants it, and keep silent in maintenance."""
    if service is None:
        return
    hold = service.hold_for if hold_for is None else hold_for
    if hold:
        draft.put(hold_until=draft.now + hold)
        draft.say("held", f"held for {format_duration(hold)}: nobody is paged if it resolves before")
    until = draft.world.silent_until(service.name, draft.now)
    if until is not None:
        draft.put(silent_until=until)
        draft.say("silent", f"opened in maintenance: nobody is paged before {format_instant(until)}")


def quiet_is_over(draft: Draft) -> bool:
    """Whether the quiet of a triggered incident ends now. Windows are live: one may have been moved or taken away."""
    if not draft.incident.quiet:
        return False
    if draft.has_come(draft.incident.hold_until):
        draft.put(hold_until=None)
        draft.say("held", "still firing at the end of its hold")
    silent = draft.incident.silent_until
    if silent is not None and (silent != draft.now or draft.has_come(silent)):
        _look_at_maintenance(draft)
    return not draft.incident.quiet and draft.incident.state is State.TRIGGERED


def _look_at_maintenance(draft: Draft) -> None:
    until = draft.world.silent_until(draft.incident.service, draft.now)
    if until == draft.incident.silent_until:
        return
    draft.put(silent_until=until)
    if until is None:
        draft.say("silent", "maintenance is over, and it is still open")
    else:
        draft.say("silent", f"maintenance goes on: nobody is paged before {format_instant(until)}")
