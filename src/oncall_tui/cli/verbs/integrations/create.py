"""`oncall integration create`."""

from __future__ import annotations

from pathlib import Path

import click

from oncall_tui.cli.frame.flags import Verb
from oncall_tui.cli.frame.opening import session_of_flags
from oncall_tui.cli.verbs.integrations.telling import secret_from, tell_keyed

FILE = click.Path(path_type=Path, allow_dash=True)


@click.command("create", cls=Verb)
@click.argument("name")
@click.option("--kind", required=True, metavar="KIND", help="The sender's dialect, like alertmanager or generic.")
@click.option("--service", required=True, metavar="SERVICE", help="Receives what comes in.")
@click.option("--key-file", type=FILE, metavar="FILE", help="Take the key in this file (- for stdin) as it is.")
def create(name: str, kind: str, service: str, key_file: Path | None) -> None:
    """Make an integration; its key is shown once, unless you brought it from another system."""
    from oncall_tui.ops.integrations import editing

    given = secret_from(key_file) if key_file is not None else None
    with session_of_flags() as session:
        keyed = editing.create(session, name, kind=kind, service=service, key=given)
    tell_keyed(keyed, f"integration {name} is made: {kind}, for {service}")
