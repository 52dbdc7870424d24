"""When which contact is used: user rule add, list, remove."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from oncall_tui.cli.frame.flags import Family, said
from oncall_tui.cli.frame.opening import session_of_flags
from oncall_tui.cli.frame.printing import remark, say, say_json, table
from oncall_tui.cli.verbs.people.whose import user_row
from oncall_tui.domain.time.durations import format_duration

if TYPE_CHECKING:
    from oncall_tui.ops.reading.directory_rows import UserRow

OF = "Whose it is; yours unless said."


@click.group(cls=Family)
def rule() -> None:
    """When which contact is used."""


@rule.command("add")
@click.argument("contact")
@click.option("--delay", default="0s", show_default=True, metavar="SPAN", help="After the person was reached.")
@click.option("--urgency", type=click.Choice(["high", "low"]), help="Only for these incidents; both unless said.")
@click.option("--of", metavar="USER", help=OF)
def add(contact: str, delay: str, urgency: str | None, of: str | None) -> None:
    """Use CONTACT when the delay has passed since the person was reached."""
    from oncall_tui.ops.contacts.methods import add_rule

    with session_of_flags() as session:
        whose = of or session.actor.name
        place = add_rule(session, whose, contact, delay=delay, urgency=urgency)
    if said().json:
        say_json({"user": whose, "rule": place, "contact": contact, "delay": delay, "urgency": urgency})
    else:
        say(f"rule {place} of {whose}: {contact} after {delay}, {urgency or 'both urgencies'}")


@rule.command("list")
@click.argument("of", metavar="[USER]", required=False)
def list_(of: str | None) -> None:
    """List the rules of USER (yours, unless said)."""
    from oncall_tui.ops.reading.shapes import rule_shape

    with session_of_flags() as session:
        row = user_row(session, of or session.actor.name)
    if said().json:
        say_json({"rules": [rule_shape(number, one) for number, one in enumerate(row.rules, 1)]})
    else:
        rule_table(row)


@rule.command("remove")
@click.argument("number", type=click.IntRange(1, 10_000), metavar="N")
@click.option("--of", metavar="USER", help=OF)
def remove(number: int, of: str | None) -> None:
    """Forget rule N (see 'user rule list')."""
    from oncall_tui.ops.contacts.methods import remove_rule

    with session_of_flags() as session:
        whose = of or session.actor.name
        said_so = remove_rule(session, whose, number)
    if said().json:
        say_json({"user": whose, "removed": number, "rule": said_so})
    else:
        say(f"{whose}'s rule is removed: {said_so}")


def rule_table(row: UserRow) -> None:
    """A person's rules in columns."""
    table(
        ("Rule", "Contact", "After", "Urgency"),
        [
            (str(number), one.contact, format_duration(one.delay), one.urgency.value if one.urgency else "both")
            for number, one in enumerate(row.rules, 1)
        ],
        right={0},
    )
    if not row.rules and row.contacts:
        remark("no rules: all enabled contacts are used at once")
