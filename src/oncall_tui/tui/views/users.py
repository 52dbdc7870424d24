"""Tab 3: people, how they are reached, and what they are on call in."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, ClassVar

from textual.binding import BindingType
from textual.message import Message

from oncall_tui.tui.commands.keys import bound
from oncall_tui.tui.model import Snapshot
from oncall_tui.tui.presenters import people
from oncall_tui.tui.presenters.empty import nothing_yet
from oncall_tui.tui.presenters.line import Line
from oncall_tui.tui.views.pair import PairView

if TYPE_CHECKING:
    from oncall_tui.ops.reading.directory_rows import ContactRow, UserRow


class UsersView(PairView):
    """Users and teams. Left and right choose one of the person's contacts, which the other keys act on."""

    BINDINGS: ClassVar[list[BindingType]] = [
        bound("users.previous_contact", "choose(-1)"),
        bound("users.next_contact", "choose(1)"),
        bound("users.test", "ask('test')"),
        bound("users.verify", "ask('verify')"),
        bound("users.switch", "ask('switch')"),
    ]

    class Asks(Message):
        """A key that acts on a contact: test, verify or switch."""

        def __init__(self, act: str, user: str, contact: ContactRow) -> None:
            super().__init__()
            self.act, self.user, self.contact = act, user, contact

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._shown: tuple[Snapshot, datetime] | None = None
        self._chosen: dict[Hashable, str] = {}

    def update_from(self, snapshot: Snapshot, now: datetime) -> None:
        """Show a newer state of things."""
        if snapshot.users is not None:
            self._shown = (snapshot, now)
            self.draw()

    def draw(self) -> None:
        if self._shown is None:
            return
        snapshot = self._shown[0]
        rows, me = snapshot.users or (), snapshot.me.username
        shape = people.columns(rows, me)
        self.fill(
            people.header(shape, self.list.size.width),
            [row.username for row in rows],
            [people.user_line(row, me, shape) for row in rows],
            nothing_yet("users"),
        )

    def detail_of(self, key: Hashable, cells: int) -> Sequence[Line]:
        row = self._row(key)
        if self._shown is None or row is None:
            return ()
        snapshot, now = self._shown
        return people.user_detail(row, snapshot.teams, now, cells, chosen=self._place(row))

    def action_choose(self, by: int) -> None:
        """Take the next contact of the person under the cursor."""
        row = self._row(self.list.key)
        if row is not None and row.contacts:
            place = (self._place(row) + by) % len(row.contacts)
            self._chosen[row.username] = row.contacts[place].name
            self.draw_detail()

    def action_ask(self, act: str) -> None:
        """Do something with the chosen contact."""
        row = self._row(self.list.key)
        if row is not None and row.contacts:
            self.post_message(self.Asks(act, row.username, row.contacts[self._place(row)]))

    def _row(self, key: Hashable) -> UserRow | None:
        if self._shown is None:
            return None
        return next((row for row in self._shown[0].users or () if row.username == key), None)

    def _place(self, row: UserRow) -> int:
        """Which contact is chosen: by name, so that it stays the same one when others come and go."""
        names = [contact.name for contact in row.contacts]
        chosen = self._chosen.get(row.username)
        return names.index(chosen) if chosen in names else 0
