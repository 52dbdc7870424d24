"""Incidents that open at one instant and differ in words alone: what `advance` makes of the first, it makes of all."""

from __future__ import annotations

from dataclasses import fields
from datetime import datetime
from operator import attrgetter

from oncall_tui.domain.incident.advance import Advance, advance
from oncall_tui.domain.incident.causes import Opened
from oncall_tui.domain.incident.draft import copied
from oncall_tui.domain.incident.effects import TookTurn
from oncall_tui.domain.incident.state import Incident
from oncall_tui.domain.world import World

WORDS = ("number", "title", "description", "dedup_key", "group_key", "integration", "labels", "link")
"""What no rule of opening looks at: who is paged, when and why is the same whatever stands there."""

_words_of = attrgetter(*WORDS)
_rest_of = attrgetter(*(field.name for field in fields(Incident) if field.name not in WORDS))


class Openings:
    """`advance` for what opens in one world at one instant: a storm's incidents are alike but for their words."""

    __slots__ = ("_known", "_latest", "_now", "_world")

    def __init__(self, world: World, now: datetime) -> None:
        self._world = world
        self._now = now
        self._known: dict[tuple[object, Opened], Advance] = {}
        self._latest: tuple[tuple[object, Opened] | None, Advance | None] = None, None

    def advanced(self, incident: Incident, cause: Opened) -> Advance:
        """What `advance` makes of the incident, with the words that are its own."""
        like = (_rest_of(incident), cause)
        before, known = self._latest
        if like != before:  # mostly it is: to compare with one costs less than to look up in many
            known = self._known.get(like)
            self._latest = like, known
        if known is not None:
            own = dict(zip(WORDS, _words_of(incident), strict=True))
            return Advance(copied(known.incident, own), known.effects, known.next_due_at)
        advanced = advance(incident, self._world, cause, self._now)
        # A turn is one person's; the next incident's is somebody else's.
        if not any(isinstance(effect, TookTurn) for effect in advanced.effects):
            self._known[like] = advanced
            self._latest = like, advanced
        return advanced
