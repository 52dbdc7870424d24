"""An event out of values that are read but not yet fit to keep."""

from __future__ import annotations

from collections.abc import Iterable

from oncall_tui.domain.events import Action, Event
from oncall_tui.domain.severity import Severity
from oncall_tui.intake.payload.fields import (
    description_from,
    key_from,
    labels_from,
    link_from,
    severity_from,
    title_from,
)
from oncall_tui.intake.payload.moments import moment_from


def event_from(  # noqa: PLR0913 - an event's parts
    action: Action,
    notes: list[str],
    *,
    key: str,
    title: str,
    lines: Iterable[str] = (),
    severity: Severity | object = None,
    labels: Iterable[tuple[str, object]] = (),
    started_at: object = None,
    links: Iterable[object] = (),
) -> Event:
    """The event with every part put into bounds; `notes` gain what was odd. Without a key the title is it.

    `severity` is one, or a sender's word. Of `links` the first good one counts.
    """
    line = title_from(title, notes)
    return Event(
        action=action,
        dedup_key=key_from(key.strip()) or key_from(line) or None,
        title=line,
        description=description_from("\n".join(part for part in lines if part.strip()), notes),
        severity=severity if isinstance(severity, Severity) else severity_from(severity, notes),
        labels=labels_from(labels, notes),
        started_at=moment_from(started_at, "the time", notes),
        link=next((good for link in links if (good := link_from(link)) is not None), None),
        notes=tuple(notes),
    )
