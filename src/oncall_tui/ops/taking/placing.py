"""A batch of posts taken in: each event placed after the other, all of them looked up and written together."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection

from oncall_tui.domain.directory.services import Grouping, Service
from oncall_tui.domain.events import Action, Event, as_of
from oncall_tui.domain.intake import taking
from oncall_tui.domain.intake.grouping import group_key_of
from oncall_tui.domain.matching.silences import silencing
from oncall_tui.domain.routing.routing import NOTHING_GIVEN, Given, Routed, has_rules, route
from oncall_tui.domain.world import World
from oncall_tui.ops.routing.held import note_silence
from oncall_tui.ops.taking.batch import Batch, BatchRegister, Source
from oncall_tui.ops.taking.changes import row_of
from oncall_tui.ops.taking.names import Names
from oncall_tui.storage.drivers.direct import in_one_go
from oncall_tui.storage.statements.incident.incidents import lock_services


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of an event: its key as kept, the incident it is about, what it did and why."""

    dedup_key: str | None
    number: int | None
    verdict: str
    because: str


@dataclass(frozen=True, slots=True)
class Posted:
    """What an integration posted: events in their order, and the payload that they were read from.

    `given`: for each event what its rules look at beside it; absent where they look at nothing else.
    """

    integration: str
    events: Sequence[Event]
    payload: str
    given: Sequence[Given] = ()


@dataclass(frozen=True, slots=True)
class Due:
    """An event with its key, its source, and the service that it goes to."""

    event: Event
    source: Source
    service: Service
    service_id: int
    payload: str


def take_all(
    conn: Connection, world: World, posts: Sequence[Posted], now: datetime, names: Names | None = None
) -> list[tuple[Taken, ...]]:
    """Take posts in their order; each event is kept with what it did. Raises Unknown for a gone integration.

    Nothing may be kept of the transaction when it raises.
    """
    known = (names or Names()).look(conn, world)
    dues = [[*_read(post, world, known, now)] for post in posts]
    batch = Batch(conn, world, now)
    every = [due for of_post in dues for due in of_post]
    with in_one_go(conn):
        lock_services(conn, _services(posts, dues, world, known))
        lookups = _look_up(batch, every)
    for know in lookups:
        know()
    batch.reserve(len({(due.source.integration, due.event.dedup_key) for due in every if _opens(batch, due)}))
    taken = [tuple(place(batch, due) for due in of_post) for of_post in dues]
    batch.write()
    return taken


def place(batch: Batch, due: Due) -> Taken:
    """Place one event, do what that means, and keep the event with it."""
    event, source = due.event, due.source
    integration = source.name if source.integration is not None else None
    register = BatchRegister(batch, source, due.service_id)
    silences = batch.world.silences if source.integration is not None or source.silenced else ()
    placement = taking.take(
        event, due.service, source.name, register, batch.now, integration=integration, silences=silences
    )
    if silences and source.integration is not None:
        note_silence(
            batch.conn, event, placement, integration=source.integration, service=due.service_id, now=batch.now
        )
    if event.action is Action.CHANGE and event.suppressed is None:
        batch.keep_change(row_of(event, integration=source.integration, service=due.service_id, now=batch.now))
    batch.keep(
        {
            "integration_id": source.integration,
            "received_at": batch.now,
            "action": event.action.value,
            "dedup_key": event.dedup_key,
            "payload": due.payload,
            "outcome": placement.verdict.value,
            "number": placement.number,
            "note": "; ".join(part for part in (*event.notes, *event.routed, placement.because) if part),
        }
    )
    return Taken(event.dedup_key, placement.number, placement.verdict.value, placement.because)


def keyed(event: Event, now: datetime) -> Event:
    """The event as it is meant now; a trigger without a key gets one of its own."""
    event = as_of(event, now)
    if event.action is Action.TRIGGER and event.dedup_key is None:
        return replace(event, dedup_key=secrets.token_hex(16))
    return event


def _read(post: Posted, world: World, names: Names, now: datetime) -> Iterable[Due]:
    source = Source(post.integration, names.integration(post.integration), "http")
    payload = post.payload
    for routed in _routed(post, world, now):
        event, service = keyed(routed.event, now), routed.service
        yield Due(event, source, world.services[service], names.service(service), payload)
        payload = ""  # it is kept once, with the first of its events


def _routed(post: Posted, world: World, now: datetime) -> Iterable[Routed]:
    """The events as the rules leave them, and the services that they go to; a rule sees an event as it is meant."""
    integration = world.integrations[post.integration]
    if not has_rules(integration, world):
        return [Routed(event, integration.service) for event in post.events]
    given = post.given or [NOTHING_GIVEN] * len(post.events)
    return [
        route(as_of(event, now), integration, world, beside) for event, beside in zip(post.events, given, strict=True)
    ]


def _services(posts: Sequence[Posted], dues: Sequence[Sequence[Due]], world: World, names: Names) -> set[int]:
    """What to lock: where events go, and each integration's own: its keys have to see each other wherever they go."""
    own = {names.service(world.integrations[post.integration].service) for post in posts}
    return own | {due.service_id for of_post in dues for due in of_post}


def _look_up(batch: Batch, dues: Sequence[Due]) -> list[Callable[[], None]]:
    """Look up at once what the events will ask for one by one."""
    keys: dict[int, set[str]] = {}
    for due in dues:
        if due.event.dedup_key is not None and due.source.integration is not None:
            keys.setdefault(due.source.integration, set()).add(due.event.dedup_key)
    return [batch.alerts.foresee(integration, wanted) for integration, wanted in keys.items()]


def _opens(batch: Batch, due: Due) -> bool:
    """Whether it opens an incident for sure: a number that is not used leaves a gap."""
    key, integration = due.event.dedup_key, due.source.integration
    if due.event.action is not Action.TRIGGER or key is None or integration is None or _is_quiet(batch, due):
        return False
    alone = due.service.grouping is not Grouping.SERVICE and group_key_of(due.event, due.service) is None
    return alone and not batch.alerts.is_open((integration, 0), key)


def _is_quiet(batch: Batch, due: Due) -> bool:
    """Whether a rule or a silence keeps it from opening anything."""
    if due.event.suppressed is not None:
        return True
    silences = batch.world.silences
    return bool(silences) and (silencing(silences, due.event, due.service.name, due.source.name, batch.now) is not None)
