"""`oncall integration enable`, `disable` and `delete`."""

from __future__ import annotations

import click

from oncall_tui.cli.frame.flags import Verb
from oncall_tui.cli.frame.opening import session_of_flags
from oncall_tui.cli.verbs.integrations.telling import tell


@click.command("enable", cls=Verb)
@click.argument("name")
def enable(name: str) -> None:
    """Let its keys open the door again."""
    _switch(name, on=True)


@click.command("disable", cls=Verb)
@click.argument("name")
def disable(name: str) -> None:
    """Turn away what comes with its keys; open incidents stay as they are."""
    _switch(name, on=False)


@click.command("delete", cls=Verb)
@click.argument("name")
def delete(name: str) -> None:
    """Remove an integration and its keys; its incidents stay."""
    from oncall_tui.ops.integrations import editing

    with session_of_flags() as session:
        tell(editing.delete(session, name), f"integration {name} is removed")


def _switch(name: str, *, on: bool) -> None:
    from oncall_tui.ops.integrations import editing

    with session_of_flags() as session:
        tell(editing.switch(session, name, on=on), f"integration {name} is {'on' if on else 'off'}")
