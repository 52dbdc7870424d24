"""What became of one attempt to send a page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum


class Outcome(StrEnum):
    """What the provider's answer means for the page."""

    DELIVERED = "delivered"  # the provider took it
    RETRY_LATER = "retry_later"  # it did not, and may do so later
    REFUSED = "refused"  # it never will: trying the same again is pointless
    UNKNOWN = "unknown"  # no answer came in time: it may or may not have taken it


@dataclass(frozen=True, slots=True)
class SendResult:
    """One attempt's outcome. `answer` is the provider's answer in words: one line, at most 300 characters, no secrets.

    `retry_after` is how long the provider asks us to wait, where it says so.
    """

    outcome: Outcome
    answer: str
    retry_after: timedelta | None = None
