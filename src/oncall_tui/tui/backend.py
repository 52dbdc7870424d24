"""What the terminal asks of the house. One thread calls all of it, except `poke`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

from oncall_tui.tui.model import Early, Me, Snapshot, Wanted
from oncall_tui.tui.outcome import Outcome, Seen
from oncall_tui.tui.people.backend import PeopleBackend
from oncall_tui.tui.schedules.backend import ScheduleBackend

if TYPE_CHECKING:
    from oncall_tui.ops.reading.incidents.story_rows import IncidentDetail


class Backend(PeopleBackend, ScheduleBackend, Protocol):
    """Reading and acting. Everything may raise OncallError; nothing holds a transaction after it returned."""

    def open(self) -> Me:
        """Open the database and say who sits here."""
        ...

    def early(self, wanted: Wanted) -> Early | None:
        """The queue alone, where that can be had sooner than a look; None where it can't, or there is nothing in it."""
        ...

    def look(self, wanted: Wanted) -> Snapshot:
        """What the screen needs, as of now."""
        ...

    def refreshed(self, shown: Snapshot) -> Snapshot:
        """What was shown, as of now: for a look although nothing was heard of a commit."""
        ...

    def story(self, number: int) -> IncidentDetail | None:
        """One incident in full; None when there is none."""
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

    def act(self, verb: str, seen: Sequence[Seen], said: str, *, take_over: bool = False) -> Outcome:
        """Run the command with this id on each of them, with what was said beside it."""
        ...

    def triggered(self, filter_: str) -> tuple[Seen, ...]:
        """All that are triggered of what a filter finds, as they are now."""
        ...

    def who_is_next(self, seen: Seen) -> tuple[str, ...]:
        """Whom an escalation now would page."""
        ...

    def trigger(self, title: str, service: str, severity: str) -> Outcome:
        """Open a new incident."""
        ...
