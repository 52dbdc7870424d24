"""Make text that somebody else wrote fit to stand in a page, and tell times and names as their reader does."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from datetime import datetime

from oncall_tui.domain.errors import Invalid
from oncall_tui.domain.time.walltime import wall, zone

CUT = "…"
NAME_LIMIT = 80
NAMES_SHOWN = 8

_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

# Cc: control, Cf: format (bidirectional overrides, zero-width marks, tags), Cs: lone surrogates, Zl, Zp: separators.
_STRIPPED = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
# Chat services wake a whole channel for these words, whoever wrote them.
_EVERYBODY = re.compile(r"(?<!\w)@(?=(?:everyone|here|channel|all)\b)", re.IGNORECASE)
_JOINER = "\u200d"  # holds family and profession emoji together


def one_line(text: str, limit: int) -> str:
    """The text on one line, without control and bidirectional characters, cut visibly at `limit` characters."""
    return _cut(" ".join(_visible(text).split()), limit)


def paragraphs(text: str, limit: int, lines: int) -> str:
    """The text with its line breaks, otherwise as `one_line`; at most `lines` lines."""
    kept = [" ".join(_visible(line).split()) for line in text.splitlines()]
    while kept and not kept[0]:
        kept.pop(0)
    while kept and not kept[-1]:
        kept.pop()
    if len(kept) > lines:
        kept = [*kept[:lines], CUT]
    return _cut("\n".join(kept), limit)


def names_in_words(names: Sequence[str]) -> str:
    """The first eight names, and how many more there are."""
    shown = [one_line(name, NAME_LIMIT) for name in names[:NAMES_SHOWN]]
    more = len(names) - len(shown)
    return ", ".join(shown) + (f" and {more} more" if more else "")


def local_time(at: datetime, timezone: str) -> str:
    """An instant as the reader's clock shows it; in UTC when the zone is unknown, for the message must go out."""
    try:
        local = zone(timezone)
    except Invalid:
        timezone, local = "UTC", zone("UTC")
    shown = wall(at, local)
    return f"{_DAYS[shown.weekday()]} {shown.day} {_MONTHS[shown.month - 1]} {shown:%H:%M} {timezone}"


def _visible(text: str) -> str:
    shown = text
    if not (text.isascii() and text.isprintable()):  # most texts are: looking at each letter takes ten times as long
        shown = "".join(
            " " if character.isspace() else character
            for character in text
            if character.isspace() or character == _JOINER or unicodedata.category(character) not in _STRIPPED
        )
    return _EVERYBODY.sub("@ ", shown) if "@" in shown else shown


def _cut(text: str, limit: int) -> str:
    return text if len(text) <= limit else text[: limit - len(CUT)].rstrip() + CUT
