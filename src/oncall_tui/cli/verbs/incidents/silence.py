"""Silences: add, list, delete."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import click

from oncall_tui.cli.frame.flags import Family, said
from oncall_tui.cli.frame.moves import moment
from oncall_tui.cli.frame.opening import session_of_flags
from oncall_tui.cli.frame.printing import remark, say, say_json, table
from oncall_tui.cli.frame.values import SPAN
from oncall_tui.domain.routing import format_matchers
from oncall_tui.domain.time.walltime import format_instant

if TYPE_CHECKING:
    from oncall_tui.ops.intake.silences import SilenceRow

HELP = "Like 'sat 22:00', '+2h' or 2026-02-01T02:00; in UTC."


@click.group(cls=Family)
def silence() -> None:
    """Spans in which alerts that match open nothing and page nobody."""


@silence.command("add")
@click.argument("matchers", nargs=-1, required=True, metavar="MATCHER...")
@click.option("--for", "span", type=SPAN, metavar="DURATION", help="How long it lasts, like 2h.")
@click.option("--until", "end_text", metavar="TIME", help=f"When it ends. {HELP}")
@click.option("--from", "start_text", metavar="TIME", help="When it begins; now unless said.")
@click.option("--comment", metavar="TEXT", default="", help="Why.")
def add(
    *, matchers: tuple[str, ...], span: timedelta | None, end_text: str | None, start_text: str | None, comment: str
) -> None:
    """Silence alerts for which every MATCHER holds, like alertname=DiskFull or 'instance=~"db.*"'."""
    from oncall_tui.ops.intake.silences import add_silence

    if (span is None) == (end_text is None):
        raise click.UsageError("a silence needs an end: give --for or --until")
    with session_of_flags() as session:
        now = session.now().replace(microsecond=0)
        row = add_silence(
            session,
            matchers=", ".join(matchers),
            start=None if start_text is None else moment(start_text, "--from", "UTC", now),
            end=None if end_text is None else moment(end_text, "--until", "UTC", now),
            length=span,
            comment=comment,
        )
    _tell(row, "added")


@silence.command("list")
@click.option("--all", "over", is_flag=True, help="Also those that are over.")
def list_(*, over: bool) -> None:
    """List silences, with how many alerts each holds back now."""
    from oncall_tui.ops.intake.silences import list_silences

    with session_of_flags() as session:
        rows = list_silences(session, over=over)
    if said().json:
        say_json({"silences": [_shape(row) for row in rows]})
        return
    table(
        ("No.", "State", "Matchers", "From", "Until", "By", "Held back", "Comment"),
        [
            (
                str(row.silence.id),
                row.state.value,
                format_matchers(row.silence.matchers),
                format_instant(row.silence.start),
                format_instant(row.silence.end),
                row.silence.creator,
                str(row.held_back),
                row.silence.comment,
            )
            for row in rows
        ],
    )
    if not rows:
        remark("nothing is silenced")


@silence.command("delete")
@click.argument("number", metavar="NUMBER")
def delete(*, number: str) -> None:
    """End a silence now: what it holds back and still fires opens."""
    from oncall_tui.ops.intake.silences import delete_silence

    with session_of_flags() as session:
        row = delete_silence(session, number)
    _tell(row, "ended")


def _tell(row: SilenceRow, what: str) -> None:
    if said().json:
        say_json(_shape(row))
        return
    one = row.silence
    span = f"{format_instant(one.start)} to {format_instant(one.end)}"
    say(f"{what} silence {one.id}: {format_matchers(one.matchers)}, {span}")


def _shape(row: SilenceRow) -> dict[str, Any]:
    one = row.silence
    return {
        "id": one.id,
        "uuid": one.uuid,
        "state": row.state.value,
        "matchers": format_matchers(one.matchers),
        "start": format_instant(one.start),
        "end": format_instant(one.end),
        "creator": one.creator,
        "comment": one.comment,
        "integration": one.integration,
        "held_back": row.held_back,
    }
