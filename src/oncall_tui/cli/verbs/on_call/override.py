"""Somebody else for a while: override add, list, delete."""

from __future__ import annotations

from datetime import timedelta

import click

from oncall_tui.cli.frame.flags import Family, said
from oncall_tui.cli.frame.moves import WHEN_HELP, moment, span_shape, tell_changed
from oncall_tui.cli.frame.opening import session_of_flags
from oncall_tui.cli.frame.printing import remark, say_json, table
from oncall_tui.cli.frame.values import SPAN, time_said
from oncall_tui.domain.time.walltime import format_instant


@click.group(cls=Family)
def override() -> None:
    """Put somebody else on call for a while."""


@override.command("add")
@click.argument("schedule")
@click.argument("users", nargs=-1, metavar="[USER]...")
@click.option("--from", "start_text", metavar="TIME", help=f"Now unless said. {WHEN_HELP}")
@click.option("--until", "end_text", metavar="TIME", help=WHEN_HELP)
@click.option("--for", "span", type=SPAN, metavar="DURATION", help="Like 2h or 1d, instead of --until.")
@click.option("--replaces", metavar="USER", help="Only while this one would be on call.")
@click.option("--add", "added", multiple=True, metavar="USER", help="On call beside the others.")
@click.option("--remove", "removed", multiple=True, metavar="USER", help="Not on call.")
@click.option("--preview", is_flag=True, help="Only tell what it would do.")
def add(  # noqa: PLR0913 - click hands over each flag
    *,
    schedule: str,
    users: tuple[str, ...],
    start_text: str | None,
    end_text: str | None,
    span: timedelta | None,
    replaces: str | None,
    added: tuple[str, ...],
    removed: tuple[str, ...],
    preview: bool,
) -> None:
    """Let USERs take over a schedule for a while, or --add or --remove somebody."""
    from oncall_tui.ops.reading.who import schedule_named
    from oncall_tui.ops.schedules.overrides import add_override

    if (span is None) == (end_text is None):
        raise click.UsageError("give --until or --for")
    with session_of_flags() as session:
        with session.reading() as conn:
            timezone = schedule_named(session.directory.world(conn), schedule).timezone
        now = session.now().replace(microsecond=0)
        start = now if start_text is None else moment(start_text, "--from", timezone, now)
        end = start + span if span is not None else moment(str(end_text), "--until", timezone, now)
        done = add_override(
            session,
            schedule,
            start=start,
            end=end,
            users=users,
            replaces=replaces,
            add=added,
            remove=removed,
            dry_run=preview,
        )
    tell_changed(done, kept=not preview)


@override.command("list")
@click.argument("schedule", required=False)
@click.option("--from", "start_text", metavar="TIME", help="Those that end later, like 'now'; all unless said.")
@click.option("--until", "end_text", metavar="TIME", help="Those that start earlier.")
def list_(schedule: str | None, start_text: str | None, end_text: str | None) -> None:
    """List overrides, of one SCHEDULE or of all."""
    from oncall_tui.ops.reading.who import schedule_named
    from oncall_tui.ops.schedules.overrides import list_overrides, told

    with session_of_flags() as session:
        timezone = "UTC"
        if schedule is not None:
            with session.reading() as conn:
                timezone = schedule_named(session.directory.world(conn), schedule).timezone
        start = time_said(start_text, "--from", timezone)
        rows = list_overrides(session, schedule, start=start, end=time_said(end_text, "--until", timezone))
    if said().json:
        say_json(
            {
                "overrides": [
                    {
                        "override": row.number,
                        "schedule": row.schedule,
                        **span_shape(row.override.start, row.override.end),
                        "users": list(row.override.users),
                        "replaces": row.override.replaces,
                        "add": list(row.override.add),
                        "remove": list(row.override.remove),
                        "made_by": row.override.made_by,
                        "made_at": format_instant(row.override.made_at) if row.override.made_at else None,
                    }
                    for row in rows
                ]
            }
        )
        return
    table(
        ("No.", "Schedule", "Override", "Made by"),
        [(str(row.number), row.schedule, told(row.override), row.override.made_by or "") for row in rows],
        right={0},
    )
    if not rows:
        remark("there is no override there")


@override.command("delete")
@click.argument("number", type=click.IntRange(1, 2**63 - 1), metavar="N")
@click.option("--preview", is_flag=True, help="Only tell what it would do.")
def delete(number: int, preview: bool) -> None:
    """Take override N (see 'override list') away."""
    from oncall_tui.ops.schedules.overrides import delete_override

    with session_of_flags() as session:
        tell_changed(delete_override(session, number, dry_run=preview), kept=not preview)
