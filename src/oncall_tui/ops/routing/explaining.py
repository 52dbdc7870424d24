"""What would become of a payload: by the functions that take events in, and with nothing changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from oncall_tui.domain.directory.services import Grouping, Service
from oncall_tui.domain.errors import Unknown
from oncall_tui.domain.events import Action, Event, as_of
from oncall_tui.domain.intake import taking
from oncall_tui.domain.intake.grouping import Placement, Verdict, group_key_of
from oncall_tui.domain.routing.routing import Given, Routed, route, wanted
from oncall_tui.domain.routing.transforming import MOST_TRANSFORMS, Transformed
from oncall_tui.domain.world import World
from oncall_tui.ops.taking.batch import Batch, BatchRegister, Source
from oncall_tui.ops.taking.names import Names

if TYPE_CHECKING:
    from oncall_tui.ops.routing.transforms import Transforms
    from oncall_tui.ops.session import Session


@dataclass(frozen=True, slots=True, kw_only=True)
class Explained:
    """What would become of one event: how rules leave it, where it goes, and what it would do there.

    `number` is that of the incident it is about; a new one has none yet.
    """

    event: Event
    service: str
    did: tuple[str, ...]
    suppressed: str | None
    silenced_by: int | None
    verdict: str
    number: int | None
    because: str


def explain(
    session: Session,
    integration: str,
    events: Sequence[Event],
    payload: object = None,
    *,
    transforms: Transforms | None = None,
) -> tuple[Explained, ...]:
    """What the events of one payload would do now, in their order. Raises Unknown for an integration that is not there.

    `payload` is the body as it was read; without `transforms` none is run, and each rule that asks for one says so.
    """
    now = session.now()
    with session.reading() as conn:
        world = session.directory.world(conn)
        if integration not in world.integrations:
            there = ", ".join(sorted(world.integrations)) or "none yet"
            raise Unknown(f"there is no integration '{integration}'", mend=f"there is: {there}", path="integration")
    # Transforms take their time: not in a transaction.
    routed = [_routed(as_of(event, now), integration, world, payload, transforms) for event in events]
    with session.reading() as conn:
        batch = Batch(conn, world, now)
        names = Names().look(conn, world)
        source = Source(integration, names.integration(integration), "explain")
        opened: set[tuple[str, str | None]] = set()
        found = []
        for one in routed:
            service = world.services[one.service]
            register = BatchRegister(batch, source, names.service(one.service))
            event = _keyed(one.event)
            placement, _ = taking.look(event, service, register, now, integration=integration, silences=world.silences)
            found.append(_explained(one, event, _after(placement, event, service, opened)))
    return tuple(found)


def answers(
    event: Event, integration: str, world: World, payload: object, transforms: Transforms
) -> tuple[Transformed, ...]:
    """What each transform that the rules ask for answers, in order; waits for them."""
    given = Given(payload)
    known = world.integrations[integration]
    while len(given.transformed) < MOST_TRANSFORMS and (asked := wanted(event, known, world, given)) is not None:
        given = replace(given, transformed=(*given.transformed, transforms.run(asked)))
    return given.transformed


def _routed(event: Event, integration: str, world: World, payload: object, transforms: Transforms | None) -> Routed:
    done = answers(event, integration, world, payload, transforms) if transforms is not None else ()
    return route(event, world.integrations[integration], world, Given(payload, done))


def _keyed(event: Event) -> Event:
    """A trigger without a key is alone with it: any that nobody has stands for the one that it would get."""
    return replace(event, dedup_key="\0") if event.action is Action.TRIGGER and event.dedup_key is None else event


def _after(placement: Placement, event: Event, service: Service, opened: set[tuple[str, str | None]]) -> Placement:
    """The placement, if the events before it in the payload had been taken in already."""
    if placement.verdict is not Verdict.OPEN:
        return placement
    group = group_key_of(event, service)
    together = service.grouping is Grouping.SERVICE or group is not None
    if together and (service.name, group) in opened:
        return Placement(Verdict.JOIN, None, "grouped because an event before it in this payload opens one that fits")
    opened.add((service.name, group))
    return placement


def _explained(routed: Routed, event: Event, placement: Placement) -> Explained:
    return Explained(
        event=routed.event,
        service=routed.service,
        did=routed.did,
        suppressed=event.suppressed,
        silenced_by=placement.silence.id if placement.silence is not None else None,
        verdict=placement.verdict.value,
        number=placement.number,
        because=placement.because,
    )
