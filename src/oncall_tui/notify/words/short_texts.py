"""Word a page for services whose messages are short: one SMS where it can be, and nothing that matters cut in two."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from oncall_tui.domain.errors import Invalid
from oncall_tui.domain.time.walltime import wall, zone
from oncall_tui.notify.words.wording import one_line

SMS = 160
"""Characters of one SMS in the GSM alphabet (3GPP TS 23.038); any other letter in it, and only 70 fit."""

LONGEST = 1500
"""Characters that a long text is cut to. Twilio refuses more than 1,600 for good (its error 21617)."""

_LEAST = 20  # characters of the first part, kept even when the link has used up the room
_CUT = ".."
# Signs that would make a message of 160 characters three, for ones of the GSM alphabet that say the same.
_PLAIN = str.maketrans({
    "…": "..", "–": "-", "—": "-", "’": "'", "‘": "'", "“": '"', "”": '"', "×": "x", "→": ">", "•": "-", "`": "'",
})  # fmt: skip


def short_message(start: str, parts: Sequence[str], link: str | None) -> str:
    """`start`, as much of the parts as fits, in their order, and the link: 160 characters, unless the link is long.

    A part after the first is told whole or not at all, so the first gives way to it, down to half of the room.
    """
    end = f" {link}" if link else ""
    room = max(_LEAST, SMS - len(start) - len(end) - 2)
    first, *rest = [one_line(part, SMS).translate(_PLAIN) for part in parts]
    told: list[str] = []
    for part in rest:
        if min(len(first), room // 2) + sum(len(one) + 2 for one in (*told, part)) <= room:
            told.append(part)
    left = room - sum(len(one) + 2 for one in told)
    return f"{start}: {', '.join((_cut(first, left), *told))}{end}"


def tight_time(at: datetime, timezone: str) -> str:
    """An instant as the reader's clock shows it, month before day: "07-06 09:02"; in UTC, said so, for no such zone."""
    try:
        local, told = zone(timezone), ""
    except Invalid:
        local, told = zone("UTC"), "Z"
    shown = wall(at, local)
    return f"{shown:%m-%d %H:%M}{told}"


def _cut(text: str, limit: int) -> str:
    return text if len(text) <= limit else text[: limit - len(_CUT)].rstrip() + _CUT
