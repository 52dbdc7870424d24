"""Word a digest: many pages to one contact as one message."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from oncall_tui.domain.severity import Severity
from oncall_tui.notify.words.message import Message
from oncall_tui.notify.words.short_texts import short_message
from oncall_tui.notify.words.texts import age_text, safe_link
from oncall_tui.notify.words.wording import local_time, one_line

SHOWN = 20
LINKED = 5  # more links than this are no help on a phone
LINE_LIMIT = 100
NAME_LIMIT = 40
_URGENT = (Severity.CRITICAL, Severity.HIGH)


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestLine:
    """One incident of a digest."""

    number: int
    title: str
    service: str
    severity: Severity
    state: str
    opened_at: datetime
    link: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestFacts:
    """All that a digest tells: its incidents, the worst first, and how many pages they stand for.

    `late`: some of them could not go out in time.
    """

    digest_id: str
    lines: tuple[DigestLine, ...]
    pages: int
    now: datetime
    late: bool = False
    timezone: str = "UTC"
    possible_repeat: bool = False


def digest_text(facts: DigestFacts) -> Message:
    """The digest in words; what senders wrote is stripped of control characters and cut with an ellipsis."""
    return Message(
        title=_title(facts),
        body="\n".join(_body(facts)),
        page_id=facts.digest_id,
        urgent=any(line.severity in _URGENT for line in facts.lines),
        short=short_message(_title(facts), [f"#{line.number} {line.title}" for line in facts.lines], None),
    )


def _title(facts: DigestFacts) -> str:
    counts = Counter(line.severity for line in facts.lines)
    worst = ", ".join(f"{counts[severity]} {severity}" for severity in Severity if counts[severity])
    incidents = "incident" if len(facts.lines) == 1 else "incidents"
    return f"[DIGEST] {len(facts.lines)} {incidents}: {worst}"


def _body(facts: DigestFacts) -> Iterator[str]:
    if facts.possible_repeat:
        yield "Possible repeat: an earlier attempt may have reached you already."
        yield ""
    why = "could not go out in time" if facts.late else "more than this contact's limit"
    yield f"{facts.pages} pages in one message: {why}."
    yield ""
    for place, line in enumerate(facts.lines[:SHOWN]):
        service = one_line(line.service, NAME_LIMIT)
        yield one_line(f"#{line.number} {line.severity} {service}: {line.title}", LINE_LIMIT)
        age = age_text(facts.now - line.opened_at)
        yield f"  {line.state}, since {local_time(line.opened_at, facts.timezone)} ({age})"
        link = safe_link(line.link) if place < LINKED else None
        if link:
            yield f"  Answer here: {link}"
    more = len(facts.lines) - SHOWN
    if more > 0:
        yield f"and {more} more: oncall incidents"
    yield ""
    yield "Acknowledge: oncall ack " + " ".join(str(line.number) for line in facts.lines[:SHOWN])
    yield f"Page {facts.digest_id}"
