"""`oncall audit`: who changed what."""

from __future__ import annotations

import click

from oncall_tui.cli.frame.flags import Verb, said
from oncall_tui.cli.frame.opening import session_of_flags
from oncall_tui.cli.frame.printing import remark, say_json, table
from oncall_tui.domain.time.walltime import format_instant


@click.command(cls=Verb)
@click.option("--limit", type=click.IntRange(1, 10_000), default=50, show_default=True, help="So many, newest first.")
def audit(limit: int) -> None:
    """List who changed what of the directory, and how."""
    from oncall_tui.ops.reading.house import changes

    with session_of_flags() as session:
        rows = changes(session, limit)
    if said().json:
        found = [
            {
                "at": format_instant(row.at),
                "by": row.actor,
                "via": row.via,
                "action": row.action,
                "object": row.object,
                "text": row.text,
            }
            for row in rows
        ]
        say_json({"audit": found})
        return
    table(
        ("At", "By", "Via", "What", "Of", "In words"),
        [(format_instant(row.at), row.actor, row.via, row.action, row.object, row.text) for row in rows],
    )
    if not rows:
        remark("nothing was changed yet")
