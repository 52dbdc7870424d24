"""Saving a new or an edited schedule, and telling beforehand what that would do."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from sqlalchemy import Connection

from oncall_tui.domain.errors import InvalidMany, LostRace, OncallError, Refused
from oncall_tui.domain.schedules import Schedule
from oncall_tui.domain.schedules.editing.effects import SchedulePreview, effects
from oncall_tui.domain.schedules.problems import faults
from oncall_tui.domain.time.walltime import format_instant, zone
from oncall_tui.domain.world import World
from oncall_tui.ops.config.changing.rotas import write_layers
from oncall_tui.ops.directory import building
from oncall_tui.ops.incidents.codec import decode
from oncall_tui.ops.schedules.changing import changing, kept, leave_of, schedules_changed
from oncall_tui.ops.schedules.editing.entries import Plain, spelled_layers, wrong
from oncall_tui.ops.schedules.holidays import holidays_of
from oncall_tui.ops.session import Session
from oncall_tui.storage.statements.schedules import schedule_changes as stored

SPAN = timedelta(weeks=8)
"""How far a preview looks unless told otherwise."""


def preview_schedule(
    session: Session, after: Schedule, *, seen: Schedule | None, span: timedelta = SPAN
) -> SchedulePreview:
    """What saving this schedule would do from now on; nothing is kept. `seen` is what was edited, None for a new one.

    What keeps it from being saved is told as `problems`, not raised. Raises Forbidden, and LostRace as saving does.
    """
    session.actor.may_configure()
    with changing(session, dry_run=True) as (conn, world):
        return _previewed(conn, session, world, after, seen, span)


def save_schedule(
    session: Session, after: Schedule, *, seen: Schedule | None, accept: bool = False, span: timedelta = SPAN
) -> SchedulePreview:
    """Make a schedule, or change its name, zone and layers; what that does, as it was previewed.

    Overrides and temporary schedules have verbs of their own: the stored ones stay. Raises Forbidden, InvalidMany with
    everything the rules refuse, LostRace when `seen` is no longer what is stored, and Refused (code `needs_yes`)
    while a gap or a double booking would open and nobody accepts it.
    """
    session.actor.may_configure()
    with changing(session, dry_run=False) as (conn, world):
        shown = _previewed(conn, session, world, after, seen, span)
        if shown.problems:
            raise InvalidMany(shown.problems)
        if shown.needs_yes and not accept:
            raise needs_yes(shown)
        if seen is not None and seen.name != after.name:
            _refuse_renaming(conn, seen.name)
        if shown.before == shown.after:
            return shown
        _write(conn, shown)
        now, action = session.now(), "schedule.created" if seen is None else "schedule.edited"
        if seen is not None and seen.name != after.name:
            kept(conn, session, now, "schedule.renamed", f"schedule {seen.name}", f"to {after.name}")
        kept(conn, session, now, action, f"schedule {after.name}", "; ".join(shown.notes))
        schedules_changed(conn, session, now, world, [(shown.before, shown.after)])
    return shown


def needs_yes(shown: SchedulePreview) -> Refused:
    """The refusal that names the first gap or double booking that would open."""
    if shown.unmeant_gaps:
        gap, more = shown.unmeant_gaps[0], len(shown.unmeant_gaps) - 1
        what = f"it leaves nobody on call from {format_instant(gap.start)} to {format_instant(gap.end)}"
    else:
        one, more = shown.double[0], len(shown.double) - 1
        what = f"it puts {one.user} into {' and '.join(one.schedules)} at once from {format_instant(one.start)}"
    others = f", and {more} more" if more else ""
    mend = "say --yes if that is meant, or mend it first"
    return Refused(f"schedule {shown.name} is not saved: {what}{others}", mend=mend, code="needs_yes")


def refuse_stale(conn: Connection, world: World, seen: Schedule, *, whole: bool = False) -> Schedule:
    """The stored schedule. Raises LostRace, saying who was first, unless zone and layers are those seen.

    With `whole` its overrides and temporary schedules have to be those seen too.
    """
    known = world.schedules.get(seen.name)
    is_same = known is not None and (known.timezone, known.layers) == (seen.timezone, seen.layers)
    is_covered_alike = known is not None and (known.overrides, known.temporaries) == (seen.overrides, seen.temporaries)
    if known is not None and is_same and (is_covered_alike or not whole):
        return known
    last = stored.last_change(conn, f"schedule {seen.name}", covers=is_same)
    by = f"{last.actor or last.os_account} at {format_instant(last.at)}" if last is not None else "somebody"
    what = "is no longer there" if known is None else "is no longer what you saw"
    raise LostRace(
        f"schedule {seen.name} {what}: it was changed by {by}",
        mend="look at it again, then edit what is there now",
        path="schedule",
    )


def _previewed(
    conn: Connection, session: Session, world: World, after: Schedule, seen: Schedule | None, span: timedelta
) -> SchedulePreview:
    before = refuse_stale(conn, world, seen) if seen is not None else None
    if before is not None:
        after = replace(after, overrides=before.overrides, temporaries=before.temporaries)
    now = session.now().replace(microsecond=0)
    problems = _problems(world, before, after)
    if problems:
        return SchedulePreview(
            name=after.name, before=before, after=after, start=now, end=now + span, problems=problems
        )
    others = [one for name, one in world.schedules.items() if name not in (after.name, before and before.name)]
    absent = (*leave_of(conn), *holidays_of(world.users.values(), now, now + span))
    return effects(before, after, others, absent, now, now + span)


def _problems(world: World, before: Schedule | None, after: Schedule) -> tuple[OncallError, ...]:
    found = list(wrong(after, world))
    if after.name in world.schedules and (before is None or before.name != after.name):
        sentence = f"there is a schedule '{after.name}' already"
        found.append(Refused(sentence, mend="choose another name, or edit that one", path="name", code="duplicate"))
    known = {problem.path for problem in found}
    # Overrides and temporary schedules are not edited here, yet a broken one lets nobody say who is on call.
    found += [problem for problem in faults(after) if problem.path not in known]
    return tuple(found)


def _refuse_renaming(conn: Connection, name: str) -> None:
    """Open incidents keep the policy they began with, and it names the schedule: by another name it reaches nobody."""
    numbers = [
        number
        for number, document in stored.open_documents(conn)
        if any(
            target.kind == "schedule" and target.name == name
            for run in decode(document).runs
            for targets in (*(step.targets for step in run.policy.steps), run.policy.fallback)
            for target in targets
        )
    ]
    if numbers:
        told = ", ".join(f"#{number}" for number in numbers)
        raise Refused(
            f"schedule {name} can't be renamed now: {told} would lose it", mend="resolve these first", code="in_use"
        )


def _write(conn: Connection, shown: SchedulePreview) -> None:
    before, after = shown.before, shown.after
    layers = spelled_layers(after)
    if before is None:
        row = stored.add_schedule(conn, after.name, after.timezone)
    else:
        row = stored.schedule_id(conn, before.name)
        layers = [_as_written(conn, before.name, after, place, entry) for place, entry in enumerate(layers)]
        stored.change_schedule(conn, row, after.name, after.timezone)
    write_layers(conn, row, layers)


def _as_written(conn: Connection, schedule: str, after: Schedule, place: int, entry: Plain) -> Plain:
    """The stored words of a layer that still mean what it is to be; else the entry."""
    row = stored.layer_row(conn, schedule, entry["name"])
    if row is None:
        return entry
    words = {**row.definition, "name": entry["name"]}
    same = building.layer_of(words, zone(after.timezone)) == after.layers[place]
    return words if same else entry
