"""Tell those who were paged and asked for it how an incident goes on: notices, never pages (RULES, Status updates)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from oncall_tui.domain.incident import Incident, State
from oncall_tui.notify.words.wording import one_line
from oncall_tui.ops.notices.queueing import NoticeTo, queue
from oncall_tui.storage.statements.delivery import contacts

TITLE_LIMIT = 100


def tell_updates(conn: Connection, before: Incident, after: Incident, now: datetime) -> None:
    """Queue "X has it" and "resolved" for contacts that want them, in the transaction of the change itself.

    Who did it knows already and is not told.
    """
    news = _news(before, after)
    if news is None:
        return
    text, by = news
    title = one_line(after.title, TITLE_LIMIT)
    for username, contact in contacts.who_wants_updates(conn, after.number):
        if username != by:
            queue(
                conn,
                now=now,
                kind="update",
                to=NoticeTo(username, contact),
                subject=f"#{after.number} {text}",
                body=f"{title}\n{text}: there is nothing to do.",
                key=f"update {after.number} {after.version} {username} {contact}",
            )


def _news(before: Incident, after: Incident) -> tuple[str, str | None] | None:
    if after.state is State.RESOLVED and before.state is not State.RESOLVED:
        by = after.resolved_by
        return f"resolved by {by}" if by else "resolved", by
    if after.state is State.ACKNOWLEDGED and after.acknowledged_by != before.acknowledged_by:
        return f"{after.acknowledged_by} has it", after.acknowledged_by
    return None
