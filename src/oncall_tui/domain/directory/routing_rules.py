"""One rule of routing: what it looks for, and what it makes of an event."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from oncall_tui.domain.matching.matchers import Matcher
from oncall_tui.domain.severity import Severity, Urgency


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A rule takes the events for which all its matchers hold; without matchers, every event.

    Texts are templates over labels and fields. A label set to nothing goes away. `suppress`: a trigger is kept and
    opens nothing. `go_on`: the rules after it are asked too. `broken` says why a stored rule can't be read; it is
    passed over, and said.
    """

    name: str
    match: tuple[Matcher, ...] = ()
    transform: str | None = None
    service: str | None = None
    severity: Severity | None = None
    urgency: Urgency | None = None
    title: str | None = None
    dedup_key: str | None = None
    group_key: str | None = None
    labels: Mapping[str, str] = field(default_factory=dict)
    hold_for: timedelta | None = None
    suppress: bool = False
    go_on: bool = False
    broken: str | None = None

    @property
    def needs_payload(self) -> bool:
        """Whether the payload has to be read for it."""
        return self.transform is not None or any(matcher.expression for matcher in self.match)
