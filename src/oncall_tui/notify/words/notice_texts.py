"""Word what is told about shifts: from facts to a subject and a body, nothing else."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from oncall_tui.domain.notices import Moment
from oncall_tui.domain.severity import Severity
from oncall_tui.notify.words.message import Message
from oncall_tui.notify.words.wording import NAME_LIMIT, local_time, names_in_words, one_line

SUBJECT_LIMIT = 120
TITLE_LIMIT = 100
REASON_LIMIT = 120
SPANS_SHOWN = 5

_SHORT = {
    Severity.CRITICAL: "CRIT",
    Severity.HIGH: "HIGH",
    Severity.MEDIUM: "MED",
    Severity.LOW: "LOW",
    Severity.INFO: "INFO",
}


@dataclass(frozen=True, slots=True)
class OpenIncident:
    """One open incident, as a notice lists it."""

    number: int
    title: str
    severity: Severity
    state: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Burning:
    """The open incidents to tell of, the worst first, and how many more there are."""

    shown: tuple[OpenIncident, ...] = ()
    more: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ShiftFacts:
    """All that a notice of a shift tells its holder. Times are aware; `timezone` is the reader's, by name.

    `start` and `end` are None where they are more than a year away. `before` and `after` have the schedule before and
    after it. At its end `burning` are the incidents that its holder still holds; else those that they take over.
    """

    schedule: str
    moment: Moment
    now: datetime
    start: datetime | None
    end: datetime | None
    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    burning: Burning = Burning()
    timezone: str = "UTC"


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeFacts:
    """What somebody else changed for the reader: spans gained and lost, `weeks` ahead, and by whom.

    `on_now`: whether the reader is on call now because of it; None where that is as before. `instead`: who has it now.
    """

    schedule: str
    by: str
    what: str
    gained: tuple[tuple[datetime, datetime], ...]
    lost: tuple[tuple[datetime, datetime], ...]
    weeks: int
    on_now: bool | None = None
    instead: tuple[str, ...] = ()
    burning: Burning = Burning()
    timezone: str = "UTC"


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelFacts:
    """Who has a schedule now and until when, and who comes then; `timezone` is the schedule's."""

    schedule: str
    users: tuple[str, ...]
    until: datetime | None
    then: tuple[str, ...] = ()
    timezone: str = "UTC"


def shift_text(facts: ShiftFacts) -> tuple[str, str]:
    """Subject and body of what a person is told of a shift of theirs."""
    name = one_line(facts.schedule, NAME_LIMIT)
    match facts.moment:
        case Moment.BEFORE:
            wait = in_words(facts.start - facts.now) if facts.start is not None else ""
            subject, lead = f"On call in {wait}: {name}", f"You are on call in {name} {_span(facts)}."
        case Moment.START:
            subject, lead = f"You are on call: {name}", f"You are on call in {name} {_span(facts)}."
        case Moment.END:
            subject, lead = f"Your shift has ended: {name}", f"You were on call in {name} {_span(facts)}."
    lines = [lead, *_neighbours(facts), "", *_burning(facts.burning, held=facts.moment is Moment.END)]
    return one_line(subject, SUBJECT_LIMIT), "\n".join(lines).rstrip()


def change_text(facts: ChangeFacts) -> tuple[str, str]:
    """Subject and body of what a person is told when somebody else has changed their shifts."""
    name = one_line(facts.schedule, NAME_LIMIT)
    by = one_line(facts.by, NAME_LIMIT)
    lines = []
    if facts.on_now is True:
        subject = f"You are on call now: {name}"
        lines.append(f"You are on call in {name} now: {by} changed it.")
    elif facts.on_now is False:
        subject = f"You are no longer on call: {name}"
        lines.append(f"You are no longer on call in {name}: {by} changed it.")
        lines.append(f"On call now: {names_in_words(facts.instead) or 'nobody'}.")
    else:
        subject = f"Your shifts have changed: {name}"
        lines.append(f"{by} changed your shifts in {name}.")
    lines.append(f"What: {one_line(facts.what, REASON_LIMIT)}.")
    lines += _spans("You are on call", facts.gained, facts)
    lines += _spans("You are not on call", facts.lost, facts)
    if facts.on_now is not None:
        lines += ["", *_burning(facts.burning, held=facts.on_now is False)]
    return one_line(subject, SUBJECT_LIMIT), "\n".join(lines).rstrip()


def channel_text(facts: ChannelFacts) -> tuple[str, str]:
    """Subject and body of what a channel is told."""
    name = one_line(facts.schedule, NAME_LIMIT)
    who = names_in_words(facts.users) or "nobody"
    verb = "are" if len(facts.users) > 1 else "is"
    until = f" until {local_time(facts.until, facts.timezone)}" if facts.until is not None else ""
    then = f", then {names_in_words(facts.then) or 'nobody'}" if facts.until is not None else ""
    body = f"{who if facts.users else 'Nobody'} {verb} on call in {name}{until}{then}."
    return one_line(f"On call in {name}: {who}", SUBJECT_LIMIT), body


def sent_text(notice: int, subject: str, body: str, *, possible_repeat: bool) -> Message:
    """A queued notice as it goes out, with its number; the same on every attempt."""
    repeat = "Possible repeat: an earlier attempt may have reached you already.\n\n" if possible_repeat else ""
    return Message(title=subject, body=f"{repeat}{body}\n\nNotice {notice}", page_id=f"notice-{notice}", urgent=False)


def in_words(span: timedelta) -> str:
    """A stretch of time to come, to the minute and in its largest units: "45 min", "1 h", "24 h", "3 d 4 h"."""
    minutes = max(0, round(span / timedelta(minutes=1)))
    hours, minutes = divmod(minutes, 60)
    parts = ((hours, "h"), (minutes, "min")) if hours < 48 else ((hours // 24, "d"), (hours % 24, "h"))
    return " ".join(f"{number} {unit}" for number, unit in parts if number) or "0 min"


def _span(facts: ShiftFacts) -> str:
    start = f"from {local_time(facts.start, facts.timezone)}" if facts.start is not None else "for more than a year"
    end = f"until {local_time(facts.end, facts.timezone)}" if facts.end is not None else "with no end within a year"
    return f"{start} {end}"


def _neighbours(facts: ShiftFacts) -> Iterator[str]:
    if facts.moment is Moment.END:
        yield f"On call now: {names_in_words(facts.after) or 'nobody'}."
        return
    before, after = (names_in_words(names) or "nobody" for names in (facts.before, facts.after))
    yield f"Before you: {before}. After you: {after}."


def _burning(burning: Burning, *, held: bool) -> Iterator[str]:
    count = len(burning.shown) + burning.more
    if not count:
        if not held:
            yield "No open incidents."
        return
    yield f"You still hold {count}:" if held else f"Open incidents ({count}):"
    for one in burning.shown:
        yield f"#{one.number} {_SHORT[one.severity]} {one.state}: {one_line(one.title, TITLE_LIMIT)}"
    if burning.more:
        yield f"and {burning.more} more"


def _spans(lead: str, spans: Sequence[tuple[datetime, datetime]], facts: ChangeFacts) -> Iterator[str]:
    if not spans:
        return
    yield f"{lead}:"
    for start, end in spans[:SPANS_SHOWN]:
        yield f"- {local_time(start, facts.timezone)} until {local_time(end, facts.timezone)}"
    if len(spans) > SPANS_SHOWN:
        yield f"- and {len(spans) - SPANS_SHOWN} more within {facts.weeks} weeks"
