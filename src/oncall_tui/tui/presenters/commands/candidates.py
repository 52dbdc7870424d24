"""What can be said beside a command, as far as the screen knows it: for completion."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from oncall_tui.domain.queue.filters import ME, NOBODY, STATES, VIEWS
from oncall_tui.domain.queue.ordering import GROUPINGS, LABEL, NONE, Sort
from oncall_tui.domain.severity import Severity
from oncall_tui.ops.verbs import POLICY, REASONS, Takes
from oncall_tui.tui.model import Snapshot

LABELLED = 200  # rows whose labels complete a filter
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
        *_terms("service:", seen.services),
        "team:mine",
        *_terms("team:", seen.team_names),
        *(f"sev>={severity}" for severity in Severity),
        "urgency:high",
        "urgency:low",
        "since:24h",
        "before:24h",
        *_terms("label:", _labels(seen)),
        *(f"@{name}" for name in (ME, NOBODY, *seen.people)),
    )


def _terms(field: str, names: Iterable[str]) -> Iterator[str]:
    """A term for each name; blanks are kept by quotes, and a name with a quote in it can't be said in a filter."""
    for name in names:
        if '"' not in name:
            yield f'{field}"{name}"' if any(sign.isspace() for sign in name) else f"{field}{name}"


def _labels(seen: Snapshot) -> list[str]:
    """The labels of what is shown."""
    rows = seen.queue.rows[:LABELLED] if seen.queue is not None else ()
    return sorted({f"{key}={value}" for row in rows for key, value in row.labels.items()})
