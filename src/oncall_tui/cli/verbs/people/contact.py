"""How people are reached: user contact add, list, verify, test, enable, disable, remove."""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import click

from oncall_tui.cli.frame.flags import Family, said
from oncall_tui.cli.frame.opening import session_of_flags
from oncall_tui.cli.frame.printing import remark, say, say_json, table
from oncall_tui.cli.frame.values import SPAN
from oncall_tui.cli.verbs.people.whose import user_row
from oncall_tui.domain.errors import Refused
from oncall_tui.domain.time.walltime import format_instant

if TYPE_CHECKING:
    from oncall_tui.ops.contacts.testing import Trial
    from oncall_tui.ops.reading.directory_rows import ContactRow, UserRow
    from oncall_tui.ops.session import Session

LOOK_EVERY = 0.1  # seconds
WAIT = timedelta(seconds=30)


@click.group(cls=Family)
def contact() -> None:
    """How people are reached."""


def _of(command: Callable[..., Any]) -> Callable[..., Any]:
    return click.option("--of", metavar="USER", help="Whose it is; yours unless said.")(command)


@contact.command("add")
@click.argument("name")
@click.argument("url", required=False)
@_of
@click.option("--limit", metavar="N/SPAN", help="Like 10/5m: more pages than that become one message.")
@click.option("--updates", is_flag=True, help="Also tell who has taken an incident, and that it is over.")
def add(name: str, url: str | None, of: str | None, limit: str | None, updates: bool) -> None:
    """Add contact NAME at an Apprise URL; without it, or with -, it is read from stdin and stays out of the history."""
    from oncall_tui.ops.contacts.methods import add_contact

    address = _address() if url in (None, "-") else str(url)
    with session_of_flags() as session:
        whose = of or session.actor.name
        shown = add_contact(session, whose, name, address, limit=limit, updates=updates)
    if said().json:
        say_json({"user": whose, "contact": name, "address": shown, "verified": False})
    else:
        say(f"{whose} has a contact '{name}' at {shown}")
        remark(f"see that it arrives: oncall user contact verify {name}{_whose(of)}")


@contact.command("list")
@click.argument("of", metavar="[USER]", required=False)
def list_(of: str | None) -> None:
    """List the contacts of USER (yours, unless said) with what they have shown of themselves."""
    from oncall_tui.ops.reading.shapes import contact_shape

    with session_of_flags() as session:
        row = user_row(session, of or session.actor.name)
    if said().json:
        say_json({"contacts": [contact_shape(one) for one in row.contacts]})
    else:
        contact_table(row)


@contact.command("verify")
@click.argument("name")
@click.argument("code", required=False)
@_of
def verify(name: str, code: str | None, of: str | None) -> None:
    """Send a code to contact NAME; with the CODE that arrived, mark it as verified."""
    from oncall_tui.ops.contacts.verifying import send_code
    from oncall_tui.ops.contacts.verifying import verify as check

    with session_of_flags() as session:
        whose = of or session.actor.name
        if code is not None:
            check(session, whose, name, code)
            _tell(whose, name, "is verified", verified=True)
            return
        sent = send_code(session, whose, name)
    if said().json:
        say_json({"user": whose, "contact": name, "sent": True, "until": format_instant(sent.until)})
    else:
        say(f"a code is on its way to {whose}'s contact '{name}'; it holds until {format_instant(sent.until)}")
        remark(f"then: oncall user contact verify {name} CODE{_whose(of)}")


