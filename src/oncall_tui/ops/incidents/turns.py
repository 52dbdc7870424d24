"""Whose turn it is at round robin steps, as the database keeps it, for `advance` and for looking ahead."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from oncall_tui.domain.directory.policies import Policy
from oncall_tui.domain.directory.turns import StepKey, Turn, steps_in_turn
from oncall_tui.domain.incident import Incident
from oncall_tui.domain.incident.causes import Cause, Opened, Reassign
from oncall_tui.domain.world import World
from oncall_tui.storage.reading import turns as reading

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from oncall_tui.storage.looking import Look


def locked(conn: Connection, world: World, incident: Incident, cause: Cause) -> World:
    """The world with the turns that this cause may take; nobody else takes one of them until the transaction ends."""
    steps = list(steps_in_turn(_policies(world, incident, cause)))
    if not steps:
        return world
    from oncall_tui.storage.statements.incident import turns as rows  # whoever only looks needs none of it

    return _with(world, rows.lock(conn, steps))


def seen(conn: Connection | Look, world: World, incidents: Iterable[Incident] = ()) -> World:
    """The world with the turns as they stand, for looking ahead at these incidents and at every policy."""
    steps: set[StepKey] = set(steps_in_turn(world.policies.values()))
    for incident in incidents:
        steps.update(steps_in_turn(run.policy for run in incident.runs))
    return _with(world, reading.look(conn, steps)) if steps else world


def _policies(world: World, incident: Incident, cause: Cause) -> Iterator[Policy]:
    yield from (run.policy for run in incident.runs)
    if isinstance(cause, Opened) and incident.service in world.services:
        yield from world.policies_of(world.services[incident.service])
    if isinstance(cause, Reassign) and cause.policy is not None and cause.policy in world.policies:
        yield world.policies[cause.policy]


def _with(world: World, found: Sequence[Any]) -> World:
    turns = {(row.policy, row.step): Turn(row.given, tuple(row.taken)) for row in found}
    return replace(world, turns=turns)
