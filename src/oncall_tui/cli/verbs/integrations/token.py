"""`oncall token add`, `list` and `revoke`: what programs show at the REST API."""

from __future__ import annotations

from datetime import timedelta

import click

from oncall_tui.cli.frame.flags import Family, said
from oncall_tui.cli.frame.opening import session_of_flags
from oncall_tui.cli.frame.printing import remark, say, say_json, table
from oncall_tui.cli.frame.values import SPAN
from oncall_tui.domain.directory.people import Role
from oncall_tui.domain.time.walltime import format_instant


@click.group(cls=Family)
def token() -> None:
    """Tokens of the REST API."""


@token.command("add")
@click.argument("name")
@click.option("--of", "of", metavar="USER", help="Whose it is; you unless said.")
@click.option(
    "--role", type=click.Choice([one.value for one in Role]), help="At most the user's own, which it is unless said."
)
@click.option("--lasts", type=SPAN, metavar="DURATION", help="Like 90d; without an end unless said.")
def add(name: str, of: str | None, role: str | None, lasts: timedelta | None) -> None:
    """Make a token; it is shown once."""
    from oncall_tui.ops.tokens import add_token

    with session_of_flags() as session:
        made = add_token(session, name, user=of, role=Role(role) if role is not None else None, lasts=lasts)
    if said().json:
        say_json({"name": name, "token": made})
        return
    remark(f"token {name}, shown only now:")
    say(made)


@token.command("list")
def list_() -> None:
    """List the tokens: your own, or, for an admin, all."""
    from oncall_tui.ops.tokens import tokens

    with session_of_flags() as session:
        found = tokens(session)
    if said().json:
        say_json(
            {
                "tokens": [
                    {
                        "name": row.name,
                        "user": row.username,
                        "role": row.role,
                        "made_at": format_instant(row.made_at),
                        "made_by": row.made_by,
                        "expires_at": format_instant(row.expires_at) if row.expires_at else None,
                    }
                    for row in found
                ]
            }
        )
        return
    table(
        ("Name", "User", "Role", "Since", "Until"),
        [
            (
                row.name,
                row.username,
                row.role,
                format_instant(row.made_at),
                format_instant(row.expires_at) if row.expires_at else "—",
            )
            for row in found
        ],
    )
    if not found:
        remark("there are no tokens")


@token.command("revoke")
@click.argument("name")
def revoke(name: str) -> None:
    """Let a token open nothing any more."""
    from oncall_tui.ops.tokens import revoke_token

    with session_of_flags() as session:
        row = revoke_token(session, name)
    if said().json:
        say_json({"revoked": row.name, "user": row.username})
    else:
        say(f"token {row.name} of {row.username} is revoked")
