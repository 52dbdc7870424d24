"""Be on call now."""

from __future__ import annotations

from datetime import timedelta

import click

from oncall_tui.cli.frame.flags import Verb
from oncall_tui.cli.frame.moves import WHEN_HELP, moment, tell_changed
from oncall_tui.cli.frame.opening import session_of_flags
from oncall_tui.cli.frame.values import SPAN


@click.command(cls=Verb)
@click.argument("schedule")
@click.option("--for", "span", type=SPAN, metavar="DURATION", help="Like 30m, 2h or 1d.")
@click.option("--until", "end_text", metavar="TIME", help=WHEN_HELP)
@click.option("--replaces", metavar="USER", help="Whose place; needed only with several on call.")
@click.option("--preview", is_flag=True, help="Only tell what it would do.")
def take(schedule: str, span: timedelta | None, end_text: str | None, replaces: str | None, preview: bool) -> None:
    """Take the shift of whoever is on call now, for a while."""
    from oncall_tui.ops.reading.who import schedule_named
    from oncall_tui.ops.schedules.overrides import take as take_over

    if (span is None) == (end_text is None):
        raise click.UsageError("give --for or --until")
    with session_of_flags() as session:
        with session.reading() as conn:
            timezone = schedule_named(session.directory.world(conn), schedule).timezone
        now = session.now().replace(microsecond=0)
        until = now + span if span is not None else moment(str(end_text), "--until", timezone, now)
        done = take_over(session, schedule, until=until, replaces=replaces, dry_run=preview)
    tell_changed(done, kept=not preview)
