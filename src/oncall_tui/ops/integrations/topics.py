"""Topics of AWS SNS that want to post to an integration: shown to an operator, and confirmed only by them.

Whoever confirms fetches an address that a stranger wrote: it has to be Amazon's own, or of an origin that an admin has
listed; the fetch goes through `net`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from oncall_tui.addresses import NONE_ALLOWED, Allowed
from oncall_tui.domain.errors import Invalid, Refused, Unknown
from oncall_tui.domain.intake.origins import Origin, origin_of
from oncall_tui.net import fetch
from oncall_tui.ops.session import Session
from oncall_tui.storage.directory_rows.writing import note
from oncall_tui.storage.statements.intake import topics as rows

MOST_TOPICS = 100  # of one integration; who has its key could fill the disk with more
CONFIRM_WITHIN = 8.0  # seconds
ANSWER_LIMIT = 64 << 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    """A topic that has asked to post to an integration."""

    integration: str
    arn: str
    asked_at: datetime
    confirmed_at: datetime | None
    confirmed_by: str | None
    ended_at: datetime | None

    @property
    def state(self) -> str:
        """waits, confirmed, or ended."""
        if self.ended_at is not None:
            return "ended"
        return "waits" if self.confirmed_at is None else "confirmed"


def subscribe(url: str, listed: Iterable[str], allowed: Allowed = NONE_ALLOWED) -> None:
    """Call the address that confirms a subscription. Raises Refused for any other, and what `net.fetch` raises."""
    origin = origin_of(url, listed)
    if origin is None:
        raise Refused(
            "the address that would confirm this topic is not Amazon's",
            mend="list its origin under options: certificates_from if it is your own cloud",
        )
    answer = fetch(
        "GET",
        url,
        timeout=CONFIRM_WITHIN,
        max_bytes=ANSWER_LIMIT,
        allow_private=origin is Origin.LISTED,
        allowed=allowed,
    )
    if answer.status != 200:
        raise Refused(
            f"the topic's cloud answered {answer.status}", mend="let it ask again, its address may be too old"
        )


def topics(session: Session, integration: str | None = None) -> tuple[Topic, ...]:
    """The topics of one integration or of all, those that asked first first."""
    with session.reading() as conn:
        return tuple(map(_topic, rows.listed(conn, integration)))


def confirm(session: Session, integration: str, arn: str | None = None) -> Topic:
    """Confirm a topic's subscription: the one that is named, else the only one that waits.

    Raises Unknown, Invalid when several wait, Refused when its address is not to be called, Forbidden, and what
    `net.fetch` raises.
    """
    session.actor.may_configure()
    with session.reading() as conn:
        row = _chosen(conn, integration, arn)
        known = session.directory.world(conn).integrations[integration]
    listed = known.options.get("certificates_from", ())
    subscribe(session.cipher().unseal(row.confirm_url), listed, session.settings.fetch_allow)
    now, actor = session.now(), session.actor
    with session.writing() as conn:
        rows.confirm(conn, row.id, now, actor.name)
        entry = {
            "at": now,
            "actor": actor.username,
            "os_account": actor.os_account,
            "via": actor.via,
            "action": "topic.confirmed",
            "object": f"integration {integration}",
            "text": row.arn,
        }
        note(conn, [entry])
        return next(_topic(one) for one in rows.listed(conn, integration) if one.id == row.id)


def _chosen(conn: Connection, integration: str, arn: str | None) -> rows.AnyRow:
    found = rows.listed(conn, integration)
    if arn is not None:
        named = [row for row in found if arn in (row.arn, row.arn.rpartition(":")[2])]
        if len(named) != 1:
            raise Unknown(f"topic '{arn[:100]}' has not asked", mend="see 'oncall integration topics'", path="topic")
        return named[0]
    waiting = [row for row in found if row.confirmed_at is None and row.ended_at is None]
    if not waiting:
        raise Unknown(
            f"no topic waits to post to '{integration}'", mend="see 'oncall integration topics'", path="topic"
        )
    if len(waiting) > 1:
        raise Invalid(f"{len(waiting)} topics wait", mend="name the one you mean", path="topic")
    return waiting[0]


def _topic(row: rows.AnyRow) -> Topic:
    return Topic(
        integration=row.integration,
        arn=row.arn,
        asked_at=row.asked_at,
        confirmed_at=row.confirmed_at,
        confirmed_by=row.confirmed_by,
        ended_at=row.ended_at,
    )
