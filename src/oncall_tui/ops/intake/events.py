"""Taking in what senders post: from an event to an incident, in the transaction that the 2xx waits for."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection

from oncall_tui.domain.events import Action, Event
from oncall_tui.domain.routing.routing import Given
from oncall_tui.domain.world import World
from oncall_tui.ops.taking.batch import Batch, Source
from oncall_tui.ops.taking.names import Names
from oncall_tui.ops.taking.placing import Due, Posted, Taken, keyed, place, take_all
from oncall_tui.storage.statements.incident.incidents import lock_service

__all__ = ["Names", "Posted", "Taken", "end", "release", "take", "take_all", "take_by_hand"]


def take(  # noqa: PLR0913 - who, what, when and beside what
    conn: Connection,
    world: World,
    integration: str,
    events: Sequence[Event],
    now: datetime,
    payload: str,
    *,
    given: Sequence[Given] = (),
) -> tuple[Taken, ...]:
    """Take an integration's events in order; each is kept with what it did. Raises Unknown for a gone integration.

    `given`: for each event what its rules look at beside it.
    """
    return take_all(conn, world, [Posted(integration, events, payload, given)], now)[0]


def end(conn: Connection, world: World, integration: str, dedup_key: str, why: str, now: datetime) -> Taken:
    """Resolve an integration's alert by its key as kept, as if its sender had: no rule looks at it again."""
    names = Names().look(conn, world)
    service = world.integrations[integration].service
    event = Event(action=Action.RESOLVE, dedup_key=dedup_key, notes=(why,))
    return _alone(
        conn, world, service, Source(integration, names.integration(integration), "http"), event, now, names=names
    )


def release(conn: Connection, world: World, integration: str, service: str, event: Event, now: datetime) -> Taken:
    """Take an event that was held back as it was routed then: no rule looks at it again."""
    names = Names().look(conn, world)
    return _alone(
        conn, world, service, Source(integration, names.integration(integration), "http"), event, now, names=names
    )


def take_by_hand(  # noqa: PLR0913 - who, where, what and when
    conn: Connection,
    world: World,
    service: str,
    event: Event,
    now: datetime,
    *,
    by: str,
    via: str,
    account: str | None = None,
    silenced: bool = False,
) -> Taken:
    """Take an event that a person made: same rules, no integration. `silenced`: silences may hold it back."""
    names = Names().look(conn, world)
    return _alone(conn, world, service, Source(by, None, via, account, silenced), event, now, names=names)


def _alone(  # noqa: PLR0913 - who, where, what and when
    conn: Connection, world: World, service: str, source: Source, event: Event, now: datetime, *, names: Names
) -> Taken:
    due = Due(keyed(event, now), source, world.services[service], names.service(service), "")
    lock_service(conn, due.service_id)
    batch = Batch(conn, world, now)
    taken = place(batch, due)
    batch.write()
    return taken
