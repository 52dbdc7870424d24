"""Maintenance windows: planned, listed and called off. Every one ends."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection

from oncall_tui.domain.directory.maintenance import MaintenanceWindow, never_ends
from oncall_tui.domain.errors import Invalid, InvalidMany, OncallError, Unknown
from oncall_tui.domain.time.durations import Turn, format_turn
from oncall_tui.domain.time.walltime import format_instant
from oncall_tui.domain.world import World
from oncall_tui.ops.schedules.changing import changing, kept
from oncall_tui.ops.session import Session
from oncall_tui.storage.directory_rows import reading
from oncall_tui.storage.directory_rows import writing as rows
from oncall_tui.storage.tables import maintenance_windows


@dataclass(frozen=True, slots=True)
class MaintenanceRow:
    """A window with the span it is in, or the next one to come; None when all are over."""

    window: MaintenanceWindow
    span: tuple[datetime, datetime] | None
    now: bool


def list_maintenance(session: Session) -> tuple[MaintenanceRow, ...]:
    """Every window by name."""
    now = session.now()
    with session.reading() as conn:
        windows = session.directory.world(conn).maintenance.values()
    return tuple(_row(window, now) for window in sorted(windows, key=lambda window: window.name))


def add_maintenance(  # noqa: PLR0913 - a window has all of these
    session: Session,
    *,
    services: Sequence[str],
    end: datetime | None = None,
    length: timedelta | None = None,
    start: datetime | None = None,
    name: str | None = None,
    every: Turn | None = None,
    until: datetime | None = None,
) -> MaintenanceRow:
    """Plan a window from `start` (now) to `end`, or of a length. Raises Invalid without an end, Unknown, InvalidMany.

    Its name is made from service and start unless given. Incidents open already run on.
    """
    now = session.now().replace(microsecond=0)
    begin = start if start is not None else now
    over = end if end is not None else begin + length if length is not None else None
    if over is None:
        raise Invalid("a maintenance window needs an end", mend="say for how long, or until when", path="end")
    wanted = MaintenanceWindow(
        name=name or f"{'-'.join(services)}-{begin:%Y-%m-%dT%H:%M:%S}",
        services=tuple(services),
        start=begin,
        end=over,
        every=every,
        until=until,
    )
    with changing(session, dry_run=False) as (conn, world):
        _check(wanted, world, now)
        rows.add(conn, maintenance_windows, {"name": wanted.name, "definition": definition(wanted)})
        kept(conn, session, now, "maintenance.added", f"maintenance {wanted.name}", _told(wanted))
    return _row(wanted, now)


def delete_maintenance(session: Session, name: str) -> MaintenanceRow:
    """Call a window off: incidents that are silent because of it alone begin at step 1 now. Raises Unknown."""
    with changing(session, dry_run=False) as (conn, world):
        now = session.now()
        window, number = world.maintenance.get(name), _number(conn, name)
        if window is None or number is None:
            there = ", ".join(sorted(world.maintenance)) or "none"
            raise Unknown(f"there is no maintenance window '{name}'", mend=f"there is: {there}", path="name")
        rows.remove(conn, maintenance_windows, number)
        kept(conn, session, now, "maintenance.deleted", f"maintenance {name}", _told(window))
    return _row(window, now)


def definition(window: MaintenanceWindow) -> dict[str, object]:
    """The window as a config file writes it, without its name."""
    written: dict[str, object] = {
        "services": list(window.services),
        "start": format_instant(window.start),
        "end": format_instant(window.end),
    }
    if window.every is not None:
        written["every"] = format_turn(window.every)
    if window.until is not None:
        written["until"] = format_instant(window.until)
    return written


def _check(wanted: MaintenanceWindow, world: World, now: datetime) -> None:
    errors: list[OncallError] = []
    for service in wanted.services:
        if service not in world.services:
            there = ", ".join(sorted(world.services)) or "none yet"
            errors.append(Unknown(f"there is no service '{service}'", mend=f"there is: {there}", path="service"))
    if not wanted.services:
        errors.append(Invalid("no service is named", mend="name one or more", path="service"))
    if wanted.end <= wanted.start:
        errors.append(Invalid("it ends before it starts", mend="swap start and end", path="end"))
    elif wanted.every is None and wanted.end <= now:
        errors.append(Invalid("it would be over already", mend="give an end that is to come", path="end"))
    if wanted.until is not None and wanted.every is None:
        errors.append(Invalid("until goes with every only", mend="repeat it, or leave until out", path="until"))
    if wanted.name in world.maintenance:
        errors.append(Invalid(f"there is a window '{wanted.name}' already", mend="choose another name", path="name"))
    if errors:
        raise errors[0] if len(errors) == 1 else InvalidMany(errors)
    _check_ends(wanted, world)


def _check_ends(wanted: MaintenanceWindow, world: World) -> None:
    for service in wanted.services:
        others = [window for window in world.maintenance.values() if service in window.services]
        if never_ends([*others, wanted]):
            raise Invalid(
                f"the maintenance of {service} would never end: its repetitions follow each other without a pause",
                mend="shorten it, or repeat it less often",
                path="every",
            )


def _number(conn: Connection, name: str) -> int | None:
    return next((row.id for row in reading.maintenance(conn) if row.name == name), None)


def _row(window: MaintenanceWindow, now: datetime) -> MaintenanceRow:
    return MaintenanceRow(window, window.next_span(now), window.end_at(now) is not None)


def _told(window: MaintenanceWindow) -> str:
    again = f", every {format_turn(window.every)}" if window.every is not None else ""
    return f"{', '.join(window.services)}: {format_instant(window.start)} to {format_instant(window.end)}{again}"
