"""Tell an incident what became of its page, from the outbox's side."""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row

from oncall_tui.domain.incident.causes import PageResult
from oncall_tui.domain.notices import contacts_for
from oncall_tui.domain.world import World
from oncall_tui.notify.outcome import SendResult
from oncall_tui.ops.delivery.jobs import Job, place_of
from oncall_tui.ops.directory import Directory
from oncall_tui.ops.incidents import keeping
from oncall_tui.ops.notices.queueing import NoticeTo, queue
from oncall_tui.storage.drivers.away import away
from oncall_tui.storage.statements.delivery import contacts
from oncall_tui.storage.statements.delivery.leasing import leased
from oncall_tui.storage.statements.incident import timeline

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


def tell_or_note(
    conn: Connection,
    directory: Directory,
    row: Row[Any],
    now: datetime,
    answer: str,
    *,
    retry_in: timedelta | None = None,
) -> None:
    """Tell the incident of an outbox row; one that the engine fails on has it said in its timeline all the same."""
    try:
        tell(conn, directory, place_of(row), row.number, now, answer, final=retry_in is None, retry_in=retry_in)
    except Exception as error:  # one broken incident must not keep the others' pages from going out
        if away(error, "") is not None:
            raise  # nothing can be written any more: what is done here is done again
        log.exception("incident #%d could not be told of page %s", row.number, row.id)
        note_fault(conn, row.number, now, f"page {row.id}: {answer}")


def tell_fault(conn: Connection, directory: Directory, page: str, now: datetime, answer: str) -> None:
    """A page was set aside: its incident goes on to the next contact."""
    tell_or_note(conn, directory, leased(conn, [page])()[0], now, answer)


def note_fault(conn: Connection, number: int, now: datetime, text: str) -> None:
    """A line of the timeline for what the engine could not take in."""
    timeline.append(conn, [{"number": number, "at": now, "kind": "fault", "by": None, "via": "engine", "text": text}])


def tell_admins(conn: Connection, world: World, job: Job, result: SendResult, now: datetime) -> None:
    """Queue a notice to every admin that a provider fails: once a day for each provider, and not through it."""
    for username in world.admins:
        contact = next(
            (name for name in contacts_for(world.users[username]) if not _is_at(conn, username, name, job)), None
        )
        if contact is not None:
            queue(
                conn,
                now=now,
                kind="provider",
                to=NoticeTo(username, contact),
                subject=f"{job.provider} is failing",
                body=f"Pages there are tried again: {result.answer}. People's next contacts are used meanwhile.",
                key=f"provider {job.provider} {now:%Y-%m-%d} {username}",
            )


def _is_at(conn: Connection, username: str, contact: str, job: Job) -> bool:
    found = contacts.contact(conn, username, contact)
    return found is None or found.display == job.provider
