"""Incidents as they change, a JSON line each."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from oncall_tui.cli.frame.flags import Verb
from oncall_tui.cli.frame.opening import session_of_flags
from oncall_tui.cli.frame.printing import say_json
from oncall_tui.domain.queue.filters import Filter, parse_filter

if TYPE_CHECKING:
    from oncall_tui.ops.reading.rows import IncidentRow
    from oncall_tui.ops.session import Session

LOOK_AT_LEAST_EVERY = 5.0  # seconds


@click.command(cls=Verb)
def watch() -> None:
    """Print every open incident, then each one that changes, as JSON lines, until interrupted."""
    from oncall_tui.ops.changes import changes
    from oncall_tui.ops.reading.shapes import incident_shape

    with session_of_flags() as session:
        feed = changes(session)
        known: dict[int, IncidentRow] = {}
        try:
            while True:
                found = {row.number: row for row in _open(session)}
                gone = [_row(session, number) for number in sorted(known.keys() - found.keys())]
                fresh = [row for number, row in sorted(found.items()) if known.get(number) != row]
                for row in (*gone, *fresh):
                    say_json(incident_shape(row), compact=True)
                known = found
                feed.wait(LOOK_AT_LEAST_EVERY)
        finally:
            feed.close()


def _open(session: Session) -> Iterator[IncidentRow]:
    from oncall_tui.ops.reading.incidents.queue import queue

    wanted: Filter = parse_filter("state:open")
    cursor: str | None = None
    while True:
        page = queue(session, wanted, limit=500, cursor=cursor)
        yield from page.rows
        cursor = page.next_cursor
        if cursor is None:
            return


def _row(session: Session, number: int) -> IncidentRow:
    from oncall_tui.ops.reading.incidents.story import detail

    return detail(session, number).incident
