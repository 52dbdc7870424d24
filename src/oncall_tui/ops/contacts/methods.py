"""Contact methods and notification rules, one by one."""

from __future__ import annotations

from datetime import timedelta

from oncall_tui.domain.errors import Invalid, Refused, Unknown
from oncall_tui.domain.severity import Urgency
from oncall_tui.domain.time.durations import format_duration, parse_duration
from oncall_tui.notify.check import check_url
from oncall_tui.notify.redact import redact_url
from oncall_tui.ops.config import texts
from oncall_tui.ops.contacts.rights import AnyRow, changing, contact_named, done, is_trusted, may_change, user_named
from oncall_tui.ops.session import Session
from oncall_tui.storage.directory_rows import writing as rows
from oncall_tui.storage.statements.delivery import contacts
from oncall_tui.storage.tables import contact_methods, notification_rules


def add_contact(
    session: Session, username: str, name: str, url: str, *, limit: str | None = None, updates: bool = False
) -> str:
    """Add a way to reach a person, not verified yet; the redacted address.

    Raises Invalid for an address no page can be sent to; only an admin may name one of a private host.
    """
    may_change(session, username)
    wanted = texts.name(name)
    address = texts.url(url)
    if address == texts.KEPT:
        raise Invalid("an address is needed", mend="write it like ntfy://topic", path="url")
    bounded = None if limit is None else texts.limit(limit)
    with session.reading() as conn:
        user_named(conn, username)
    check_url(address, trusted=is_trusted(session), path="url")  # a process of its own: outside the transaction
    sealed, shown = session.cipher().seal(address), redact_url(address)
    with changing(session, username) as (conn, user):
        if contacts.contact(conn, username, wanted) is not None:
            mend = "give it another name, or remove that one first"
            raise Refused(f"{username} has a contact '{wanted}' already", mend=mend, code="duplicate")
        rows.add(
            conn,
            contact_methods,
            {
                "user_id": user.id,
                "name": wanted,
                "position": contacts.next_position(conn, user.id),
                "address": sealed,
                "display": shown,
                "enabled": True,
                "limit_text": bounded,
                "updates": updates,
            },
        )
        done(conn, session, "contact.added", f"user {username}", f"contact {wanted}, {shown}")
    return shown


def remove_contact(session: Session, username: str, name: str) -> tuple[str, ...]:
    """Forget a contact, and with it the rules that use it: told in words."""
    with changing(session, username) as (conn, user):
        contact = contact_named(conn, username, name)
        gone = tuple(_rule_words(rule) for rule in contacts.rules_of(conn, user.id) if rule.contact == name)
        rows.remove(conn, contact_methods, contact.id)
        done(conn, session, "contact.removed", f"user {username}", f"contact {name}")
    return gone


def enable_contact(session: Session, username: str, name: str, *, enabled: bool) -> None:
    """Let pages go to the contact, or not any more."""
    with changing(session, username) as (conn, _):
        contact = contact_named(conn, username, name)
        rows.change(conn, contact_methods, contact.id, {"enabled": enabled})
        word = "enabled" if enabled else "disabled"
        done(conn, session, f"contact.{word}", f"user {username}", f"contact {name}")


def add_rule(session: Session, username: str, contact: str, *, delay: str = "0s", urgency: str | None = None) -> int:
    """Use a contact when `delay` has passed since the person was reached; the rule's place, from 1."""
    span = parse_duration(texts.duration(delay))
    if urgency is not None and urgency not in [known.value for known in Urgency]:
        raise Invalid(f"'{urgency}' is no urgency", mend="one of: high, low; leave it out for both", path="urgency")
    with changing(session, username) as (conn, user):
        known = contact_named(conn, username, contact)
        there = contacts.rules_of(conn, user.id)
        if any(
            (one.contact, one.urgency, one.delay_seconds) == (contact, urgency, span.total_seconds()) for one in there
        ):
            raise Refused(f"{username} has this rule already", mend="see 'oncall user rule list'", code="duplicate")
        rows.add(
            conn,
            notification_rules,
            {
                "user_id": user.id,
                "contact_id": known.id,
                "delay_seconds": span.total_seconds(),
                "urgency": urgency,
                "position": there[-1].position + 1 if there else 0,
            },
        )
        done(conn, session, "rule.added", f"user {username}", f"{contact} after {format_duration(span)}")
    return len(there) + 1


def remove_rule(session: Session, username: str, place: int) -> str:
    """Forget the rule at this place, counted from 1; what it said. Raises Unknown."""
    with changing(session, username) as (conn, user):
        there = contacts.rules_of(conn, user.id)
        if not 1 <= place <= len(there):
            mend = f"see 'oncall user rule list {username}'"
            raise Unknown(f"{username} has no rule {place}", mend=mend, path="rule")
        rule = there[place - 1]
        rows.remove(conn, notification_rules, rule.id)
        done(conn, session, "rule.removed", f"user {username}", _rule_words(rule))
    return _rule_words(rule)


def _rule_words(rule: AnyRow) -> str:
    after = format_duration(timedelta(seconds=rule.delay_seconds))
    return f"{rule.contact} after {after}, {rule.urgency or 'both urgencies'}"
