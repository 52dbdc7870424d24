"""What a sender posts, whatever its dialect was."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum

from oncall_tui.domain.severity import Severity, Urgency

TITLE_LIMIT = 1024
KEY_LIMIT = 512
DESCRIPTION_LIMIT = 16_000


class Action(StrEnum):
    """What the sender says about its problem."""

    TRIGGER = "trigger"
    ACKNOWLEDGE = "acknowledge"
    RESOLVE = "resolve"
    NOTE = "note"  # kept, and told on the open incident of its key; changes nothing
    CHANGE = "change"  # something was changed on purpose; kept to be shown beside the incidents of its service


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One statement about one keyed problem.

    `dedup_key` is the alert's key: None on a trigger whose contract says that each is unique, and on a resolve that
    means the whole service ("healthy"). `group_key` is the sender's own group, if it has one. `started_at` is the
    sender's start of this occurrence: a re-send of the same occurrence bears the same. `expires_at` is when the alert
    ends by itself unless it is posted again; without one it `lasts` so long from its arrival, if that is given.
    `notes` say what was odd about the payload and how it was read.

    Rules may have fixed `urgency` and `hold_for`, which win over the service's, and `suppressed` the event, by their
    name; `routed` says what each of them did.
    """

    action: Action
    dedup_key: str | None
    title: str = ""
    description: str = ""
    severity: Severity = Severity.HIGH
    labels: Mapping[str, str] = field(default_factory=dict)
    group_key: str | None = None
    started_at: datetime | None = None
    expires_at: datetime | None = None
    lasts: timedelta | None = None
    link: str | None = None
    notes: tuple[str, ...] = ()
    urgency: Urgency | None = None
    hold_for: timedelta | None = None
    suppressed: str | None = None
    routed: tuple[str, ...] = ()


def as_of(event: Event, now: datetime) -> Event:
    """The event as it is meant when it arrives: a trigger whose end has passed is its sender's way to say resolved."""
    if event.action is not Action.TRIGGER:
        return event
    if event.expires_at is None:
        return event if event.lasts is None else replace(event, expires_at=now + event.lasts)
    if event.expires_at > now:
        return event
    return replace(event, action=Action.RESOLVE, expires_at=None)


def cut(text: str, limit: int) -> str:
    """The text, shortened visibly when it is longer than `limit` characters: nothing is refused for its length."""
    return text if len(text) <= limit else text[: limit - 1] + "…"


def fit_key(key: str) -> str:
    """A key that fits; a longer one keeps its start and ends in its own digest, so that it still tells keys apart."""
    if len(key) <= KEY_LIMIT:
        return key
    digest = hashlib.sha256(key.encode("utf-8", "replace")).hexdigest()[:32]
    return f"{key[: KEY_LIMIT - 33]}…{digest}"
