"""`oncall integration rejected`."""

from __future__ import annotations

import click

from oncall_tui.cli.frame.flags import Verb, said
from oncall_tui.cli.frame.opening import session_of_flags
from oncall_tui.cli.frame.printing import remark, say_json, table
from oncall_tui.domain.time.walltime import format_instant


@click.command("rejected", cls=Verb)
@click.option("--limit", type=click.IntRange(1, 10_000), default=50, show_default=True, help="So many, newest first.")
def rejected(limit: int) -> None:
    """List what was turned away at the door: unknown and disabled keys, unreadable posts."""
    from oncall_tui.ops.intake import rejected as ops

    with session_of_flags() as session, session.reading() as conn:
        found = ops.newest(conn, limit)
    if said().json:
        say_json({"rejected": [ops.rejected_shape(row) for row in found]})
        return
    table(
        ("At", "From", "Path", "Why", "Begins"),
        [(format_instant(row.received_at), row.source, row.path, row.reason, row.sample[:80]) for row in found],
    )
    if not found:
        remark("nothing was turned away")
