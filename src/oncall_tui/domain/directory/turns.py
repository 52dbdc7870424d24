"""Round robin: whose turn it is at a step, fair across incidents (RULES, Escalation: Targets).

The turns are stored facts: who had one, the longest ago first. Whoever comes new, or comes back, is next; somebody who
can't be reached is skipped and loses nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from oncall_tui.domain.directory.policies import Assign, Policy

StepKey = tuple[str, int]
"""A policy's name and a step's number, from 1."""


@dataclass(frozen=True, slots=True)
class Turn:
    """How many turns a step has given, and to whom, the longest ago first."""

    count: int = 0
    taken: tuple[str, ...] = ()

    def next_of(self, people: Iterable[str]) -> str:
        """Whose turn it is among people, given in the order of the step."""
        place = {username: number for number, username in enumerate(self.taken)}
        return min(people, key=lambda username: place.get(username, -1))

    def after(self, username: str, known: Iterable[str]) -> Turn:
        """The turns after this one; who is not known any more is forgotten."""
        there = set(known)
        kept = tuple(other for other in self.taken if other != username and other in there)
        return Turn(self.count + 1, (*kept, username))


Turns = Mapping[StepKey, Turn]


def steps_in_turn(policies: Iterable[Policy]) -> Iterator[StepKey]:
    """Every step of these policies that goes round."""
    for policy in policies:
        for number, step in enumerate(policy.steps, 1):
            if step.assign is Assign.ROUND_ROBIN:
                yield policy.name, number
