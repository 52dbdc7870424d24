"""The key that a sender presents in a header, where its path has none."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping

_SCHEMES = frozenset({"bearer", "geniekey", "token"})
LONGEST = 1_000  # characters


def presented_key(headers: Mapping[str, str]) -> str | None:
    """The key of `Authorization` (Bearer, GenieKey, Token, Token token=…, Basic, or the key alone) or of `X-API-Key`.

    None without one. Of Basic it is the password, or the user where that is empty. Names of headers are in lower case.
    """
    scheme, _, rest = headers.get("authorization", "").strip()[:LONGEST].partition(" ")
    found = rest.strip()
    match scheme.lower():
        case "basic":
            found = _of_basic(found)
        case known if known in _SCHEMES:
            found = found.removeprefix("token=").strip('"')
        case _ if found:
            found = ""  # a scheme that we don't know
        case _:
            found = scheme
    return found or headers.get("x-api-key", "").strip()[:LONGEST] or None


def _of_basic(text: str) -> str:
    try:
        user, _, password = base64.b64decode(text, validate=True).decode("utf-8", "replace").partition(":")
    except (binascii.Error, ValueError):
        return ""
    return password or user
