"""`oncall integration secret`."""

from __future__ import annotations

from pathlib import Path

import click

from oncall_tui.cli.frame.flags import Verb
from oncall_tui.cli.frame.opening import session_of_flags
from oncall_tui.cli.verbs.integrations.telling import secret_from, tell


@click.command("secret", cls=Verb)
@click.argument("name")
@click.option("--remove", is_flag=True, help="Ask for no signature any more.")
@click.option(
    "--file",
    "file",
    type=click.Path(path_type=Path, allow_dash=True),
    default="-",
    metavar="FILE",
    help="Where the secret stands; stdin unless said.",
)
def secret(name: str, remove: bool, file: Path) -> None:
    """Set the secret that a sender signs its posts with; it is stored encrypted and never shown."""
    from oncall_tui.ops.integrations import editing

    given = None if remove else secret_from(file)
    with session_of_flags() as session:
        shown = editing.sign_with(session, name, given)
    tell(shown, f"posts to {name} {'need no signature' if given is None else 'must be signed'} from now on")
