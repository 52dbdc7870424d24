"""Deleting a schedule: what goes with it, and why that may be refused."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from oncall_tui.domain.directory.policies import TargetKind
from oncall_tui.domain.errors import Refused
from oncall_tui.domain.schedules import Schedule
from oncall_tui.domain.schedules.preview import Stretch, preview
from oncall_tui.domain.schedules.problems import faults
from oncall_tui.domain.world import World
from oncall_tui.ops.reading.who import schedule_named
from oncall_tui.ops.schedules.changing import changing, kept, schedules_changed
from oncall_tui.ops.schedules.editing.saving import SPAN, refuse_stale
from oncall_tui.ops.session import Session
from oncall_tui.storage.statements.schedules import schedule_changes as stored


@dataclass(frozen=True, slots=True, kw_only=True)
class Deletion:
    """What goes with a schedule: its layers by name, how many spans and calendars, and the coming shifts."""

    schedule: str
    layers: tuple[str, ...]
    overrides: int
    temporaries: int
    calendars: int
    lost: tuple[Stretch, ...]


def delete_schedule(
    session: Session,
    name: str,
    *,
    seen: Schedule | None = None,
    dry_run: bool = False,
    span: timedelta = SPAN,
) -> Deletion:
    """Delete a schedule with its layers, overrides, temporary schedules and calendars; `dry_run` only tells what goes.

    Raises Unknown, Forbidden, Refused while a policy pages it, naming where, and LostRace when `seen` is given and
    no longer what is stored, overrides included: nobody's cover goes unseen.
    """
    session.actor.may_configure()
    with changing(session, dry_run=dry_run) as (conn, world):
        known = schedule_named(world, name) if seen is None else refuse_stale(conn, world, seen, whole=True)
        if paged := tuple(_where_paged(world, known.name)):
            sentence = f"schedule {known.name} can't be deleted: {'; '.join(paged)} would reach nobody through it"
            raise Refused(sentence, mend="put another target there first", path="schedule", code="in_use")
        row, now = stored.schedule_id(conn, known.name), session.now()
        gone = Deletion(
            schedule=known.name,
            layers=tuple(layer.name for layer in known.layers),
            overrides=len(known.overrides),
            temporaries=len(known.temporaries),
            calendars=stored.calendars(conn, row),
            lost=_lost(known, now.replace(microsecond=0), span),
        )
        if not dry_run:
            stored.delete_schedule(conn, row)
            told = f"with layers {', '.join(gone.layers)}" if gone.layers else ""
            kept(conn, session, now, "schedule.deleted", f"schedule {known.name}", told)
            schedules_changed(conn, session, now, world, [(known, None)])
        return gone


def _where_paged(world: World, schedule: str) -> Iterator[str]:
    for name, policy in sorted(world.policies.items()):
        places = [*enumerate((step.targets for step in policy.steps), start=1), (None, policy.fallback)]
        for number, targets in places:
            if any(target.kind is TargetKind.SCHEDULE and target.name == schedule for target in targets):
                yield f"policy {name}, {'its fallback' if number is None else f'step {number}'}"


def _lost(known: Schedule, now: datetime, span: timedelta) -> tuple[Stretch, ...]:
    if faults(known):
        return ()  # nobody is on call by a broken one
    return preview(known, replace(known, layers=(), overrides=(), temporaries=()), (), now, now + span).lost
