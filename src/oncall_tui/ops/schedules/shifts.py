"""Fixed shifts: who is on call from one instant to another, in a layer of their own. Admins write them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection

from oncall_tui.domain.errors import Refused
from oncall_tui.domain.schedules import FixedShift, Layer, Schedule
from oncall_tui.domain.time.walltime import format_instant
from oncall_tui.domain.world import World
from oncall_tui.ops.reading.who import schedule_named
from oncall_tui.ops.schedules.changing import (
    Changed,
    changing,
    kept,
    know,
    on_leave,
    preview_in,
    refuse,
    schedules_changed,
)
from oncall_tui.ops.session import Session
from oncall_tui.storage.statements.schedules import schedule_changes as stored

OWN_LAYER = "shifts"
"""The layer that holds them unless another is named; it lies on top of those that are there when it is made."""


@dataclass(frozen=True, slots=True)
class ShiftRow:
    """A fixed shift and the layer it stands in."""

    layer: str
    shift: FixedShift


@dataclass(frozen=True, slots=True)
class Removed:
    """The shifts that are gone, or would be, and what that moves."""

    rows: tuple[ShiftRow, ...]
    changed: Changed


def list_shifts(
    session: Session,
    schedule: str,
    *,
    user: str | None = None,
    start: datetime | None = None,
    end: datetime | None = None,
) -> tuple[ShiftRow, ...]:
    """The fixed shifts that share an instant with [start, end), by start; of everybody or of one. Raises Unknown."""
    with session.reading() as conn:
        known = schedule_named(session.directory.world(conn), schedule)
    found = [
        row
        for row in _rows(known, user)
        if (end is None or row.shift.start < end) and (start is None or start < row.shift.end)
    ]
    return tuple(sorted(found, key=lambda row: (row.shift.start, row.shift.end, row.shift.user, row.layer)))


def add_shift(
    session: Session,
    schedule: str,
    shift: FixedShift,
    *,
    layer: str = OWN_LAYER,
    dry_run: bool = False,
) -> Changed:
    """Add a fixed shift to a layer, which is made on top of the others when there is none of this name.

    `dry_run` only tells what it would do. Raises Unknown, Forbidden, Refused or Invalid.
    """
    session.actor.may_configure()
    with changing(session, dry_run=dry_run) as (conn, world):
        known = schedule_named(world, schedule)
        know(world, [shift.user])
        after, place = _with(known, shift, layer)
        refuse(after, f"layers[{place}]")
        shown = preview_in(world, known, after, shift.start, shift.end)
        done = Changed(
            number=None,
            schedule=schedule,
            preview=shown,
            text=f"{schedule}: {_told(shift)}",
            leave=on_leave(conn, world, schedule, shown),
        )
        if not dry_run:
            _store(conn, schedule, layer, shift)
            now = session.now()
            kept(conn, session, now, "schedule.shift.added", f"schedule {schedule}", _told(shift))
            schedules_changed(conn, session, now, world, [(known, after)])
        return done


def delete_shifts(
    session: Session,
    schedule: str,
    *,
    start: datetime,
    end: datetime,
    user: str | None = None,
    dry_run: bool = False,
) -> Removed:
    """Delete the fixed shifts that lie wholly inside [start, end); of everybody or of one. Raises Unknown, Forbidden.

    A layer that has none left goes with them.
    """
    session.actor.may_configure()
    with changing(session, dry_run=dry_run) as (conn, world):
        known = schedule_named(world, schedule)
        gone = tuple(row for row in _rows(known, user) if start <= row.shift.start and row.shift.end <= end)
        after = replace(known, layers=tuple(_without(layer, gone) for layer in known.layers))
        if gone and not dry_run:
            for name in dict.fromkeys(row.layer for row in gone):
                _take_out(conn, known, name, gone)
            told = "; ".join(_told(row.shift) for row in gone)
            now = session.now()
            kept(conn, session, now, "schedule.shift.deleted", f"schedule {schedule}", told)
            schedules_changed(conn, session, now, world, [(known, after)])
        return Removed(gone, _removal(world, known, after, gone, (start, end)))


def _removal(
    world: World, known: Schedule, after: Schedule, gone: tuple[ShiftRow, ...], span: tuple[datetime, datetime]
) -> Changed:
    begin = min((row.shift.start for row in gone), default=span[0])
    finish = max((row.shift.end for row in gone), default=span[0])
    return Changed(
        number=None,
        schedule=known.name,
        preview=preview_in(world, known, after, begin, finish),
        text=f"{known.name}: {len(gone)} fixed shift{'' if len(gone) == 1 else 's'} removed",
    )


def _rows(known: Schedule, user: str | None) -> list[ShiftRow]:
    return [
        ShiftRow(layer.name, shift) for layer in known.layers for shift in layer.shifts if user in (None, shift.user)
    ]


def _with(known: Schedule, shift: FixedShift, name: str) -> tuple[Schedule, int]:
    """The schedule with one shift more, and the place of its layer."""
    for place, layer in enumerate(known.layers):
        if layer.name != name:
            continue
        if layer.rotation is not None:
            raise Refused(f"layer {name} is a rotation", mend="name another layer: fixed shifts have one of their own")
        if shift in layer.shifts:
            raise Refused(f"{_told(shift)}: this shift is there already", mend="see 'oncall schedule shifts list'")
        layers = list(known.layers)
        layers[place] = replace(layer, shifts=(*layer.shifts, shift))
        return replace(known, layers=tuple(layers)), place
    return replace(known, layers=(*known.layers, Layer(name=name, shifts=(shift,)))), len(known.layers)


def _without(layer: Layer, gone: tuple[ShiftRow, ...]) -> Layer:
    taken = {row.shift for row in gone if row.layer == layer.name}
    return replace(layer, shifts=tuple(shift for shift in layer.shifts if shift not in taken))


def _store(conn: Connection, schedule: str, name: str, shift: FixedShift) -> None:
    entry = {"user": shift.user, "start": format_instant(shift.start), "end": format_instant(shift.end)}
    row = stored.layer_row(conn, schedule, name)
    if row is None:
        from oncall_tui.ops.config.texts import name as name_of_file

        stored.add_layer(conn, schedule, name_of_file(name), {"shifts": [entry]})
        return
    definition = row.definition
    stored.define_layer(conn, row.id, {**definition, "shifts": [*definition.get("shifts", ()), entry]})


def _take_out(conn: Connection, known: Schedule, name: str, gone: tuple[ShiftRow, ...]) -> None:
    """The stored shifts stand in the order of the layer's: those that stay keep the words they were written in."""
    row = stored.layer_row(conn, known.name, name)
    assert row is not None, "the layer was just read in this transaction"
    definition = row.definition
    layer = next(layer for layer in known.layers if layer.name == name)
    taken = {one.shift for one in gone if one.layer == name}
    pairs = zip(definition["shifts"], layer.shifts, strict=True)
    left = [entry for entry, shift in pairs if shift not in taken]
    if left:
        stored.define_layer(conn, row.id, {**definition, "shifts": left})
    else:
        stored.delete_layer(conn, row.id)


def _told(shift: FixedShift) -> str:
    return f"{shift.user}, {format_instant(shift.start)} to {format_instant(shift.end)}"
