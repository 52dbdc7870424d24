"""A runbook as lines: Markdown as far as people write it into a config file, read without a parser of the web.

Headings, lists, quotes, rules, code, emphasis and links are known; all else, HTML among it, is text. A link shows its
address beside its words, so that nothing can be clicked that was not read; pictures are named and never fetched.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

from oncall_tui.tui.boundary import clip, safe_text, width_of
from oncall_tui.tui.presenters.line import EMPTY, Line, Piece, Tone, line, quiet, strong

INDENT = 2  # cells before every line
NARROWEST = 20
_FENCE = re.compile(r" {0,3}(```+|~~~+)")
_HEADING = re.compile(r" {0,3}#{1,6}\s+(.*?)\s*#*$")
_RULE = re.compile(r" {0,3}(?:(?:-\s*){3,}|(?:\*\s*){3,}|(?:_\s*){3,})$")
_ITEM = re.compile(r"( *)(?:([-*+])|([0-9]{1,4}[.)]))\s+(.*)$")
_QUOTE = re.compile(r" {0,3}> ?(.*)$")
_CODE = re.compile(r"(?: {4}|\t)(.*)$")
# Every stretch is bounded, so that no text makes the search longer than its length times that bound.
_INLINE = re.compile(
    r"\\(?P<escaped>[!-/:-@\[-`{-~])"
    r"|`(?P<code>[^`]{1,400})`"
    r"|(?P<bang>!?)\[(?P<words>[^\]]{0,400})\]\((?P<target>[^()\s]{1,2000})(?:\s+\"[^\"]{0,400}\")?\)"
    r"|<(?P<bare>(?:https?://|mailto:)[^<>\s]{1,2000})>"
    r"|(?P<plain>https?://[^\s<>()\[\]`]{1,2000}[^\s<>()\[\]`.,;:!?'\"])"
    r"|\*\*(?P<bold>[^*]{1,400})\*\*|(?<!\w)__(?P<under>[^_]{1,400})__(?!\w)"
    r"|\*(?P<slanted>[^*\s][^*]{0,400})\*"
)

_TONES = {"code": Tone.GOOD, "bare": Tone.ACCENT, "plain": Tone.ACCENT, "bold": Tone.STRONG, "under": Tone.STRONG}


@lru_cache(8)
def runbook_lines(text: str, cells: int) -> tuple[Line, ...]:
    """The runbook in lines of at most `cells` cells; nothing of it is cut away, long lines go on in the next."""
    room = max(NARROWEST, cells - INDENT)
    margin = Piece(" " * INDENT)
    return tuple((margin, *one) if one else EMPTY for one in _blocks(text, room))


def _blocks(text: str, room: int) -> Iterator[Line]:
    paragraph: list[str] = []
    fence = ""
    for written in map(safe_text, text.expandtabs(4).split("\n")):
        if fence:
            fence = "" if (closed := written.strip().startswith(fence)) else fence
            yield from () if closed else _code(written, room)
            continue
        opened, indented, block = _FENCE.match(written), _CODE.match(written), _block(written, room)
        if not opened and block is None and (paragraph or not indented):
            paragraph.append(written.strip())
            continue
        yield from _flowing(_pieces(" ".join(paragraph)), room)
        paragraph.clear()
        if opened:
            fence = opened[1]
        elif block is not None:
            yield from block
        elif indented:
            yield from _code(indented[1], room)
    yield from _flowing(_pieces(" ".join(paragraph)), room)


def _block(written: str, room: int) -> Iterable[Line] | None:
    """What a line is that is a block of its own; None for one that may be part of a paragraph."""
    if not written.strip():
        return (EMPTY,)
    if _RULE.match(written):
        return (line(quiet("─" * min(room, 40))),)
    if found := _HEADING.match(written):
        return _flowing([strong(piece.text) for piece in _pieces(found[1])], room)
    if found := _ITEM.match(written):
        mark = found[3] or "•"
        hanging = min(len(found[1]), 8) + len(mark) + 1
        return _hung(line(quiet(f"{mark} ".rjust(hanging))), _pieces(found[4]), room, hanging)
    if found := _QUOTE.match(written):
        return ((quiet("│ "), *part) for part in _flowing(_pieces(found[1]), room - 2))
    return _code(written, room) if written.lstrip().startswith("|") else None


def _code(written: str, room: int) -> Iterator[Line]:
    """A line to copy: broken where the room ends, every sign of it there."""
    rest = written.rstrip()
    while True:
        shown = clip(rest, room - 2)
        taken = len(rest) if width_of(rest) <= room - 2 else max(1, len(shown) - 1)
        yield line("  ", Piece(rest[:taken], Tone.GOOD))
        rest = rest[taken:]
        if not rest:
            return


def _pieces(text: str) -> list[Piece]:
    """The text with its emphasis, code and links as tones."""
    pieces: list[Piece] = []
    end = 0
    for found in _INLINE.finditer(text):
        if found.start() > end:
            pieces.append(Piece(text[end : found.start()]))
        pieces += _inline(found)
        end = found.end()
    return [*pieces, Piece(text[end:])] if end < len(text) else pieces


def _inline(found: re.Match[str]) -> Iterable[Piece]:
    name = found.lastgroup or ""
    words = found[name]
    if name == "target":
        address = Piece(words, Tone.ACCENT, words)
        if found["bang"]:
            return (quiet(f"[picture: {found['words']}] "), address._replace(link=""))
        return (address,) if found["words"] == words else (Piece(f"{found['words']} "), address)
    return (Piece(words, _TONES.get(name, Tone.PLAIN), words if name in ("bare", "plain") else ""),)


def _hung(mark: Line, pieces: Iterable[Piece], room: int, hanging: int) -> Iterator[Line]:
    """A list's item: its mark, then its text beside it."""
    for place, part in enumerate(_flowing(pieces, room - hanging)):
        yield (*(mark if place == 0 else line(" " * hanging)), *part)


def _flowing(pieces: Iterable[Piece], room: int) -> Iterator[Line]:
    """The pieces broken at blanks into lines of at most `room` cells; what is longer goes on in the next."""
    now: list[Piece] = []
    used = 0
    for piece in pieces:
        for part in re.split(r"(\s+)", piece.text):
            if not part:
                continue
            if part.isspace():
                if now and used < room:
                    now.append(piece._replace(text=" ", link=""))
                    used += 1
                continue
            rest = part
            if now and used + width_of(rest) > room:
                yield tuple(now)
                now, used = [], 0
            while width_of(rest) > room:
                taken = max(1, len(clip(rest, room)) - 1)
                yield (piece._replace(text=rest[:taken]),)
                rest = rest[taken:]
            now.append(piece._replace(text=rest))
            used += width_of(rest)
    if now:
        yield tuple(now)
