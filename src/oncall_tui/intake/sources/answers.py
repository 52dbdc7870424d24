"""The answers of dialects whose contract names none of its own."""

from __future__ import annotations

from oncall_tui.intake.reading import Answer, Unusable


def unusable(why: Unusable) -> Answer:
    """400 with everything that is wrong: only for what will never become readable."""
    return Answer(400, {"status": "malformed" if why.malformed else "unusable", "errors": list(why.errors)})


def unknown_key() -> Answer:
    """403: no integration has this key, or no longer."""
    return Answer(403, {"status": "forbidden", "errors": ["no integration has this key"]})
