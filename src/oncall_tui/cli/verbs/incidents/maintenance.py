"""Maintenance windows: add, list, delete."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import click

from oncall_tui.cli.frame.failing import NotUnderstood
from oncall_tui.cli.frame.flags import Family, said
from oncall_tui.cli.frame.moves import moment
from oncall_tui.cli.frame.opening import session_of_flags
from oncall_tui.cli.frame.printing import remark, say, say_json, table
from oncall_tui.cli.frame.values import SPAN
from oncall_tui.domain.errors import Invalid
from oncall_tui.domain.time.durations import Turn, format_turn, parse_turn
from oncall_tui.domain.time.walltime import format_instant

if TYPE_CHECKING:
    from oncall_tui.ops.maintenance import MaintenanceRow

HELP = "Like 'sat 22:00', '+2h' or 2026-02-01T02:00; in UTC."


@click.group(cls=Family)
def maintenance() -> None:
    """Spans in which new incidents of a service are silent."""


@maintenance.command("add")
@click.argument("services", nargs=-1, required=True, metavar="SERVICE...")
@click.option("--for", "span", type=SPAN, metavar="DURATION", help="How long it lasts, like 2h.")
@click.option("--until", "end_text", metavar="TIME", help=f"When it ends. {HELP}")
@click.option("--from", "start_text", metavar="TIME", help="When it begins; now unless said.")
@click.option("--name", metavar="NAME", help="Made of the services and the start unless said.")
@click.option("--every", "turn_text", metavar="TURN", help="Again after this long, like 1d, 1w or 1mo.")
@click.option("--repeat-until", "last_text", metavar="TIME", help="The last repetition begins before this.")
def add(  # noqa: PLR0913 - click hands over each flag
    *,
    services: tuple[str, ...],
    span: timedelta | None,
    end_text: str | None,
    start_text: str | None,
    name: str | None,
    turn_text: str | None,
    last_text: str | None,
) -> None:
    """Plan a maintenance window for SERVICES. It always has an end; what is open already runs on."""
    from oncall_tui.ops.maintenance import add_maintenance

    if (span is None) == (end_text is None):
        raise click.UsageError("a window needs an end: give --for or --until")
    every = _turn(turn_text)
    with session_of_flags() as session:
        now = session.now().replace(microsecond=0)
        row = add_maintenance(
            session,
            services=services,
            start=None if start_text is None else moment(start_text, "--from", "UTC", now),
            end=None if end_text is None else moment(end_text, "--until", "UTC", now),
            length=span,
            name=name,
            every=every,
            until=None if last_text is None else moment(last_text, "--repeat-until", "UTC", now),
        )
    _tell(row, "maintenance")


@maintenance.command("list")
def list_() -> None:
    """List the windows, with the span each is in, or the next one to come."""
    from oncall_tui.ops.maintenance import list_maintenance

    with session_of_flags() as session:
        rows = list_maintenance(session)
    if said().json:
        say_json({"maintenance": [_shape(row) for row in rows]})
        return
    table(
        ("Name", "Services", "From", "Until", "Again", "Now"),
        [
            (
                row.window.name,
                ", ".join(row.window.services),
                format_instant(row.span[0]) if row.span else "over",
                format_instant(row.span[1]) if row.span else "over",
                f"every {format_turn(row.window.every)}" if row.window.every else "—",
                "yes" if row.now else "no",
            )
            for row in rows
        ],
    )
    if not rows:
        remark("no maintenance is planned")


@maintenance.command("delete")
@click.argument("name")
def delete(name: str) -> None:
    """Call a window off: what is silent because of it pages now."""
    from oncall_tui.ops.maintenance import delete_maintenance

    with session_of_flags() as session:
        row = delete_maintenance(session, name)
    _tell(row, "called off")


def _tell(row: MaintenanceRow, what: str) -> None:
    if said().json:
        say_json(_shape(row))
        return
    window = row.window
    again = f", every {format_turn(window.every)}" if window.every is not None else ""
    services = ", ".join(window.services)
    say(f"{what} {window.name}: {services}, {format_instant(window.start)} to {format_instant(window.end)}{again}")


def _shape(row: MaintenanceRow) -> dict[str, Any]:
    window = row.window
    return {
        "name": window.name,
        "services": list(window.services),
        "start": format_instant(window.start),
        "end": format_instant(window.end),
        "every": format_turn(window.every) if window.every is not None else None,
        "until": format_instant(window.until) if window.until is not None else None,
        "now": row.now,
        "next": {"start": format_instant(row.span[0]), "end": format_instant(row.span[1])} if row.span else None,
    }


def _turn(text: str | None) -> Turn | None:
    if text is None:
        return None
    try:
        return parse_turn(text)
    except Invalid as error:
        raise NotUnderstood([Invalid(error.sentence, mend=error.mend, path="--every")]) from None
