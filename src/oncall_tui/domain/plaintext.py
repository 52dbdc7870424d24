"""Text from outside made harmless to look at: it can move no cursor, write no clipboard and turn no line round."""

from __future__ import annotations

import unicodedata

_PICTURES = 0x2400  # U+2400 and following show the C0 controls: ESC is ␛
# Line and paragraph separators, surrogates, private and unassigned characters, and format characters: bidi controls,
# zero-width joiners, tags. None of them shows; all of them can change what is read.
_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


def visible(text: str) -> str:
    """The text on one line with every control, bidi and zero-width character as a mark that can be seen."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(_mark(char) for char in text)


def _mark(char: str) -> str:
    if char < " ":
        return chr(_PICTURES + ord(char))
    if char == "\x7f":
        return "␡"
    if unicodedata.category(char) in _HIDDEN:
        return f"<{ord(char):04X}>"
    return char
