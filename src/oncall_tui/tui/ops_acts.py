"""Acts on incidents, on the real use cases."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from oncall_tui.domain.errors import LostRace, OncallError
from oncall_tui.domain.queue.filters import parse_filter
from oncall_tui.domain.time.walltime import zone
from oncall_tui.tui.outcome import Outcome, Seen, refusal

if TYPE_CHECKING:
    from oncall_tui.domain.world import World
    from oncall_tui.ops.session import Session

STRETCH = 1_000  # rows


class OpsActs(ABC):
    """Acts on incidents, and what is asked before one, for a backend with an open session."""

    @abstractmethod
    def _opened(self) -> Session: ...

    def act(self, verb: str, seen: Sequence[Seen], said: str, *, take_over: bool = False) -> Outcome:
        from oncall_tui.ops.verbs import BY_ID, Said, Target

        session, found = self._opened(), BY_ID[verb]
        words = Said(text=said, at=session.now(), zone=self._zone(session))
        held: list[Seen] = []

        def run(one: Seen) -> Any:
            assert found.run is not None, f"{verb} is no command on an incident"
            try:
                return found.run(session, Target(number=one.number, version=one.version, take_over=take_over), words)
            except LostRace as race:
                held.append(one)
                if takes_over:  # the question that follows is the mend
                    race.mend = ""
                raise

        takes_over = verb == "incident.acknowledge"
        outcome = _each(seen, run, found.done)
        if held and takes_over:
            return Outcome(outcome.text, ok=False, taken_by_other=tuple(held))
        return outcome

    def triggered(self, filter_: str) -> tuple[Seen, ...]:
        from oncall_tui.ops import reading

        found: list[Seen] = []
        wanted, cursor = replace(parse_filter(filter_), states=("triggered",)), None
        while True:
            page = reading.queue(self._opened(), wanted, limit=STRETCH, cursor=cursor, counted=False)
            found += [Seen(row.number, row.version, row.state) for row in page.rows]
            cursor = page.next_cursor
            if cursor is None:
                return tuple(found)

    def who_is_next(self, seen: Seen) -> tuple[str, ...]:
        from oncall_tui.ops import reading

        return reading.who_is_next(self._opened(), seen.number)

    def trigger(self, title: str, service: str, severity: str) -> Outcome:
        from oncall_tui.domain.severity import Severity
        from oncall_tui.ops.incidents import acts

        done = acts.trigger(self._opened(), title=title, service=service, severity=Severity(severity))
        return Outcome(done.text)

    def _zone(self, session: Session) -> ZoneInfo:
        """The zone in which whoever sits here says times."""
        with session.looking() as look:
            known = zone_of(session.directory.world(look), session.actor.username)
        return zone(known or "UTC")


def zone_of(world: World, username: str | None) -> str | None:
    """The zone that the directory knows of somebody."""
    user = world.users.get(username or "")
    return user.timezone if user is not None else None


def _each(seen: Sequence[Seen], act: Callable[[Seen], Any], done: str) -> Outcome:
    """Do it to each, each in its own transaction; one refusal does not keep the others from it."""
    said: list[str] = []
    refused: list[OncallError] = []
    for one in seen:
        try:
            said.append(str(act(one).text))
        except OncallError as error:
            refused.append(error)
    if len(seen) == 1:
        return Outcome(said[0]) if said else refusal(refused[0])
    words = f"{len(said)} of {len(seen)} {done}"
    reasons = dict.fromkeys(error.sentence for error in refused)  # a wrong time is wrong for all
    return Outcome("; ".join((words, *reasons)), ok=not refused)
