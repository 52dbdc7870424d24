"""What all answers share: the filters of a question, and how instants are written."""

from __future__ import annotations

from datetime import datetime

from oncall_tui.domain.errors import Invalid
from oncall_tui.domain.matching.matchers import Matcher, parse_matchers
from oncall_tui.intake.apis.alertmanager.endpoint import Asked


def filters(asked: Asked) -> list[Matcher]:
    """The matchers that the question filters by. Raises Invalid."""
    found = [matcher for text in asked.query.get("filter", ()) for matcher in parse_matchers(text)]
    if any(matcher.expression for matcher in found):
        raise Invalid("bad matcher format: the left side must be a label's name")
    return found


def time_text(at: datetime) -> str:
    """An instant as Alertmanager writes it, to the millisecond."""
    return f"{at:%Y-%m-%dT%H:%M:%S}.{at.microsecond // 1000:03d}Z"
