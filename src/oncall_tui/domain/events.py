"""What a sender posts, whatever its dialect was."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum

from oncall_tui.domain.severity import Severity

TITLE_LIMIT = 1024
KEY_LIMIT = 512
DESCRIPTION_LIMIT = 16_000


class Action(StrEnum):
    """What the sender says about its problem."""

    TRIGGER = "trigger"
    ACKNOWLEDGE = "acknowledge"
    RESOLVE = "resolve"
    NOTE = "note"  # kept, and told on the open incident of its key; changes nothing


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One statement about one keyed problem.

    `dedup_key` is the alert's key: None on a trigger whose contract says that each is unique, and on a resolve that
    means the whole service ("healthy"). `group_key` is the sender's own group, if it has one. `started_at` is the
    sender's start of this occurrence: a re-send of the same occurrence bears the same. `expires_at` is when the alert
    ends by itself unless it is posted again. `notes` say what was odd about the payload and how it was read.
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
    link: str | None = None
    notes: tuple[str, ...] = ()


def as_of(event: Event, now: datetime) -> Event:
    """The event as it is meant at `now`: a trigger whose end has passed is its sender's way to say resolved."""
    if event.action is not Action.TRIGGER or event.expires_at is None or event.expires_at > now:
        return event
    return replace(event, action=Action.RESOLVE, expires_at=None)


def cut(text: str, limit: int) -> str:
    """The text, shortened visibly when it is longer than `limit` characters: nothing is refused for its length."""
    return text if len(text) <= limit else text[: limit - 1] + "…"
