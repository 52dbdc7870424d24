"""The only way of a string to the screen: what cannot be seen, or would act, becomes a visible mark.

Senders write titles, and a terminal obeys what it is sent: an ESC can write the clipboard, a bidi override can make one
host name look like another. `domain.plaintext` marks those; here comes what only a grid of cells suffers from: piles of
accents, invisible letters, blanks of odd widths, endless text. Markup is never parsed, so brackets are just brackets.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache

from rich.cells import cell_len

from oncall_tui.domain.plaintext import visible

LONGEST = 4096  # characters looked at; nothing on a screen is longer
MOST_ACCENTS = 2  # kept on one letter; a pile of them would paint over other lines
CUT = "…"
LONGEST_LINK = 2000  # characters; VTE, which GNOME's terminal is made of, drops links of more than 2083 bytes
LINKED = ("https://", "http://", "mailto:")

_INVISIBLE_LETTERS = frozenset("\u115f\u1160\u3164\uffa0\u2800\u034f\u17b4\u17b5")
_ACCENTS = frozenset({"Mn", "Me"})


def safe_text(text: str) -> str:
    """The text on one line, with whatever is hidden or would act made visible. Applied twice it changes nothing."""
    if text.isascii() and text.isprintable() and len(text) <= LONGEST:
        return text
    return _made_safe(text[:LONGEST])


@lru_cache(4096)
def _made_safe(text: str) -> str:
    shown: list[str] = []
    accents = 0
    for character in visible(text):
        if _shapes_another(character):
            accents += 1
            if accents > MOST_ACCENTS:
                continue
            if not shown:
                shown.append("◌")
        else:
            accents = 0
        shown.append(_plain(character))
    return "".join(shown)


def _shapes_another(character: str) -> bool:
    return unicodedata.category(character) in _ACCENTS and not _selects_a_variant(character)


def _selects_a_variant(character: str) -> bool:
    """Variation selectors make terminals disagree about the width of what stands before them."""
    return "\ufe00" <= character <= "\ufe0f" or "\U000e0100" <= character <= "\U000e01ef"


def _plain(character: str) -> str:
    if character in _INVISIBLE_LETTERS or _selects_a_variant(character):
        return f"<{ord(character):04X}>"
    return " " if unicodedata.category(character) == "Zs" else character


def safe_link(address: str) -> str:
    """The address where a terminal may make it something to click, else nothing.

    Only addresses for browsers and mail, and only of letters that stand for themselves: what is outside visible ASCII
    could look like another host, and a semicolon parts the fields of the sequence that carries it (OSC 8).
    """
    allowed = address.lower().startswith(LINKED) and len(address) <= LONGEST_LINK
    return address if allowed and all("!" <= sign <= "~" and sign != ";" for sign in address) else ""


def width_of(text: str) -> int:
    """How many cells the text takes once it is safe."""
    shown = safe_text(text)
    return len(shown) if shown.isascii() else cell_len(shown)


def clip(text: str, width: int) -> str:
    """The safe text, cut with `…` where it is wider than `width` cells."""
    if width <= 0:
        return ""
    shown = safe_text(text)
    if len(shown) <= width and (shown.isascii() or cell_len(shown) <= width):
        return shown
    if cell_len(shown) <= width:
        return shown
    kept: list[str] = []
    used = 0
    for character in shown:
        step = cell_len(character)
        if used + step > width - 1:
            break
        kept.append(character)
        used += step
    return "".join(kept) + CUT


def fit(text: str, width: int, *, right: bool = False) -> str:
    """The safe text in exactly `width` cells: cut, or padded with blanks."""
    shown = clip(text, width)
    blanks = " " * (width - width_of(shown))
    return blanks + shown if right else shown + blanks
