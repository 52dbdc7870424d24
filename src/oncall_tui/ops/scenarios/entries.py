"""What may stand in a scenario file, mapping by mapping."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Literal

from pydantic import Field, WithJsonSchema

from oncall_tui.domain.errors import Invalid
from oncall_tui.domain.time.durations import format_duration, parse_duration
from oncall_tui.domain.time.walltime import FIRST_YEAR, LAST_YEAR, format_instant, parse_wall_or_instant, zone
from oncall_tui.ops.config.entries.base import Entry
from oncall_tui.ops.config.kinds import Name, SomeDuration, Text, Username, checked
from oncall_tui.ops.config.texts import duration, text_of

_MOMENT_MEND = "write it like 2026-03-01T03:10:00Z, or +5m from the first event"
_UTC = zone("UTC")

Do = Literal["trigger", "acknowledge", "escalate", "resolve", "reassign", "snooze", "maintenance", "fail_delivery"]


def moment(value: object) -> str:
    """An instant, zone-less in UTC, or `+5m` from the first event; in one spelling."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        raise Invalid("a time after the first event needs a unit", mend=f"write +{value}m or +{value}s")
    text = text_of(value).strip()
    if text.startswith("+"):
        return f"+{format_duration(_after_first(text[1:].strip()))}"
    try:
        at = parse_wall_or_instant(text, _UTC)
    except Invalid as error:
        raise Invalid(error.sentence, mend=_MOMENT_MEND) from None
    if not FIRST_YEAR <= at.year <= LAST_YEAR:
        raise Invalid(f"the year {at.year} is out of reach", mend=f"use {FIRST_YEAR} to {LAST_YEAR}")
    return format_instant(at)


def _after_first(text: str) -> timedelta:
    try:
        return parse_duration(text)
    except Invalid:
        raise Invalid(f"'+{text[:40]}' is no time after the first event", mend=_MOMENT_MEND) from None


def span(value: object) -> str:
    """A span; a plus before it says the same."""
    return duration(value.strip().removeprefix("+") if isinstance(value, str) else value)


_MOMENT_SCHEMA = {
    "type": "string",
    "description": "an instant (zone-less is UTC), or +5m from the first event",
    "examples": ["2026-03-01T03:10:00Z", "+5m"],
}
Moment = Annotated[str, checked(moment), WithJsonSchema(_MOMENT_SCHEMA)]
Span = Annotated[str, checked(span), WithJsonSchema({"type": "string", "examples": ["1m"]})]
State = Literal["triggered", "acknowledged", "resolved", "exhausted", "waiting"]
SeverityWord = Literal["critical", "high", "medium", "low", "info"]


class ToEntry(Entry):
    """Whom an incident is handed to: one of the two."""

    user: Username | None = None
    policy: Name | None = None


class EventEntry(Entry):
    """One thing that happens. Which keys go with which `do` is checked beside."""

    at: Moment = Field(description="when")
    do: Do = Field(description="what")
    key: Text | None = Field(None, description="of the alert; absent: the only open incident")
    by: Username | None = Field(None, description="who; absent: the sender")
    title: Text | None = Field(None, description="trigger: what the alert says")
    description: Text | None = Field(None, description="trigger: what the alert says at length")
    severity: SeverityWord | None = Field(None, description="trigger: absent: the scenario's")
    labels: dict[Name, Text] | None = Field(None, description="trigger: for grouping by labels")
    group: Text | None = Field(None, description="trigger: the sender's own group")
    started_at: Moment | None = Field(None, description="trigger: the sender's start of this occurrence")
    as_of: Moment | None = Field(None, description="the moment whose state the actor saw; absent: this one")
    take_over: bool | None = Field(None, description="acknowledge: also what another has acknowledged")
    reason: Text | None = Field(None, description="resolve: by a person, why")
    to: ToEntry | None = Field(None, description="reassign: to whom")
    for_: SomeDuration | None = Field(None, alias="for", description="snooze, maintenance: how long")
    until: Moment | None = Field(None, description="snooze, fail_delivery: the end")
    user: Username | None = Field(None, description="fail_delivery: whose contact")
    contact: Text | None = Field(None, description="fail_delivery: which one; absent: all of them")
    how: Literal["permanent", "temporary"] | None = Field(None, description="fail_delivery: absent: permanent")


class PageEntry(Entry):
    """Pages of a kind; what is absent may be anything. `user: null` means a channel."""

    user: Username | None = None
    contact: Text | None = None
    step: int | None = Field(None, ge=1)
    round: int | None = Field(None, ge=1)
    incident: int | None = Field(None, ge=1)
    within: Span | None = Field(None, description="at most so long after the first event")
    from_: Moment | None = Field(None, alias="from", description="the first moment that counts")
    until: Moment | None = Field(None, description="the first moment that does not count any more")


class ExpectEntry(Entry):
    """One of these keys."""

    paged: PageEntry | None = Field(None, description="at least one such page is due")
    not_paged: PageEntry | None = Field(None, description="no such page is due")
    state: State | None = Field(None, description="of the last incident, at the end")
    pages: int | None = Field(None, ge=0, description="how many are due in all")


class ScenarioEntry(Entry):
    """What happens at one service, and what is expected of it."""

    service: Name = Field(description="the one that burns")
    severity: SeverityWord = Field("critical", description="of every trigger that names none")
    events: list[EventEntry] = Field(description="what happens; at least one")
    until: Moment = Field(description="up to when to look; pages at that instant are left out")
    expect: list[ExpectEntry] = Field(default_factory=list, description="what must hold; otherwise status 1")
