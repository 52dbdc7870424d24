"""What the keys do to incidents: trigger, ack, resolve, escalate, assign, snooze, note."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import click

from oncall_tui.cli.frame.failing import report, shape
from oncall_tui.cli.frame.flags import Verb, said
from oncall_tui.cli.frame.opening import session_of_flags
from oncall_tui.cli.frame.printing import say, say_json
from oncall_tui.cli.frame.values import LARGEST, NUMBER, SPAN, time_said
from oncall_tui.domain.errors import OncallError
from oncall_tui.domain.incident.causes import RESOLUTIONS
from oncall_tui.domain.severity import Severity

if TYPE_CHECKING:
    from oncall_tui.ops.incidents.acting import Done
    from oncall_tui.ops.session import Session

REFUSED = 1

seen_option = click.option(
    "--seen",
    type=click.IntRange(1, LARGEST),
    metavar="VERSION",
    help="Only while it is at this version, as 'oncall show N --json' told it; the one that stands, unless said.",
)


@click.command(cls=Verb)
@click.argument("title")
@click.option("--service", "-s", required=True, metavar="NAME", help="What burns.")
@click.option(
    "--severity", type=click.Choice([str(severity) for severity in Severity]), default="high", show_default=True
)
@click.option("--key", metavar="KEY", help="Its dedup key: the same key again counts on the open incident.")
@click.option("--description", default="", metavar="TEXT", help="More than fits a title.")
def trigger(title: str, service: str, severity: str, key: str | None, description: str) -> None:
    """Open an incident by hand."""
    from oncall_tui.ops.incidents import acts

    with session_of_flags() as session:
        _tell(
            session,
            acts.trigger(
                session, title=title, service=service, severity=Severity(severity), key=key, description=description
            ),
        )


@click.command(cls=Verb)
@click.argument("numbers", nargs=-1, type=NUMBER, metavar="N...")
@click.option("--all", "every", is_flag=True, help="All that are triggered.")
@click.option("--take-over", is_flag=True, help="Also what somebody else has acknowledged.")
def ack(numbers: tuple[int, ...], every: bool, take_over: bool) -> None:
    """Acknowledge incidents: you have them, the paging stops."""
    from oncall_tui.ops.incidents import acts

    if every == bool(numbers):
        raise click.UsageError("give incident numbers, or --all")
    with session_of_flags() as session:
        chosen = _triggered(session) if every else numbers
        _each(session, chosen, lambda number: acts.acknowledge(session, number, take_over=take_over))


@click.command(cls=Verb)
@click.argument("numbers", nargs=-1, required=True, type=NUMBER, metavar="N...")
@click.option("--reason", type=click.Choice(RESOLUTIONS), default="fixed", show_default=True)
def resolve(numbers: tuple[int, ...], reason: str) -> None:
    """Resolve incidents: they are over."""
    from oncall_tui.ops.incidents import acts

    with session_of_flags() as session:
        _each(session, numbers, lambda number: acts.resolve(session, number, reason=reason))


@click.command(cls=Verb)
@click.argument("number", type=NUMBER, metavar="N")
@seen_option
def escalate(number: int, seen: int | None) -> None:
    """Page the next step of an incident now."""
    from oncall_tui.ops.incidents import acts

    with session_of_flags() as session:
        _tell(session, acts.escalate(session, number, version=seen))


@click.command(cls=Verb)
@click.argument("number", type=NUMBER, metavar="N")
@click.argument("to", required=False, metavar="[USER]")
@click.option("--policy", metavar="NAME", help="Begin at step 1 of this policy instead.")
@seen_option
def assign(number: int, to: str | None, policy: str | None, seen: int | None) -> None:
    """Hand an incident to a user, who is paged now, or to a policy."""
    from oncall_tui.ops.incidents import acts

    if (to is None) == (policy is None):
        raise click.UsageError("give a user, or --policy")
    with session_of_flags() as session:
        _tell(session, acts.reassign(session, number, user=to, policy=policy, version=seen))


@click.command(cls=Verb)
@click.argument("number", type=NUMBER, metavar="N")
@click.option("--for", "span", type=SPAN, metavar="DURATION", help="Like 30m, 2h or 1d; 1w at most.")
@click.option("--until", metavar="TIME", help="Like 2026-01-05T09:00, UTC unless it says otherwise.")
@click.option("--take-over", is_flag=True, help="Also what somebody else has acknowledged.")
def snooze(number: int, span: timedelta | None, until: str | None, take_over: bool) -> None:
    """Acknowledge an incident until a time; then it is triggered again."""
    from oncall_tui.ops.incidents import acts

    if (span is None) == (until is None):
        raise click.UsageError("give --for or --until")
    end = time_said(until, "--until")
    with session_of_flags() as session:
        _tell(session, acts.snooze(session, number, span=span, until=end, take_over=take_over))


@click.command(cls=Verb)
@click.argument("number", type=NUMBER, metavar="N")
@click.argument("text")
def note(number: int, text: str) -> None:
    """Write something down on an incident's timeline."""
    from oncall_tui.ops.incidents import acts

    with session_of_flags() as session:
        _tell(session, acts.note(session, number, text))


