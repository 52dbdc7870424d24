"""Fixed shifts: schedule shifts list, add, delete."""

from __future__ import annotations

import click

from oncall_tui.cli.frame.flags import Family, said
from oncall_tui.cli.frame.moves import WHEN_HELP, moment, span_shape, tell_changed
from oncall_tui.cli.frame.opening import session_of_flags
from oncall_tui.cli.frame.printing import remark, say_json, table
from oncall_tui.domain.time.walltime import format_instant

of_option = click.option("--of", "of", metavar="USER", help="Only those of this user.")


@click.group(cls=Family)
def shifts() -> None:
    """Fixed shifts of a schedule: who, from when, until when."""


@shifts.command("list")
@click.argument("name")
@click.option("--from", "start_text", metavar="TIME", help=f"Those that end later; all unless said. {WHEN_HELP}")
@click.option("--until", "end_text", metavar="TIME", help="Those that start earlier.")
@of_option
def list_(name: str, start_text: str | None, end_text: str | None, of: str | None) -> None:
    """List a schedule's fixed shifts."""
    from oncall_tui.ops.reading.who import schedule_named
    from oncall_tui.ops.schedules.shifts import list_shifts

    with session_of_flags() as session:
        with session.reading() as conn:
            timezone = schedule_named(session.directory.world(conn), name).timezone
        now = session.now().replace(microsecond=0)
        start = moment(start_text, "--from", timezone, now) if start_text is not None else None
        end = moment(end_text, "--until", timezone, now) if end_text is not None else None
        rows = list_shifts(session, name, user=of, start=start, end=end)
    if said().json:
        found = [
            {"layer": row.layer, "user": row.shift.user, **span_shape(row.shift.start, row.shift.end)} for row in rows
        ]
        say_json({"schedule": name, "shifts": found})
        return
    table(
        ("From", "Until", "User", "Layer"),
        [(format_instant(r.shift.start), format_instant(r.shift.end), r.shift.user, r.layer) for r in rows],
    )
    if not rows:
        remark(f"schedule {name} has no fixed shift there")


@shifts.command("add")
@click.argument("name")
@click.argument("of", metavar="USER")
@click.option("--from", "start_text", required=True, metavar="TIME", help=WHEN_HELP)
@click.option("--until", "end_text", required=True, metavar="TIME", help=WHEN_HELP)
@click.option("--layer", metavar="NAME", help="Where it stands; made on top when new. [default: shifts]")
@click.option("--preview", is_flag=True, help="Only tell what it would do.")
def add(name: str, of: str, start_text: str, end_text: str, layer: str | None, preview: bool) -> None:
    """Put a user on call from one instant to another."""
    from oncall_tui.domain.schedules import FixedShift
    from oncall_tui.ops.reading.who import schedule_named
    from oncall_tui.ops.schedules.shifts import OWN_LAYER, add_shift

    with session_of_flags() as session:
        with session.reading() as conn:
            timezone = schedule_named(session.directory.world(conn), name).timezone
        now = session.now().replace(microsecond=0)
        start, end = moment(start_text, "--from", timezone, now), moment(end_text, "--until", timezone, now)
        done = add_shift(session, name, FixedShift(of, start, end), layer=layer or OWN_LAYER, dry_run=preview)
    tell_changed(done, kept=not preview)


@shifts.command("delete")
@click.argument("name")
@click.option("--from", "start_text", required=True, metavar="TIME", help=WHEN_HELP)
@click.option("--until", "end_text", required=True, metavar="TIME", help=WHEN_HELP)
@of_option
@click.option("--yes", is_flag=True, help="Do it; without this it is a preview.")
def delete(name: str, start_text: str, end_text: str, of: str | None, yes: bool) -> None:
    """Delete the fixed shifts that lie wholly in a span; a preview unless --yes."""
    from oncall_tui.ops.reading.who import schedule_named
    from oncall_tui.ops.schedules.shifts import delete_shifts

    with session_of_flags() as session:
        with session.reading() as conn:
            timezone = schedule_named(session.directory.world(conn), name).timezone
        now = session.now().replace(microsecond=0)
        start, end = moment(start_text, "--from", timezone, now), moment(end_text, "--until", timezone, now)
        done = delete_shifts(session, name, start=start, end=end, user=of, dry_run=not yes)
    found = [
        {"layer": row.layer, "user": row.shift.user, **span_shape(row.shift.start, row.shift.end)} for row in done.rows
    ]
    tell_changed(done.changed, kept=yes, shifts=found)
    if not yes and done.rows and not said().json:
        remark("nothing is changed yet: say --yes to do it")
