"""Reading incidents: the queue, and one with its whole story."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from oncall_tui.cli.frame.failing import NotUnderstood
from oncall_tui.cli.frame.flags import Verb, said
from oncall_tui.cli.frame.opening import session_of_flags
from oncall_tui.cli.frame.printing import remark, say, say_json, table
from oncall_tui.cli.frame.values import NUMBER
from oncall_tui.domain.directory.runbooks import is_address
from oncall_tui.domain.errors import Invalid, InvalidMany
from oncall_tui.domain.queue.filters import Filter, parse_filter
from oncall_tui.domain.queue.ordering import GROUPINGS, LABEL, NONE, USUAL, Order, Sort, group_of, read_grouping
from oncall_tui.domain.time.durations import short_span
from oncall_tui.domain.time.walltime import format_instant

if TYPE_CHECKING:
    from datetime import datetime

    from oncall_tui.ops.reading.incidents.story_rows import IncidentDetail
    from oncall_tui.ops.reading.rows import IncidentPage, IncidentRow

_NEXT_WORDS = {
    "ack_end": "ack ends",
    "snooze_end": "snooze ends",
    "hold_end": "held",
    "maintenance_end": "in maintenance",
    "support_hours": "support hours in",
}
_RESTS = {"exhausted": "exhausted", "waiting": "reaches nobody", "notified": "told once"}
STATES = {"triggered": "TRIG", "acknowledged": "ACK", "resolved": "DONE"}


@click.command(cls=Verb)
@click.option(
    "--filter",
    "terms",
    default="",
    metavar="TEXT",
    help='Like "state:open service:checkout sev>=high @me disk"; without a state: open ones.',
)
@click.option("--limit", type=click.IntRange(1, 1000), default=200, show_default=True)
@click.option("--cursor", metavar="CURSOR", help="Where the answer before ended: its next_cursor; in the usual order.")
@click.option(
    "--sort",
    type=click.Choice([sort.value for sort in Sort]),
    default=USUAL.sort.value,
    show_default=True,
    help="What comes first.",
)
@click.option("--group", "grouping", default=NONE, metavar="GROUP", help=f"By {', '.join(GROUPINGS)} or {LABEL}NAME.")
def incidents(terms: str, limit: int, cursor: str | None, sort: str, grouping: str) -> None:
    """List incidents."""
    from oncall_tui.ops.reading.incidents.queue import queue
    from oncall_tui.ops.reading.shapes import incidents_shape

    wanted, order = _filter(terms), Order(Sort(sort), _grouping(grouping))
    with session_of_flags() as session:
        try:
            page = queue(session, wanted, limit=limit, cursor=cursor, order=order)
        except Invalid as error:
            raise NotUnderstood([Invalid(error.sentence, mend=error.mend, path="--cursor")]) from None
        now = session.now()
    if said().json:
        say_json(incidents_shape(page))
    else:
        _print_queue(page, now, order)


@click.command(cls=Verb)
@click.argument("number", type=NUMBER, metavar="N")
def show(number: int) -> None:
    """Show one incident with its timeline, its pages, and what was changed before it."""
    from oncall_tui.ops.reading.incidents.story import detail
    from oncall_tui.ops.reading.shapes import detail_shape

    with session_of_flags() as session:
        found = detail(session, number)
        now = session.now()
    if said().json:
        say_json(detail_shape(found))
    else:
        _print_detail(found, now)


def _filter(terms: str) -> Filter:
    try:
        return parse_filter(terms)
    except InvalidMany as error:
        raise NotUnderstood(error.parts) from None


def _grouping(text: str) -> str:
    try:
        return read_grouping(text)
    except Invalid as error:
        raise NotUnderstood([Invalid(error.sentence, mend=error.mend, path="--group")]) from None


def _print_queue(page: IncidentPage, now: datetime, order: Order) -> None:
    grouped = bool(order.group)
    table(
        (*(("Group",) if grouped else ()), "State", "Sev", "No.", "Title", "Service", "With", "Age", "Next"),
        [
            (
                *((_group(row, order),) if grouped else ()),
                STATES.get(row.state, row.state),
                row.severity.value,
                str(row.number),
                row.title + (f"  ×{row.alerts}" if row.alerts > 1 else ""),
                row.service,
                ",".join(row.assignees) or "—",
                short_span(now - row.opened_at),
                _next(row, now),
            )
            for row in page.rows
        ],
        right={3, 7} if grouped else {2, 6},
    )
    if not page.rows:
        remark("no incident matches")
    elif page.next_cursor is not None:
        remark(f"there are more: go on with --cursor {page.next_cursor}")
    elif page.more:
        remark("there are more: ask with a higher --limit")


def _group(row: IncidentRow, order: Order) -> str:
    named = group_of(order, service=row.service, team=row.team, severity=row.severity.value, labels=row.labels)
    return named or "—"


def _next(row: IncidentRow, now: datetime) -> str:
    """When what comes next, and whom it pages."""
    if row.next is None:
        return _RESTS.get(row.phase, "—")
    if row.next.kind == "wait":
        return f"waits until {format_instant(row.next.at)}"
    span = short_span(row.next.at - now)
    whom = ", ".join(row.next.users) or "nobody"
    words = _NEXT_WORDS.get(row.next.kind)
    return f"{words} {span} → {whom}" if words else f"{span} → {whom}"


def _print_detail(found: IncidentDetail, now: datetime) -> None:
    row = found.incident
    say(f"#{row.number}  {row.title}")
    place = f"step {row.step} of {row.steps}, round {row.round}"
    source = f"{row.integration or 'by hand'}{f', key {row.dedup_key}' if row.dedup_key else ''}"
    say(f"{row.state} · {row.severity.value}, {row.urgency.value} urgency · {row.service} · {place} · {source}")
    whom = ", ".join(row.assignees) or "nobody"
    say(f"with {whom} · opened {format_instant(row.opened_at)} · next: {_next(row, now)}")
    if row.runbook and is_address(row.runbook):
        say(f"runbook: {row.runbook}")
    for line in row.description.splitlines():
        say(f"  {line}")
    say("")
    table(
        ("At", "What", "By", "Via"),
        [(format_instant(entry.at), entry.text, entry.by or "—", entry.via) for entry in found.timeline],
    )
    if row.runbook and not is_address(row.runbook):
        say("")
        for line in ("Runbook", *row.runbook.splitlines()):
            say(line)
    if found.changes:
        say("")
        table(
            ("Changed", "What", "By"),
            [(format_instant(change.at), change.summary, change.source or "—") for change in found.changes],
        )
    if found.pages:
        say("")
        table(
            ("Page", "At", "To", "Step", "State", "Last answer"),
            [
                (
                    page.id,
                    format_instant(page.at),
                    f"{page.user}, {page.contact}" if page.user else page.contact,
                    f"{page.step}/{page.round}",
                    ", ".join((page.state, *page.marks)),
                    page.attempts[-1].answer if page.attempts else "—",
                )
                for page in found.pages
            ],
        )
