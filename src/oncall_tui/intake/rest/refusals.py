"""What each request may be answered when it is not done, as the description tells it: one shape for all."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel


class Wrong(BaseModel):
    """One thing that is wrong, and the mend. `path`: where in what was sent; `code` stays the same for ever."""

    path: str
    code: str
    message: str
    mend: str


class Refusal(BaseModel):
    """Everything that is wrong, at once."""

    errors: list[Wrong]


_MEANS = {
    401: "There is no token that opens this.",
    403: "Not with this role.",
    404: "There is no such thing.",
    409: "Refused as things stand, or lost to somebody else.",
    413: "The body is over 1 MiB.",
    422: "Nonsense: a field or parameter is missing, unknown or has no such value.",
    429: "Too many requests, or too many wrong tokens; `Retry-After` tells how long to wait.",
    503: "The database is away; send it again after `Retry-After`.",
}
EVERYWHERE = (401, 429, 503)


def refused(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """These refusals, described."""
    return {status: {"model": Refusal, "description": _MEANS[status]} for status in statuses}
