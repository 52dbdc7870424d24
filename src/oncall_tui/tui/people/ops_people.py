"""The Users tab's acts on the real use cases."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING

from oncall_tui.tui.outcome import Outcome

if TYPE_CHECKING:
    from oncall_tui.ops.session import Session


class OpsPeople(ABC):
    """Acts on contacts, for a backend with an open session."""

    @abstractmethod
    def _opened(self) -> Session: ...

    def send_test(self, user: str, contact: str) -> Outcome:
        from oncall_tui.ops.contacts.testing import send_test

        send_test(self._opened(), user, contact)
        return Outcome(f"a test is on its way to {user}, {contact}: watch it below")

    def send_code(self, user: str, contact: str) -> Outcome:
        from oncall_tui.ops.contacts.verifying import send_code

        send_code(self._opened(), user, contact)
        return Outcome(f"a code is on its way to {user}, {contact}; it holds for 15 minutes")

    def verify(self, user: str, contact: str, code: str) -> Outcome:
        from oncall_tui.ops.contacts.verifying import verify

        verify(self._opened(), user, contact, code)
        return Outcome(f"{user}, {contact} is verified")

    def switch(self, user: str, contact: str, *, enabled: bool) -> Outcome:
        from oncall_tui.ops.contacts.methods import enable_contact

        enable_contact(self._opened(), user, contact, enabled=enabled)
        return Outcome(f"{user}, {contact} is {'on' if enabled else 'off: no pages go there'}")
