"""What the Users tab asks of the house."""

from __future__ import annotations

from typing import Protocol

from oncall_tui.tui.outcome import Outcome


class PeopleBackend(Protocol):
    """Acts on one contact of a person, both by name. Everything may raise OncallError."""

    def send_test(self, user: str, contact: str) -> Outcome:
        """Send a test message; what becomes of it stands in the rows that follow."""
        ...

    def send_code(self, user: str, contact: str) -> Outcome:
        """Send a code that verifies the contact."""
        ...

    def verify(self, user: str, contact: str, code: str) -> Outcome:
        """Mark the contact as verified when this is its code."""
        ...

    def switch(self, user: str, contact: str, *, enabled: bool) -> Outcome:
        """Let pages go to the contact, or not any more."""
        ...
