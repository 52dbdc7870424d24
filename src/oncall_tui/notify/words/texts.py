"""Word a page: from the facts of an incident to a title and a body, nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from oncall_tui.domain.severity import Severity
from oncall_tui.notify.words.message import Message
from oncall_tui.notify.words.short_texts import short_message, tight_time
from oncall_tui.notify.words.wording import NAME_LIMIT, local_time, names_in_words, one_line, paragraphs

TITLE_LIMIT = 120
FULL_TITLE_LIMIT = 300
DESCRIPTION_LIMIT = 1000
DESCRIPTION_LINES = 12
LINK_LIMIT = 500


class Occasion(StrEnum):
    """Why this page goes out; the engine's page kinds, and two that no incident asks for."""

    FIRST = "first"
    RULE = "rule"
    REMINDER = "reminder"
    ESCALATION = "escalation"
    FALLBACK = "fallback"
    ASSIGNED = "assigned"
    URGENT = "urgent"
    HANDBACK = "handback"
    TEST = "test"


@dataclass(frozen=True, slots=True, kw_only=True)
class PageFacts:
    """All that a page may tell. Times are aware; `timezone` is the reader's, by name.

    `also_paged` are the usernames paged by the same step besides the reader; `step` and `round` count from 1.
    `possible_repeat`: an earlier attempt's fate is unknown, so the reader may have this page already. `unverified`:
    nobody has shown yet that the contact reaches its person.
    """

    page_id: str
    number: int
    title: str
    service: str
    severity: Severity
    state: str
    opened_at: datetime
    now: datetime
    kind: Occasion | str = Occasion.FIRST
    description: str = ""
    team: str | None = None
    step: int = 1
    round: int = 1
    of_steps: int = 1
    also_paged: tuple[str, ...] = ()
    assignees: tuple[str, ...] = ()
    timezone: str = "UTC"
    possible_repeat: bool = False
    unverified: bool = False
    link: str | None = None


_SHORT = {
    Severity.CRITICAL: "CRIT",
    Severity.HIGH: "HIGH",
    Severity.MEDIUM: "MED",
    Severity.LOW: "LOW",
    Severity.INFO: "INFO",
}
_URGENT = (Severity.CRITICAL, Severity.HIGH)


def page_text(facts: PageFacts) -> Message:
    """The page in words. Text that senders wrote is stripped of control characters and cut with an ellipsis."""
    return Message(
        title=_title(facts),
        body="\n".join(_body(facts)),
        page_id=facts.page_id,
        urgent=facts.severity in _URGENT,
        link=safe_link(facts.link),
        short=short_text(facts),
    )


def _title(facts: PageFacts) -> str:
    if facts.kind == Occasion.TEST:
        return "[TEST] " + one_line(facts.title, TITLE_LIMIT)
    start = f"[{_SHORT[facts.severity]}] #{facts.number} "
    return start + one_line(facts.title, TITLE_LIMIT - len(start))


def _body(facts: PageFacts) -> Iterator[str]:
    lead = _lead(facts)
    if lead:
        yield lead
        yield ""
    if facts.possible_repeat:
        yield "Possible repeat: an earlier attempt may have reached you already."
        yield ""
    if facts.unverified:
        yield "Not verified: nobody has shown yet that this contact reaches you. Verify it in the Users tab."
        yield ""
    yield one_line(facts.title, FULL_TITLE_LIMIT)
    description = paragraphs(facts.description, DESCRIPTION_LIMIT, DESCRIPTION_LINES)
    if description:
        yield description
    yield ""
    if facts.kind != Occasion.TEST:
        yield from _particulars(facts)
    link = safe_link(facts.link)
    if link:
        yield f"Answer here: {link}"
    yield f"Page {facts.page_id}"


def _particulars(facts: PageFacts) -> Iterator[str]:
    team = f" ({one_line(facts.team, NAME_LIMIT)})" if facts.team else ""
    yield f"Service: {one_line(facts.service, NAME_LIMIT)}{team}"
    yield f"Severity: {facts.severity}"
    yield f"Since: {local_time(facts.opened_at, facts.timezone)} ({age_text(facts.now - facts.opened_at)})"
    if facts.assignees:
        yield f"With: {names_in_words(facts.assignees)}"
    yield f"Also paged: {names_in_words(facts.also_paged) if facts.also_paged else 'nobody else'}"
    yield f"Incident: #{facts.number}, {facts.state}, step {facts.step} of {facts.of_steps}, round {facts.round}"
    yield f"Acknowledge: oncall ack {facts.number}"


def short_text(facts: PageFacts) -> str:
    """The page for an SMS: 160 characters that a phone shows at once; the number and the link always whole."""
    if facts.kind == Occasion.TEST:
        return short_message(f"[TEST] {facts.page_id}", (facts.title,), None)
    marks = ("Repeat? " if facts.possible_repeat else "") + ("Unverified. " if facts.unverified else "")
    more = (
        facts.service,
        f"since {tight_time(facts.opened_at, facts.timezone)}",
        f"also {names_in_words(facts.also_paged)}" if facts.also_paged else "nobody else",
    )
    start = f"{marks}{_SHORT[facts.severity]} #{facts.number}"
    return short_message(start, (facts.title, *more), safe_link(facts.link))


def _lead(facts: PageFacts) -> str:
    if facts.kind in (Occasion.FIRST, Occasion.ESCALATION) and facts.step > 1:
        return f"Escalated to you: step {facts.step} of {facts.of_steps}."
    return _LEADS.get(facts.kind, "")


_LEADS: dict[str, str] = {
    Occasion.REMINDER: "Reminder: nobody has acknowledged yet.",
    Occasion.FALLBACK: "Nobody of the escalation policy answered or could be reached: you are the fallback.",
    Occasion.ASSIGNED: "Handed over to you.",
    Occasion.URGENT: "This turned urgent.",
    Occasion.HANDBACK: "Back to you: an acknowledgement or a snooze ran out.",
    Occasion.TEST: "This is a test: there is nothing to do.",
}


def age_text(age: timedelta) -> str:
    """How long ago, in the two largest units: "just now", "12m ago", "2h05m ago", "3d4h ago"."""
    minutes = max(0, int(age.total_seconds())) // 60
    if minutes < 1:
        return "just now"
    if minutes < 60:
        return f"{minutes}m ago"
    hours, minutes = divmod(minutes, 60)
    if hours < 24:
        return f"{hours}h{minutes:02}m ago"
    days, hours = divmod(hours, 24)
    return f"{days}d{hours}h ago"


def safe_link(link: str | None) -> str | None:
    """A link that may be opened by a tap: http or https, without blanks and not cut; else none at all."""
    if link is None or len(link) > LINK_LIMIT or not link.startswith(("https://", "http://")):
        return None
    return link if one_line(link, LINK_LIMIT) == link and " " not in link else None
