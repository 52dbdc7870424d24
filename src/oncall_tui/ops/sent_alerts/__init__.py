"""What a sender may ask about the alerts that it sent, and do to them, beside posting events."""

from oncall_tui.ops.sent_alerts.acting import (
    Wanted,
    annotate,
    assign,
    escalate,
    relabel,
    report,
    reword,
    snooze,
    unacknowledge,
)
from oncall_tui.ops.sent_alerts.reading import (
    SORTS,
    Line,
    SentAlert,
    Term,
    Terms,
    by_id,
    by_key,
    count,
    lines,
    listed,
    of_incident,
)

__all__ = [
    "SORTS",
    "Line",
    "SentAlert",
    "Term",
    "Terms",
    "Wanted",
    "annotate",
    "assign",
    "by_id",
    "by_key",
    "count",
    "escalate",
    "lines",
    "listed",
    "of_incident",
    "relabel",
    "report",
    "reword",
    "snooze",
    "unacknowledge",
]
