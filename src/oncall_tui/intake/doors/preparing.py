"""What rules look at beside an event, made ready on the way to the commit: the payload, and what transforms answer.

Nothing is done for a post whose rules look at labels and fields alone, or that has no rules.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from oncall_tui.domain.directory.services import Integration
from oncall_tui.domain.events import Event, as_of
from oncall_tui.domain.routing.routing import Given, Wanted, asks_transforms, needs_payload, wanted
from oncall_tui.domain.routing.transforming import MOST_TRANSFORMS, Transformed
from oncall_tui.domain.world import World
from oncall_tui.intake.doors.door import Arrival
from oncall_tui.intake.payload.posted import payload_of
from oncall_tui.ops.routing.transforms import Transforms


class Unprepared(Exception):
    """The rules of this post's integration look at more than was made ready: they are new, or nobody had asked yet."""


async def prepared(
    arrival: Arrival, integration: Integration, world: World, now: datetime, transforms: Transforms | None
) -> Arrival:
    """The arrival with what its rules look at, if they look at more than labels and fields."""
    if arrival.post is None or not needs_payload(integration, world):
        return arrival
    payload = payload_of(arrival.post)
    if transforms is None or not asks_transforms(integration, world):
        return replace(arrival, given=(Given(payload),) * len(arrival.events))
    # For all events of the post: those that are left then go on as they are.
    until = asyncio.get_running_loop().time() + transforms.within
    given = [
        await _answered(as_of(event, now), integration, world, payload, transforms, until) for event in arrival.events
    ]
    return replace(arrival, given=given)


async def _answered(
    event: Event, integration: Integration, world: World, payload: object, transforms: Transforms, until: float
) -> Given:
    given = Given(payload)
    while len(given.transformed) < MOST_TRANSFORMS and (asked := wanted(event, integration, world, given)) is not None:
        given = replace(given, transformed=(*given.transformed, await _answer(asked, transforms, until)))
    return given


async def _answer(asked: Wanted, transforms: Transforms, until: float) -> Transformed:
    left = until - asyncio.get_running_loop().time()
    if left > 0:
        try:
            # Shielded: the pool counts what it has under way by itself.
            return await asyncio.wait_for(asyncio.shield(asyncio.wrap_future(transforms.submit(asked))), left)
        except TimeoutError:
            return Transformed(asked.name, problem="it did not answer in time")
    return Transformed(asked.name, problem="no time was left for it")


def events_given(arrival: Arrival, integration: Integration, world: World) -> Sequence[Given]:
    """What was made ready for each event. Raises Unprepared when the rules look at more."""
    if arrival.given is not None:
        return arrival.given
    if arrival.post is not None and needs_payload(integration, world):
        raise Unprepared
    return ()
