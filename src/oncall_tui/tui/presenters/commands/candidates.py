"""What can be said beside a command, as far as the screen knows it: for completion."""

from __future__ import annotations

from oncall_tui.domain.queue.filters import ME, NOBODY, STATES, VIEWS
from oncall_tui.domain.queue.ordering import GROUPINGS, LABEL, NONE, Sort
from oncall_tui.domain.severity import Severity
from oncall_tui.ops.verbs import POLICY, REASONS, Takes
from oncall_tui.tui.model import Snapshot

_FIXED = {
    Takes.REASON: REASONS,
    Takes.VIEW: tuple(VIEWS),
    Takes.SORT: tuple(Sort),
    Takes.GROUP: (*GROUPINGS, LABEL, NONE),
}


def candidates(takes: Takes, seen: Snapshot | None) -> tuple[str, ...]:
    """The words that complete what a command takes."""
    if seen is None:
        return ()
    match takes:
        case Takes.SOMEBODY:
            found = (*seen.people, *(f"{POLICY}{name}" for name in seen.policy_names))
        case Takes.INCIDENT if seen.queue is not None:
            found = tuple(str(row.number) for row in seen.queue.rows)
        case Takes.FILTER:
            found = filter_words(seen)
        case _:
            found = _FIXED.get(takes, ())
    return found


def filter_words(seen: Snapshot | None) -> tuple[str, ...]:
    """The terms of a filter that can be completed."""
    if seen is None:
        return ()
    return (
        *(f"state:{state}" for state in ("open", "all", *STATES)),
        *(f"service:{name}" for name in seen.services),
        "team:mine",
        *(f"sev>={severity}" for severity in Severity),
        "urgency:high",
        "urgency:low",
        "since:24h",
        *(f"@{name}" for name in (ME, NOBODY, *seen.people)),
    )
