"""Signed links: whoever holds one may answer one page, until it expires. Nothing about them is stored."""

from __future__ import annotations

import base64
import binascii
import hmac
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from oncall_tui.domain.errors import Forbidden, Refused
from oncall_tui.storage.cipher import Cipher

PATH = "/a/{token}"
HOLDS = timedelta(hours=24)
LONGEST_TOKEN = 64

_SIGNED = 16  # bytes of the signature that a token carries: 128 bits can't be guessed, and 32 would crowd an SMS
_EXPIRY = 4  # bytes: minutes since 1970
_VERSION = b"\x01"


class ForgedLink(Forbidden):
    """The token was not made by this house, or not whole."""

    code = "forged_link"


class ExpiredLink(Refused):
    """The token's time is over."""

    code = "expired_link"
    http_status = 410


@dataclass(frozen=True, slots=True)
class Ticket:
    """What a token says: it answers the page `seq` of incident `number`, until it expires."""

    number: int
    seq: int
    expires_at: datetime

    @property
    def page(self) -> str:
        """The page's id."""
        return f"{self.number}-{self.seq}"


class Links:
    """Makes and reads the links of one house, known by its secret key."""

    def __init__(self, cipher: Cipher, public_url: str | None) -> None:
        """`public_url` is where responders reach the listener; without it pages carry no links."""
        self._cipher = cipher
        self._public_url = public_url

    def link(self, number: int, seq: int, now: datetime) -> str | None:
        """The address at which this page is answered for the next 24 hours; None without a `public_url`."""
        if self._public_url is None:
            return None
        return self._public_url + PATH.format(token=self.token(Ticket(number, seq, now + HOLDS)))

    def token(self, ticket: Ticket) -> str:
        """The ticket, signed: 30 characters or so, all of them safe in a URL."""
        signed = _written(ticket)
        return base64.urlsafe_b64encode(signed + self._signature(signed)).rstrip(b"=").decode("ascii")

    def read(self, token: str, now: datetime) -> Ticket:
        """The ticket that we signed. Raises ForgedLink or ExpiredLink."""
        signed, signature = _parts(token)
        if not hmac.compare_digest(signature, self._signature(signed)):
            raise _forged()
        ticket = _ticket(signed)
        # One ticket has one spelling: base64 leaves bits over at its end.
        if self.token(ticket) != token:
            raise _forged()
        if now >= ticket.expires_at:
            raise ExpiredLink(
                f"This link has expired: it was good for {HOLDS.total_seconds() / 3600:.0f} hours.",
                mend=f"Use the link of a later page, or run: oncall show {ticket.number}",
            )
        return ticket

    def _signature(self, signed: bytes) -> bytes:
        return self._cipher.signature(_VERSION + signed)[:_SIGNED]


def _written(ticket: Ticket) -> bytes:
    # Rounded up to whole minutes: a link holds no shorter than said.
    minutes = -((datetime(1970, 1, 1, tzinfo=UTC) - ticket.expires_at) // timedelta(minutes=1))
    return minutes.to_bytes(_EXPIRY) + _short(ticket.number) + _short(ticket.seq)


def _short(value: int) -> bytes:
    """A number in as few bytes as it needs, with their count before it."""
    size = (value.bit_length() + 7) // 8
    return bytes([size]) + value.to_bytes(size)


def _parts(token: str) -> tuple[bytes, bytes]:
    if not token.isascii() or len(token) > LONGEST_TOKEN:
        raise _forged()
    try:
        raw = base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        raise _forged() from None
    if len(raw) < _EXPIRY + 2 + _SIGNED:
        raise _forged()
    return raw[:-_SIGNED], raw[-_SIGNED:]


def _ticket(signed: bytes) -> Ticket:
    """Reads what `_written` wrote: the signature has been checked."""
    minutes, rest = int.from_bytes(signed[:_EXPIRY]), signed[_EXPIRY:]
    numbers: list[int] = []
    while rest:
        size = rest[0]
        numbers.append(int.from_bytes(rest[1 : 1 + size]))
        rest = rest[1 + size :]
    if len(numbers) != 2:
        raise _forged()
    number, seq = numbers
    return Ticket(number, seq, datetime(1970, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes))


def _forged() -> ForgedLink:
    return ForgedLink("This link is not one of ours, or part of it is missing.", mend="Open it from the page itself.")
