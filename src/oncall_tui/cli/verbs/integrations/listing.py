"""`oncall integration list`."""

from __future__ import annotations

import click

from oncall_tui.cli.frame.flags import Verb, said
from oncall_tui.cli.frame.opening import session_of_flags
from oncall_tui.cli.frame.printing import remark, say_json, table
from oncall_tui.cli.verbs.integrations.telling import shape


@click.command("list", cls=Verb)
def list_() -> None:
    """List the integrations."""
    from oncall_tui.ops.integrations.reading import integrations

    with session_of_flags() as session:
        found = integrations(session)
    if said().json:
        say_json({"integrations": [shape(one) for one in found]})
        return
    table(
        ("Name", "Kind", "Service", "State", "Keys", "Signed"),
        [
            (
                one.name,
                one.kind,
                one.service,
                "on" if one.enabled else "off",
                str(sum(key.state in ("valid", "ends") for key in one.keys)),
                "yes" if one.signed else "no",
            )
            for one in found
        ],
        right={4},
    )
    if not found:
        remark("there are no integrations yet")
