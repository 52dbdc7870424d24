"""What matchers and templates see of an event."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from oncall_tui.domain.events import Event

FIELDS = ("title", "description", "severity", "action", "dedup_key", "group_key", "link", "service")
"""An event's own fields, for names that no label of it bears."""

OURS = ("integration", "kind")
"""What the house knows of the sender: no label of the sender's can pretend to be it."""


@dataclass(frozen=True, slots=True)
class Seen:
    """An event as it stands, whose it is, and the payload that it came in."""

    event: Event
    service: str
    integration: str
    kind: str = ""
    payload: object = None

    def label(self, name: str) -> str:
        """A label's value, else that of the event's field of this name; empty when there is neither."""
        if name in OURS:
            return self.integration if name == "integration" else self.kind
        found = self.event.labels.get(name)
        if found is not None:
            return found
        if name == "service":
            return self.service
        return str(getattr(self.event, name) or "") if name in FIELDS else ""

    def value(self, expression: Any) -> str:
        """What a compiled JMESPath expression finds in `payload` and `labels`, as text; empty for nothing."""
        found = expression.search({"payload": self.payload, "labels": dict(self.event.labels)})
        match found:
            case None:
                return ""
            case str():
                return found
            case _:
                return json.dumps(found, ensure_ascii=False, separators=(",", ":"), default=str)
