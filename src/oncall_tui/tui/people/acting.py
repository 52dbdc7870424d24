"""What the keys of the Users tab do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from oncall_tui.tui.commands.acting import ActingApp
from oncall_tui.tui.outcome import Outcome
from oncall_tui.tui.presenters.line import Tone
from oncall_tui.tui.widgets.bars import Answer

if TYPE_CHECKING:
    from oncall_tui.tui.people.code_entry import CodeEntry
    from oncall_tui.tui.views.users import UsersView

VERIFYING = (Answer("enter", "send a code", "send"), Answer("c", "type the code", "type"))


class PeopleActs(ActingApp):
    """Tries, verifies and switches contacts. Whether somebody may is for the house to say: one's own always."""

    def on_users_view_asks(self, message: UsersView.Asks) -> None:
        user, contact = message.user, message.contact.name
        if self._trouble is not None:
            self.say("the database is away: nothing was done. Repeat it when the banner is gone", Tone.ALARM)
            return
        match message.act:
            case "test":
                self._do(lambda backend: backend.send_test(user, contact), self._tell)
            case "switch":
                enabled = not message.contact.enabled
                self._do(lambda backend: backend.switch(user, contact, enabled=enabled), self._tell)
            case _:
                self._ask(f"Verify {user}, {contact}:", VERIFYING, lambda answer: self._verify(user, contact, answer))

    def _verify(self, user: str, contact: str, answer: str) -> None:
        if answer == "type":
            self._open_entry(user, contact)
            return

        def sent(outcome: Outcome) -> None:
            self._tell(outcome)
            if outcome.ok and not self.is_occupied:
                self._open_entry(user, contact)

        self._do(lambda backend: backend.send_code(user, contact), sent, keys_wait=True)

    def _open_entry(self, user: str, contact: str) -> None:
        from oncall_tui.tui.people.code_entry import CodeEntry

        def ask(entry: CodeEntry) -> None:
            self.query_one("#keys").display = False
            entry.open(user, contact)

        self.use(CodeEntry, ask)

    def on_code_entry_left(self) -> None:
        self.query_one("#keys").display = True
        self.focus_tab()

    def on_code_entry_typed(self, message: CodeEntry.Typed) -> None:
        user, contact, code = message.user, message.contact, message.code
        self._do(lambda backend: backend.verify(user, contact, code), self._tell)

    def _tell(self, outcome: Outcome) -> None:
        self.say(outcome.text, Tone.GOOD if outcome.ok else Tone.ALARM)
