"""The order of the queue: what comes first, and by what its incidents are grouped."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from oncall_tui.domain.errors import Invalid

LABEL = "label:"
NONE = "none"
GROUPINGS = ("service", "team", "severity")
LONGEST_LABEL = 100


class Sort(StrEnum):
    """What comes first: what needs a human (in the history the newest), or as the name says; worst, and by name."""

    NEED = "need"
    NEWEST = "newest"
    OLDEST = "oldest"
    SEVERITY = "severity"
    SERVICE = "service"


@dataclass(frozen=True, slots=True)
class Order:
    """A sort, and a grouping by `service`, `team`, `severity` or `label:NAME`; empty for none."""

    sort: Sort = Sort.NEED
    group: str = ""

    @property
    def label(self) -> str | None:
        """The name of the label that it is grouped by, if by one."""
        return self.group.removeprefix(LABEL) if self.group.startswith(LABEL) else None


USUAL = Order()


def read_sort(text: str) -> Sort:
    """The sort of this name. Raises Invalid."""
    try:
        return Sort(text.strip())
    except ValueError:
        raise Invalid(f"there is no sort {text.strip()!r}", mend=f"one of {', '.join(Sort)}") from None


def read_grouping(text: str) -> str:
    """The grouping as `Order` has it; empty for none. Raises Invalid."""
    words = text.strip()
    if words in GROUPINGS:
        return words
    if words in ("", NONE):
        return ""
    name = words.removeprefix(LABEL)
    # JSON writes these otherwise, and a quote would end the name where SQLite looks it up.
    if not words.startswith(LABEL) or not name or len(name) > LONGEST_LABEL or {'"', "\\"} & {*name}:
        raise Invalid(f"there is no grouping {words!r}", mend=f"one of {', '.join(GROUPINGS)}, {LABEL}NAME, {NONE}")
    return words


def group_of(order: Order, *, service: str, team: str | None, severity: str, labels: Mapping[str, str]) -> str:
    """The group an incident is in; empty for those that have none."""
    match order.group:
        case "service":
            return service
        case "team":
            return team or ""
        case "severity":
            return severity
    return labels.get(order.label, "") if order.label is not None else ""
