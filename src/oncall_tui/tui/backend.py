"""What the terminal asks of the house. One thread calls all of it, except `poke`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from oncall_tui.tui.model import Me, Outcome, Seen, Snapshot, Wanted
from oncall_tui.tui.people.backend import PeopleBackend
from oncall_tui.tui.schedules.backend import ScheduleBackend


class Backend(PeopleBackend, ScheduleBackend, Protocol):
    """Reading and acting. Everything may raise OncallError; nothing holds a transaction after it returned."""

    def open(self) -> Me:
        """Open the database and say who sits here."""
        ...

    def look(self, wanted: Wanted) -> Snapshot:
        """What the screen needs, as of now."""
        ...

    def ping(self) -> None:
        """Nothing while the database answers."""
        ...

    def wait(self, seconds: float) -> bool:
        """Whether something changed, or `poke` was called, within the time."""
        ...

    def poke(self) -> None:
        """End a `wait`, from any thread."""
        ...

    def close(self) -> None:
        """Let go of the database."""
        ...

    def acknowledge(self, seen: Sequence[Seen], *, take_over: bool = False) -> Outcome:
        """Take them."""
        ...

    def who_is_next(self, seen: Seen) -> tuple[str, ...]:
        """Whom an escalation now would page."""
        ...

    def escalate(self, seen: Sequence[Seen]) -> Outcome:
        """Page their next steps now."""
        ...

    def resolve(self, seen: Sequence[Seen], reason: str) -> Outcome:
        """End them for a reason."""
        ...

    def trigger(self, title: str, service: str, severity: str) -> Outcome:
        """Open a new incident."""
        ...
