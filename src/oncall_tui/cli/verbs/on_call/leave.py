"""When people are away: leave add, list, delete."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from oncall_tui.cli.frame.flags import Family, said
from oncall_tui.cli.frame.moves import clash_shape, moment, span_shape
from oncall_tui.cli.frame.opening import session_of_flags
from oncall_tui.cli.frame.printing import remark, say, say_json, table
from oncall_tui.domain.errors import Unknown
from oncall_tui.domain.time.walltime import format_instant

if TYPE_CHECKING:
    from oncall_tui.ops.schedules.leave import LeaveRow
    from oncall_tui.ops.session import Session

HELP = "Like 'fri 9am', 'tomorrow' or 2026-12-24; in the person's own zone."


@click.group(cls=Family)
def leave() -> None:
    """When people are away."""


@leave.command("add")
@click.argument("of", metavar="[USER]", required=False)
@click.option("--from", "start_text", required=True, metavar="TIME", help=HELP)
@click.option("--until", "end_text", required=True, metavar="TIME", help=HELP)
@click.option("--note", default="", metavar="TEXT", help="What others may read beside it.")
def add(of: str | None, start_text: str, end_text: str, note: str) -> None:
    """Note that USER (you, unless said) is away; tells which shifts that touches."""
    from oncall_tui.ops.schedules.leave import add_leave

    with session_of_flags() as session:
        user = of or session.actor.name
        timezone, now = _zone_of(session, user), session.now().replace(microsecond=0)
        start, end = moment(start_text, "--from", timezone, now), moment(end_text, "--until", timezone, now)
        row = add_leave(session, user=user, start=start, end=end, note=note)
    if said().json:
        say_json(_shape(row))
        return
    say(f"leave {row.number}: {user} is away {format_instant(start)} to {format_instant(end)}")
    table(
        ("From", "Until", "On call in"),
        [(format_instant(one.start), format_instant(one.end), one.schedule) for one in row.clashes],
    )
    if row.clashes:
        remark("somebody has to cover these shifts: see 'oncall override add'")


@leave.command("list")
@click.argument("of", metavar="[USER]", required=False)
@click.option("--from", "start_text", metavar="TIME", help="What ends later, like 'now'; all unless said.")
@click.option("--until", "end_text", metavar="TIME", help="What starts earlier.")
def list_(of: str | None, start_text: str | None, end_text: str | None) -> None:
    """List who is away when, of everybody or of one USER, with the shifts they have meanwhile."""
    from oncall_tui.ops.schedules.leave import list_leave

    with session_of_flags() as session:
        timezone = _zone_of(session, of) if of is not None else "UTC"
        now = session.now().replace(microsecond=0)
        start = None if start_text is None else moment(start_text, "--from", timezone, now)
        end = None if end_text is None else moment(end_text, "--until", timezone, now)
        rows = list_leave(session, of, start=start, end=end)
    if said().json:
        say_json({"leave": [_shape(row) for row in rows]})
        return
    table(
        ("No.", "From", "Until", "User", "On call meanwhile in", "Note"),
        [
            (
                str(row.number),
                format_instant(row.leave.start),
                format_instant(row.leave.end),
                row.leave.user,
                ", ".join(dict.fromkeys(one.schedule for one in row.clashes)),
                row.leave.note,
            )
            for row in rows
        ],
        right={0},
    )
    if not rows:
        remark("nobody is away there")


@leave.command("delete")
@click.argument("number", type=click.IntRange(1, 2**63 - 1), metavar="N")
def delete(number: int) -> None:
    """Forget leave N (see 'leave list')."""
    from oncall_tui.ops.schedules.leave import delete_leave

    with session_of_flags() as session:
        row = delete_leave(session, number)
    if said().json:
        say_json(_shape(row))
    else:
        say(f"leave {number} of {row.leave.user} is deleted")


def _zone_of(session: Session, user: str) -> str:
    with session.reading() as conn:
        known = session.directory.world(conn).users.get(user)
    if known is None:
        raise Unknown(f"there is no user '{user}'", mend="name one of the team", path="user")
    return known.timezone


def _shape(row: LeaveRow) -> dict[str, Any]:
    return {
        "leave": row.number,
        "user": row.leave.user,
        **span_shape(row.leave.start, row.leave.end),
        "note": row.leave.note,
        "clashes": [clash_shape(one) for one in row.clashes],
    }
