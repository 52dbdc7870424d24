"""Tell an incident what became of its page, from the outbox's side."""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import Connection

from oncall_tui.domain.incident.causes import PageResult
from oncall_tui.ops.directory import Directory
from oncall_tui.ops.incidents import keeping
from oncall_tui.storage.statements import timeline
from oncall_tui.storage.statements.outbox import leased

log = logging.getLogger(__name__)


def tell(  # noqa: PLR0913 - what a page's fate is made of
    conn: Connection,
    directory: Directory,
    place: PageResult,
    number: int,
    now: datetime,
    answer: str,
    *,
    final: bool = False,
    retry_in: timedelta | None = None,
) -> None:
    """A page that was not tried: it waits, or it is given up."""
    cause = replace(place, final=final, answer=answer, retry_in=retry_in)
    kept = keeping.load(conn, number)
    keeping.step(conn, kept, directory.world(conn), cause, now, via="engine")


def tell_fault(conn: Connection, directory: Directory, page: str, now: datetime, answer: str) -> None:
    """A page was set aside: its incident goes on to the next contact; one that the engine fails on has it said."""
    from oncall_tui.ops.delivery.jobs import place_of

    row = leased(conn, [page])[0]
    try:
        tell(conn, directory, place_of(row), row.number, now, answer, final=True)
    except Exception:  # the page is set aside all the same, and people must see it
        log.exception("incident #%d could not be told of page %s", row.number, page)
        note_fault(conn, row.number, now, f"page {page} was {answer}")


def note_fault(conn: Connection, number: int, now: datetime, text: str) -> None:
    """A line of the timeline for what the engine could not take in."""
    timeline.append(conn, [{"number": number, "at": now, "kind": "fault", "by": None, "via": "engine", "text": text}])
