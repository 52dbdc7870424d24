"""Make text that somebody else wrote fit to stand in a page."""

from __future__ import annotations

import re
import unicodedata

CUT = "…"

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


def _visible(text: str) -> str:
    shown = "".join(
        " " if character.isspace() else character
        for character in text
        if character.isspace() or character == _JOINER or unicodedata.category(character) not in _STRIPPED
    )
    return _EVERYBODY.sub("@ ", shown)


def _cut(text: str, limit: int) -> str:
    return text if len(text) <= limit else text[: limit - len(CUT)].rstrip() + CUT