@click.command(cls=Verb)
@click.argument("number", type=NUMBER, metavar="N")
@click.argument("into", type=NUMBER, metavar="INTO")
@seen_option
def merge(number: int, into: int, seen: int | None) -> None:
    """Say that incident N is the same as INTO, which gets its alerts; N ends."""
    from oncall_tui.ops.incidents.merging import merge as merge_into

    with session_of_flags() as session:
        _tell(session, merge_into(session, number, into, version=seen))


@click.command(cls=Verb)
@click.argument("number", type=NUMBER, metavar="N")
@seen_option
def undo(number: int, seen: int | None) -> None:
    """Take your last act on an incident back, within 60 seconds."""
    from oncall_tui.ops.incidents import acts

    with session_of_flags() as session:
        _tell(session, acts.undo(session, number, version=seen))


@click.command(cls=Verb)
@click.argument("number", type=NUMBER, metavar="N")
@click.option("--title", metavar="TEXT", help="What is wrong, in a few words.")
@click.option("--description", metavar="TEXT", help="More than fits a title; an empty one removes it.")
@click.option("--severity", type=click.Choice([one.value for one in Severity]))
@click.option("--label", "labels", multiple=True, metavar="KEY=VALUE", help="Set a label; may be given again.")
@click.option("--unlabel", "unlabels", multiple=True, metavar="KEY", help="Remove a label; may be given again.")
def edit(
    *,
    number: int,
    title: str | None,
    description: str | None,
    severity: str | None,
    labels: tuple[str, ...],
    unlabels: tuple[str, ...],
) -> None:
    """Correct what an incident says, also after its end."""
    from oncall_tui.ops.incidents import acts

    wanted: dict[str, str | None] = dict.fromkeys(unlabels)
    for label in labels:
        name, parted, value = label.partition("=")
        if not parted or not name.strip():
            raise click.UsageError(f"'{label}' is no label: write it like tier=1")
        wanted[name.strip()] = value
    if title is description is severity is None and not wanted:
        raise click.UsageError("give --title, --description, --severity, --label or --unlabel")
    with session_of_flags() as session:
        weight = None if severity is None else Severity(severity)
        done = acts.edit(session, number, title=title, description=description, severity=weight, labels=wanted)
        _tell(session, done)


def _tell(session: Session, done: Done) -> None:
    """What became of one incident: a line, or the incident as JSON."""
    if said().json:
        say_json(_shape(session, done.number))
    else:
        say(done.text)


def _each(session: Session, numbers: Iterable[int], act: Callable[[int], Done]) -> None:
    """Act on each incident in a transaction of its own. One that is refused does not keep the others from it."""
    as_json = said().json
    done: list[int] = []
    refused: list[OncallError] = []
    for number in dict.fromkeys(numbers):
        try:
            ended = act(number)
        except OncallError as error:
            if error.exit_status != REFUSED:
                raise
            refused.append(error)
        else:
            done.append(number)
            if not as_json:
                say(ended.text)
    if as_json:
        answer: dict[str, list[Any]] = {"incidents": [_shape(session, number) for number in done]}
        if refused:
            answer["errors"] = [shape(part) for error in refused for part in error.parts]
        say_json(answer)
    else:
        report(refused, as_json=False)
    if refused:
        raise click.exceptions.Exit(REFUSED)
    if not done and not as_json:
        say("nothing to do")


def _shape(session: Session, number: int) -> object:
    from oncall_tui.ops.reading.incidents.story import detail
    from oncall_tui.ops.reading.shapes import incident_shape

    return incident_shape(detail(session, number).incident)


def _triggered(session: Session) -> list[int]:
    """The numbers of all triggered incidents."""
    from oncall_tui.domain.queue.filters import parse_filter
    from oncall_tui.ops.reading.incidents.queue import queue

    numbers: list[int] = []
    cursor: str | None = None
    while True:
        page = queue(session, parse_filter("state:triggered"), limit=500, cursor=cursor)
        numbers += [row.number for row in page.rows]
        cursor = page.next_cursor
        if cursor is None:
            return numbers
