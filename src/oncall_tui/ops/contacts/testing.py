"""Send a test to a contact, and see what became of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection

from oncall_tui.domain.errors import Refused
from oncall_tui.ops.contacts.rights import contact_named, may_change, noted
from oncall_tui.ops.notices.queueing import NoticeTo, queue
from oncall_tui.ops.session import Session
from oncall_tui.storage.statements.delivery import contacts

EXPIRES_AFTER = timedelta(minutes=5)
FINAL = ("delivered", "failed", "given up")


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """A test message: pending, sending, delivered, failed or given up; the provider's newest answer, and how long."""

    notice: int
    state: str
    sent_at: datetime
    answer: str = ""
    took: timedelta | None = None

    @property
    def is_over(self) -> bool:
        """Whether nothing more will become of it."""
        return self.state in FINAL


def send_test(session: Session, username: str, name: str) -> int:
    """Send a test message to a contact; its number, to look for with `trial`. A disabled contact is refused."""
    may_change(session, username)
    now = session.now()
    with session.writing() as conn:
        contact = contact_named(conn, username, name)
        if not contact.enabled:
            raise Refused(f"{username}'s contact '{name}' is disabled", mend="enable it first")
        notice = queue(
            conn,
            now=now,
            kind="test",
            to=NoticeTo(username, name),
            subject=f"[TEST] oncall reaches {username} by {name}",
            body=f"This is a test: there is nothing to do. {session.actor.name} asked for it.",
            expires_at=now + EXPIRES_AFTER,
        )
        assert notice is not None, "the contact was read in this transaction"
        noted(conn, session, "contact.tested", f"user {username}", f"contact {name}")
    return notice


def trial(session: Session, notice: int) -> Trial:
    """What became of a test so far."""
    with session.reading() as conn:
        row = outcome_of(conn, notice)
    assert row is not None, "its number came from send_test"
    return row


def outcome_of(conn: Connection, notice: int) -> Trial | None:
    """The same within a transaction; None when it is not there any more."""
    row = contacts.notice(conn, notice)
    if row is None:
        return None
    took = row.ended_at - row.started_at if row.started_at is not None else None
    return Trial(notice=row.id, state=row.state, sent_at=row.created_at, answer=row.answer or "", took=took)


def latest_trials(conn: Connection) -> dict[int, Trial]:
    """What became of the newest test of every contact that had one, by the contact's row."""
    newest = contacts.latest_tests(conn)
    found = {contact: outcome_of(conn, notice) for contact, notice in newest.items()}
    return {contact: trial for contact, trial in found.items() if trial is not None}
