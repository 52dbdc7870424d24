"""What comes next for incidents of a queue, worked out once for each state of an incident and of the directory.

A queue is looked at after every commit, and of its hundreds of rows few are new.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from oncall_tui.domain.directory.turns import StepKey, Turn
from oncall_tui.domain.incident import Incident
from oncall_tui.domain.incident.preview import NextStep, next_step
from oncall_tui.domain.world import World
from oncall_tui.ops.incidents.codec import decode

MOST = 2_000


class Known(NamedTuple):
    """An incident, and what comes next for it."""

    incident: Incident
    next: NextStep | None


@dataclass(frozen=True, slots=True)
class _Held:
    """What was worked out with one world, by the incident's document."""

    base: World
    turns: Mapping[StepKey, Turn]
    known: dict[str, Known] = field(default_factory=dict)


class Ahead:
    """Remembers for the directory as it was given last. Safe to share: at worst two threads work out the same."""

    def __init__(self) -> None:
        self._held: _Held | None = None

    def of(self, document: str, base: World, world: World) -> Known:
        """The incident in a stored document; `world` is `base`, the directory's own, with the turns as they stand."""
        held = self._held
        if held is None or held.base is not base or held.turns != world.turns or len(held.known) > MOST:
            held = self._held = _Held(base, world.turns)
        found = held.known.get(document)
        if found is None:
            incident = decode(document)
            found = held.known[document] = Known(incident, next_step(incident, world))
        return found
