"""The answers of dialects whose contract names none of its own."""

from __future__ import annotations

from collections.abc import Sequence

from oncall_tui.intake.payload.reading import Answer, Taken, Unusable


def accepted(taken: Sequence[Taken]) -> Answer:
    """202 with the key used, and the incident that it is about."""
    number = next((one.number for one in taken if one.number is not None), None)
    key = taken[0].dedup_key if taken else None
    return Answer(202, {"status": "accepted", "dedup_key": key, "incident": number})


def unusable(why: Unusable) -> Answer:
    """400 with everything that is wrong: only for what will never become readable."""
    return Answer(400, {"status": "malformed" if why.malformed else "unusable", "errors": list(why.errors)})


def unknown_key() -> Answer:
    """403: no integration has this key, or no longer."""
    return Answer(403, {"status": "forbidden", "errors": ["no integration has this key"]})
