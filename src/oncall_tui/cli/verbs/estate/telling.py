"""One thing out of a list by its name."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol, TypeVar

from oncall_tui.domain.errors import Unknown


class Named(Protocol):
    """Anything with a name."""

    @property
    def name(self) -> str:
        """By which people know it."""


Row = TypeVar("Row", bound=Named)


def named(rows: Iterable[Row], kind: str, name: str) -> Row:
    """The one of this name. Raises Unknown with those that there are."""
    known = {row.name: row for row in rows}
    if name not in known:
        there = f"there is: {', '.join(known)}" if known else "there is none yet: see 'oncall config apply'"
        raise Unknown(f"there is no {kind} '{name}'", mend=there, path=kind)
    return known[name]
