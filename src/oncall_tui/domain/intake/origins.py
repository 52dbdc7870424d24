"""Which addresses in a message of AWS SNS may be fetched: Amazon's own, and those an admin has listed."""

from __future__ import annotations

import re
from collections.abc import Iterable
from enum import StrEnum

# The whole address is matched, not a part that some parser takes for the host; nobody else can have these names.
_AMAZONS = re.compile(r"https://sns\.[a-z0-9-]{3,40}\.amazonaws\.com(\.cn)?/[!-\[\]-~]*")
_LISTED_REST = re.compile(r"/[!-\[\]-~]*")


class Origin(StrEnum):
    """Where an address leads."""

    AMAZON = "amazon"
    LISTED = "listed"  # by an admin, so it may be of the own network


def origin_of(url: str, listed: Iterable[str]) -> Origin | None:
    """Amazon's SNS over https, or one of the listed origins (`https://host:port`); None for any other address."""
    if _AMAZONS.fullmatch(url):
        return Origin.AMAZON
    for origin in listed:
        start = origin.rstrip("/")
        if url.startswith(start) and _LISTED_REST.fullmatch(url[len(start) :]):
            return Origin.LISTED
    return None
