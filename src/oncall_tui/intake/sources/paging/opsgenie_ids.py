"""The ids that Opsgenie's clients are given, in its shapes, made of our own numbers so that nothing has to be kept.

An alert's id and tiny id are its row's number, which stays when its incident is merged, is never given twice and tells
nothing of other integrations' alerts. A request's id tells what the request did: a UUID of version 8 (RFC 9562, 5.8).
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from enum import IntEnum
from uuid import UUID

_ALERT = 0x6F6E6361_6C6C_4000_8000_000000000000
_NUMBER = (1 << 48) - 1
_DIGEST = (1 << 26) - 1
_VERSION = 8 << 76
_VARIANT = 2 << 62


class Did(IntEnum):
    """What a request was for, by the word that its status shows."""

    CREATE = 1
    ACKNOWLEDGE = 2
    UNACKNOWLEDGE = 3
    CLOSE = 4
    SNOOZE = 5
    NOTE = 6
    ASSIGN = 7
    ESCALATE = 8
    RESPONDERS = 9
    TAGS = 10
    UNTAG = 11
    DETAILS = 12
    UNDETAIL = 13
    ACTION = 14
    MESSAGE = 15
    DESCRIPTION = 16
    PRIORITY = 17
    DELETE = 18
    TEAM = 19
    PING = 20


class Came(IntEnum):
    """What came of it."""

    DONE = 1
    NO_ALERT = 2
    REFUSED = 3


def alert_id(number: int) -> str:
    """The id of the alert with this number."""
    return str(UUID(int=_ALERT | number & _NUMBER))


def alert_number(text: str) -> int | None:
    """The number behind an id; None when it is none of ours."""
    value = _uuid(text)
    return value & _NUMBER if value is not None and value & ~_NUMBER == _ALERT else None


def digest_of(key: str) -> int:
    """What tells an alert's key from the others of its incident; never 0."""
    return int.from_bytes(hashlib.sha256(key.encode("utf-8", "replace")).digest()[:4], "big") & _DIGEST or 1


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestId:
    """What a request did. `number` is the alert's, of a CREATE the incident's: its alert is known by `digest`.

    `at` is in whole seconds since 1970; a CREATE has none, its alert knows.
    """

    did: Did
    came: Came
    number: int = 0
    digest: int = 0
    at: int = 0

    def __str__(self) -> str:
        # Two requests never have the same: where no time stands, or the same, chance tells them apart.
        middle = self.digest or secrets.randbelow(_DIGEST)
        first = self.at or secrets.randbits(32)
        value = self.did << 120 | self.came << 112 | (first & 0xFFFFFFFF) << 80 | _VERSION | _VARIANT
        return str(UUID(int=value | (middle >> 14) << 64 | (middle & 0x3FFF) << 48 | self.number & _NUMBER))


def read_request(text: str) -> RequestId | None:
    """What a request's id tells; None when it is none of ours."""
    value = _uuid(text)
    if value is None or value >> 76 & 0xF != 8 or value >> 62 & 3 != 2:
        return None
    try:
        did, came = Did(value >> 120), Came(value >> 112 & 0xFF)
    except ValueError:
        return None
    created = did is Did.CREATE
    digest = (value >> 64 & 0xFFF) << 14 | value >> 48 & 0x3FFF
    at = 0 if created else value >> 80 & 0xFFFFFFFF
    return RequestId(did=did, came=came, number=value & _NUMBER, digest=digest if created else 0, at=at)


def _uuid(text: str) -> int | None:
    try:
        return UUID(text).int
    except ValueError:
        return None