@contact.command("test")
@click.argument("name")
@_of
@click.option("--wait", type=SPAN, default="30s", show_default=True, help="How long to watch for the outcome.")
def test(name: str, of: str | None, wait: timedelta) -> None:
    """Send a test message to contact NAME and tell what became of it; exit 1 when it did not arrive."""
    from oncall_tui.ops.contacts.testing import send_test

    with session_of_flags() as session:
        whose = of or session.actor.name
        number = send_test(session, whose, name)
        trial = _watched(session, number, wait)
    took = trial.took.total_seconds() if trial.took is not None else None
    if said().json:
        outcome = {"state": trial.state, "answer": trial.answer, "took": took}
        say_json({"user": whose, "contact": name, **outcome})
    elif trial.is_over:
        words = f"{trial.state} in {took:.1f} s" if trial.state == "delivered" and took is not None else trial.state
        say(f"{whose}, {name}: {words}{': ' if trial.answer else ''}{trial.answer}")
    if trial.state == "delivered":
        return
    if said().json:
        raise SystemExit(1)
    if not trial.is_over and not trial.answer:
        raise Refused("no worker has sent it yet", mend="start 'oncall worker'; the test waits five minutes for one")
    raise Refused(f"the test did not arrive: {trial.answer or trial.state}", mend="check the address and try again")


@contact.command("enable")
@click.argument("name")
@_of
def enable(name: str, of: str | None) -> None:
    """Let pages go to contact NAME again."""
    _switch(name, of, enabled=True)


@contact.command("disable")
@click.argument("name")
@_of
def disable(name: str, of: str | None) -> None:
    """Let no more pages go to contact NAME."""
    _switch(name, of, enabled=False)


@contact.command("remove")
@click.argument("name")
@_of
def remove(name: str, of: str | None) -> None:
    """Forget contact NAME, and the rules that use it."""
    from oncall_tui.ops.contacts.methods import remove_contact

    with session_of_flags() as session:
        whose = of or session.actor.name
        rules = remove_contact(session, whose, name)
    if said().json:
        say_json({"user": whose, "removed": name, "rules": list(rules)})
        return
    say(f"{whose}'s contact '{name}' is removed")
    for rule in rules:
        say(f"with it the rule: {rule}")


def contact_table(row: UserRow) -> None:
    """A person's contacts in columns."""
    table(
        ("Contact", "Address", "State", "Limit", "Last success", "Last failure", "Last answer"),
        [
            (
                one.name,
                one.address,
                state_words(one),
                one.limit or "",
                format_instant(one.last_success_at) if one.last_success_at else "never",
                format_instant(one.last_failure_at) if one.last_failure_at else "never",
                one.last_answer,
            )
            for one in row.contacts
        ],
    )
    if not row.contacts:
        remark(f"{row.username} has no contacts: nothing reaches them")


def state_words(one: ContactRow) -> str:
    """Enabled, verified and the like."""
    words = ["enabled" if one.enabled else "disabled", "verified" if one.verified else "not verified"]
    return ", ".join([*words, *(["updates"] if one.updates else [])])


def _switch(name: str, of: str | None, *, enabled: bool) -> None:
    from oncall_tui.ops.contacts.methods import enable_contact

    with session_of_flags() as session:
        whose = of or session.actor.name
        enable_contact(session, whose, name, enabled=enabled)
    _tell(whose, name, "is enabled" if enabled else "is disabled: no pages go there", enabled=enabled)


def _tell(whose: str, name: str, words: str, **shape: Any) -> None:
    if said().json:
        say_json({"user": whose, "contact": name, **shape})
    else:
        say(f"{whose}'s contact '{name}' {words}")


def _watched(session: Session, number: int, wait: timedelta) -> Trial:
    """The test's outcome, or how it stands when the time is over."""
    from oncall_tui.ops.changes import changes
    from oncall_tui.ops.contacts.testing import trial

    feed = changes(session)
    end = session.clock.monotonic() + wait.total_seconds()
    try:
        while True:
            found = trial(session, number)
            left = end - session.clock.monotonic()
            if found.is_over or left <= 0:
                return found
            feed.wait(min(left, 1.0))
    finally:
        feed.close()


def _address() -> str:
    """The address from stdin; typed unseen on a terminal."""
    if sys.stdin.isatty():
        return str(click.prompt("Address", hide_input=True, err=True)).strip()
    return sys.stdin.read().strip()


def _whose(of: str | None) -> str:
    return f" --of {of}" if of else ""
