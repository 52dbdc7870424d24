"""Which line of the queue shows what: incidents, headings of groups, and the row that is held in its place."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from oncall_tui.domain.queue.ordering import USUAL, Order, group_of

if TYPE_CHECKING:
    from oncall_tui.ops.reading.incidents.story_rows import IncidentDetail
    from oncall_tui.ops.reading.near_rows import GroupRow
    from oncall_tui.ops.reading.rows import IncidentPage, IncidentRow


@dataclass(frozen=True, slots=True)
class Heading:
    """The line over a group. `name` is empty over what is in none."""

    name: str


Place = int | Heading
"""A line's key: the number of an incident, or a heading."""


class Placing:
    """The rows as they are shown. A row under the cursor keeps its place though an act moved it or it matches no more.

    Otherwise another incident would slide under a finger that is about to press a key.
    """

    def __init__(self) -> None:
        self.rows: tuple[IncidentRow, ...] = ()
        self.places: tuple[Place, ...] = ()
        self.order = USUAL
        self.groups: dict[str, GroupRow] = {}
        self.ghosts = 0
        self._held: tuple[int, str] | None = None
        self._by_number: dict[int, IncidentRow] = {}

    def take(self, page: IncidentPage, order: Order, *, key: Hashable | None, detail: IncidentDetail | None) -> None:
        """Show a newer page of the same question; `key` is what is under the cursor."""
        before, was = self.rows, self.order
        self._show(page, order)
        held = self._by_before(before, key)
        if self._held is not None and self._held[0] != key:
            self._held = None
        if held is None or was != order:
            return
        row, place = held
        now = self._by_number.get(row.number)
        if now is not None:
            if (now.state, now.severity) == (row.state, row.severity) and self._held is None:
                return
            rest = tuple(one for one in page.rows if one.number != row.number)
        else:
            known = detail.incident if detail is not None else None
            now, rest, self.ghosts = (known if known and known.number == row.number else row), page.rows, 1
        group = self._held[1] if self._held is not None else self.group(row)
        self._held = (row.number, group)
        self._place((*rest[: (at := self._within(rest, place, group))], now, *rest[at:]))

    def begin(self, page: IncidentPage, order: Order) -> None:
        """Show the page of another question."""
        self._held = None
        self._show(page, order)

    def let_go(self) -> None:
        """The cursor has moved on: the next page says where the row belongs."""
        self._held = None

    def row(self, key: object) -> IncidentRow | None:
        """The row of an incident as it is shown; None for a heading."""
        return self._by_number.get(key) if isinstance(key, int) else None

    def group(self, row: IncidentRow) -> str:
        """The group that a row is shown in."""
        if self._held is not None and self._held[0] == row.number:
            return self._held[1]
        return group_of(self.order, service=row.service, team=row.team, severity=row.severity.value, labels=row.labels)

    def _show(self, page: IncidentPage, order: Order) -> None:
        self.order, self.ghosts = order, 0
        self.groups = {group.name: group for group in page.groups}
        self._place(page.rows)

    def _place(self, rows: tuple[IncidentRow, ...]) -> None:
        self.rows = rows
        self._by_number = {row.number: row for row in rows}
        if not self.order.group:
            self.places = tuple(self._by_number)
            return
        places: list[Place] = []
        for name, members in groupby(rows, key=self.group):
            places += [Heading(name), *(row.number for row in members)]
        self.places = tuple(places)

    def _by_before(self, before: tuple[IncidentRow, ...], key: Hashable | None) -> tuple[IncidentRow, int] | None:
        found = ((row, place) for place, row in enumerate(before) if row.number == key)
        return next(found, None)

    def _within(self, rest: tuple[IncidentRow, ...], place: int, group: str) -> int:
        """The place nearest to this one that parts no group but its own."""
        if not self.order.group:
            return place
        own = [at for at, row in enumerate(rest) if self.group(row) == group]
        if own:
            return min(max(place, own[0]), own[-1] + 1)
        at = min(place, len(rest))
        while 0 < at < len(rest) and self.group(rest[at - 1]) == self.group(rest[at]):
            at -= 1
        return at
