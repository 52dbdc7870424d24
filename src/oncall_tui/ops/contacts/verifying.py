"""Prove that a contact reaches its person: a code goes out, and comes back from them."""

from __future__ import annotations

import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

from oncall_tui.domain.errors import Invalid, Refused
from oncall_tui.ops.contacts.rights import changing, contact_named, done, may_change, noted
from oncall_tui.ops.notices.queueing import NoticeTo, queue
from oncall_tui.ops.session import Session
from oncall_tui.storage.cipher import Cipher
from oncall_tui.storage.directory_rows import writing as rows
from oncall_tui.storage.statements.delivery import contacts
from oncall_tui.storage.tables import contact_methods

DIGITS = 6
HOLDS = timedelta(minutes=15)
GUESSES = 5
BETWEEN_CODES = timedelta(seconds=30)


@dataclass(frozen=True, slots=True)
class Sent:
    """A message on its way to a contact: the notice's number, and until when its code holds."""

    notice: int
    until: datetime


class _Verdict(Enum):
    RIGHT = "right"
    WRONG = "wrong"
    OVER = "over"
    NONE = "none"


def send_code(session: Session, username: str, name: str) -> Sent:
    """Send a fresh six-digit code to a contact; it holds for 15 minutes, and codes sent before hold no more.

    Raises Refused when one was sent within the last half minute. The code itself is told nowhere else.
    """
    may_change(session, username)
    cipher, now = session.cipher(), session.now()
    with session.writing() as conn:
        contact = contact_named(conn, username, name)
        before = contacts.code(conn, contact.id)
        if before is not None and now - before.made_at < BETWEEN_CODES:
            raise Refused("a code was sent just now", mend="wait half a minute before asking for another")
        contacts.take_back_codes(conn, contact.id, now)
        contacts.forget_code(conn, contact.id)
        code = f"{secrets.randbelow(10**DIGITS):0{DIGITS}}"
        contacts.keep_code(conn, contact.id, _hashed(cipher, contact.id, code), now, now + HOLDS)
        notice = queue(
            conn,
            now=now,
            kind="verification",
            to=NoticeTo(username, name),
            subject=f"{code} is your oncall code",
            body=f"Enter it within 15 minutes to verify the contact: oncall user contact verify {name} {code}",
            expires_at=now + HOLDS,
        )
        assert notice is not None, "the contact was read in this transaction"
        noted(conn, session, "contact.code_sent", f"user {username}", f"contact {name}")
    return Sent(notice, now + HOLDS)


def verify(session: Session, username: str, name: str, code: str) -> None:
    """Mark the contact as verified when this is its code. Raises Invalid when it is not: five guesses, then a new code.

    A wrong guess is counted on disk before it is told.
    """
    cipher, now = session.cipher(), session.now()
    typed = "".join(code.split())
    left = 0
    with changing(session, username) as (conn, _):
        contact = contact_named(conn, username, name)
        kept = contacts.code(conn, contact.id)
        verdict = _Verdict.NONE
        if kept is not None and kept.wrong < GUESSES:
            verdict = _judge(cipher, contact.id, typed, kept.digest, over=now >= kept.expires_at)
        match verdict:
            case _Verdict.RIGHT:
                rows.change(conn, contact_methods, contact.id, {"verified_at": now})
                contacts.forget_code(conn, contact.id)
                done(conn, session, "contact.verified", f"user {username}", f"contact {name}")
            case _Verdict.WRONG:
                assert kept is not None, "without a code nothing is wrong"
                left = GUESSES - kept.wrong - 1
                contacts.count_wrong(conn, contact.id)
                if left <= 0:
                    # It stays, guessed out: the next one may not be asked for any sooner by guessing fast.
                    contacts.wipe_codes(conn, contact.id)
                noted(conn, session, "contact.code_wrong", f"user {username}", f"contact {name}")
            case _Verdict.OVER:
                contacts.forget_code(conn, contact.id)
            case _Verdict.NONE:
                pass
    _tell(verdict, name, left)


def _tell(verdict: _Verdict, name: str, left: int) -> None:
    again = f"ask for a new one: oncall user contact verify {name}"
    match verdict:
        case _Verdict.WRONG if left > 0:
            guesses = "one guess is" if left == 1 else f"{left} guesses are"
            raise Invalid("this is not the code that was sent", mend=f"{guesses} left", path="code", code="wrong_code")
        case _Verdict.WRONG:
            raise Invalid("this is not the code, and it was the last guess", mend=again, path="code", code="wrong_code")
        case _Verdict.OVER:
            raise Invalid("this code is older than 15 minutes", mend=again, path="code", code="wrong_code")
        case _Verdict.NONE:
            raise Invalid("no code was sent to this contact", mend=again, path="code", code="no_code")
        case _Verdict.RIGHT:
            return


def _judge(cipher: Cipher, contact: int, typed: str, digest: str, *, over: bool) -> _Verdict:
    salt = digest.partition(":")[0]
    right = hmac.compare_digest(_hashed(cipher, contact, typed, salt).encode(), digest.encode())
    if over:
        return _Verdict.OVER
    return _Verdict.RIGHT if right else _Verdict.WRONG


def _hashed(cipher: Cipher, contact: int, code: str, salt: str | None = None) -> str:
    """How a code is stored. Six digits are soon guessed from a plain hash: this one needs the secret key, too."""
    salt = salt or secrets.token_hex(8)
    return f"{salt}:{cipher.fingerprint(f'code {contact} {salt} {code}')}"
