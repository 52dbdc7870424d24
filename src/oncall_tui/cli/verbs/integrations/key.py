"""`oncall integration key`."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import click

from oncall_tui.cli.frame.flags import Verb, said
from oncall_tui.cli.frame.opening import session_of_flags
from oncall_tui.cli.frame.printing import say_json
from oncall_tui.cli.frame.values import SPAN
from oncall_tui.cli.verbs.integrations.telling import secret_from, shape, table_of_keys, tell_keyed

FILE = click.Path(path_type=Path, allow_dash=True)


@click.command("key", cls=Verb)
@click.argument("name")
@click.option("--rotate", is_flag=True, help="Give it a new key, shown once.")
@click.option("--overlap", type=SPAN, metavar="DURATION", help="How long the old keys stay good; 0s: not at all. [1d]")
@click.option("--key-file", type=FILE, metavar="FILE", help="Rotate to the key in this file (- for stdin).")
def key(name: str, rotate: bool, overlap: timedelta | None, key_file: Path | None) -> None:
    """Show which keys an integration has, or give it a new one. Stored keys are hashes: no key can be shown again."""
    from oncall_tui.ops.integrations import editing
    from oncall_tui.ops.integrations.reading import integration

    if not rotate and key_file is None:
        if overlap is not None:
            raise click.UsageError("--overlap goes with --rotate")
        with session_of_flags() as session:
            shown = integration(session, name)
        if said().json:
            say_json(shape(shown))
        else:
            table_of_keys(shown)
        return
    given = secret_from(key_file) if key_file is not None else None
    with session_of_flags() as session:
        keyed = editing.rotate(session, name, key=given, overlap=editing.OVERLAP if overlap is None else overlap)
    tell_keyed(keyed, f"integration {name} has a new key")
