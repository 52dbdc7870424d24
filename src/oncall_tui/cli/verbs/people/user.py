"""People: user list, show, add, edit, remove; their contacts and rules are in the files beside."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from oncall_tui.cli.frame.failing import NotUnderstood
from oncall_tui.cli.frame.flags import Family, said
from oncall_tui.cli.frame.opening import session_of_flags
from oncall_tui.cli.frame.printing import remark, say, say_json, table
from oncall_tui.cli.verbs.people.contact import contact, contact_table
from oncall_tui.cli.verbs.people.rule import rule, rule_table
from oncall_tui.cli.verbs.people.whose import user_row
from oncall_tui.domain.errors import Invalid

if TYPE_CHECKING:
    from collections.abc import Sequence

    from oncall_tui.ops.reading.directory_rows import UserRow
    from oncall_tui.ops.session import Session

ROLES = click.Choice(["admin", "responder", "viewer"])


@click.group(cls=Family)
def user() -> None:
    """People, and how they are reached."""


user.add_command(contact)
user.add_command(rule)


@user.command("list")
def list_() -> None:
    """List everybody."""
    from oncall_tui.ops import reading
    from oncall_tui.ops.reading.shapes import user_shape

    with session_of_flags() as session:
        rows = reading.users(session)
    if said().json:
        say_json({"users": [user_shape(row) for row in rows]})
        return
    table(
        ("User", "Name", "Role", "Zone", "Contacts", "On call in"),
        [
            (row.username, row.name, row.role, row.timezone, _contacts_in_short(row), ", ".join(row.on_call))
            for row in rows
        ],
    )
    if not rows:
        remark("there is nobody yet: 'oncall user add NAME' or 'oncall config apply FILE'")


@user.command("show")
@click.argument("of", metavar="[USER]", required=False)
def show(of: str | None) -> None:
    """Show one USER (you, unless said): contacts with their state, and rules."""
    from oncall_tui.ops.reading.shapes import user_shape

    with session_of_flags() as session:
        row = user_row(session, of or session.actor.name)
    if said().json:
        say_json(user_shape(row))
        return
    say(f"{row.username}  {row.name}  {row.role}  {row.timezone}".replace("    ", "  "))
    for title, value in (
        ("on call in", ", ".join(row.on_call) or "nothing now"),
        ("teams", ", ".join(row.teams) or "none"),
        ("mail", row.email),
        ("phone", row.phone),
    ):
        if value:
            say(f"{title}: {value}")
    contact_table(row)
    rule_table(row)


@user.command("add")
@click.argument("username", metavar="USER")
@click.option("--name", help="As people know them.")
@click.option("--email", help="For people to read; pages go to contacts.")
@click.option("--phone", help="For people to read; pages go to contacts.")
@click.option("--timezone", metavar="ZONE", help="In which they read times, like Europe/Lisbon. [default: UTC]")
@click.option("--role", type=ROLES, help="What they may do. [default: responder]")
@click.option(
    "--handle", "handles", multiple=True, metavar="SERVICE=NAME", help="Their name elsewhere, like slack=ana."
)
def add(handles: Sequence[str], username: str, **values: str | None) -> None:
    """Add a person."""
    from oncall_tui.ops.contacts.people import add_user

    with session_of_flags() as session:
        add_user(session, username, **values, handles=_handles(handles))
        _tell(session, username, f"{username} is added: now 'oncall user contact add NAME --of {username}'")


@user.command("edit")
@click.argument("username", metavar="USER")
@click.option("--name", help="As people know them.")
@click.option("--email", help="For people to read; pages go to contacts.")
@click.option("--phone", help="For people to read; pages go to contacts.")
@click.option("--timezone", metavar="ZONE", help="In which they read times, like Europe/Lisbon.")
@click.option("--role", type=ROLES, help="What they may do; an admin says it.")
@click.option(
    "--handle", "handles", multiple=True, metavar="SERVICE=NAME", help="Their name elsewhere; these replace all."
)
def edit(handles: Sequence[str], username: str, **values: str | None) -> None:
    """Change what is said of a person."""
    from oncall_tui.ops.contacts.people import edit_user

    with session_of_flags() as session:
        edit_user(session, username, **values, handles=_handles(handles))
        _tell(session, username, f"{username} is changed")


@user.command("remove")
@click.argument("username", metavar="USER")
def remove(username: str) -> None:
    """Remove a person; refused while they are on call, in a rotation, or hold incidents."""
    from oncall_tui.ops.contacts.people import remove_user

    with session_of_flags() as session:
        remove_user(session, username)
    if said().json:
        say_json({"removed": username})
    else:
        say(f"{username} is removed")


def _tell(session: Session, username: str, text: str) -> None:
    from oncall_tui.ops.reading.shapes import user_shape

    if said().json:
        say_json(user_shape(user_row(session, username)))
    else:
        say(text)


def _handles(given: Sequence[str]) -> dict[str, str] | None:
    pairs = [one.partition("=") for one in given]
    if any(not service or not sign or not handle for service, sign, handle in pairs):
        raise NotUnderstood([Invalid("a handle names a service and a name", mend="like slack=ana", path="--handle")])
    return {service: handle for service, _, handle in pairs} or None


def _contacts_in_short(row: UserRow) -> str:
    words = []
    for one in row.contacts:
        marks = [mark for mark, is_so in (("off", not one.enabled), ("not verified", not one.verified)) if is_so]
        words.append(one.name + (f" ({', '.join(marks)})" if marks else ""))
    return ", ".join(words)
