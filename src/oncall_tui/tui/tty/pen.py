"""Colours in few bytes: a terminal keeps the style it was told last, so that only what changes is said.

Rich says every style whole and takes it back behind every word: in a theme with a ground of its own, half of what a
step of the cursor costs.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

from rich.color import ColorSystem
from rich.segment import Segment
from rich.style import Style

_ENDS = {"1": "22", "2": "22", "3": "23", "4": "24", "5": "25", "6": "25", "7": "27", "8": "28", "9": "29"}
_PARTS = re.compile(r"[34]8;2;\d+;\d+;\d+|[34]8;5;\d+|\d+")  # a colour is several numbers, all else one (ECMA-48, SGR)
_ON_BLANKS = frozenset({"4", "7", "9", "21", "53"})  # weights that can be seen where there is no letter
_INKS, _GROUNDS = (*range(30, 40), *range(90, 98)), (*range(40, 50), *range(100, 108))


class Worn(NamedTuple):
    """What a terminal shows text in: weights and the two colours, as SGR numbers; empty is the terminal's own."""

    weights: frozenset[str] = frozenset()
    ink: str = ""
    ground: str = ""


PLAIN = Worn()


class Pen:
    """Writes pieces of text in their styles, one after the other, wherever the cursor is moved between them."""

    def __init__(self, colours: ColorSystem) -> None:
        self._colours = colours
        self._worn = PLAIN

    def write(self, segments: Iterable[Segment]) -> str:
        """The text with what has to be said before each piece of it."""
        return "".join(map(self._piece, segments))

    def lift(self) -> str:
        """What leaves the terminal in its own style."""
        worn, self._worn = self._worn, PLAIN
        return change(worn, PLAIN)

    def _piece(self, segment: Segment) -> str:
        text, style, _ = segment
        worn = PLAIN if style is None else worn_in(style, self._colours)
        if text.isspace() and not _ON_BLANKS & (worn.weights | self._worn.weights):
            worn = self._worn._replace(ground=worn.ground)  # blanks have no ink
        said, self._worn = change(self._worn, worn), worn
        if style is not None and style.link:
            return f"{said}\x1b]8;id={style._link_id};{style.link}\x1b\\{text}\x1b]8;;\x1b\\"
        return said + text


@lru_cache(1024)
def worn_in(style: Style, colours: ColorSystem) -> Worn:
    """What a style is on a terminal of so many colours."""
    said = style.clear_meta_and_links().render(" ", color_system=colours)
    weights, ink, ground = set(), "", ""
    for part in _PARTS.findall(said.partition("m")[0]):
        number = int(part.partition(";")[0])
        if number in _INKS:
            ink = "" if number == 39 else part
        elif number in _GROUNDS:
            ground = "" if number == 49 else part
        else:
            weights.add(part)
    return Worn(frozenset(weights), ink, ground)


@lru_cache(4096)
def change(before: Worn, after: Worn) -> str:
    """The shortest sequence from one to the other: all anew, or only what differs."""
    if before == after:
        return ""
    anew = ["0", *sorted(after.weights), after.ink, after.ground]
    ended = {_ENDS.get(weight, "0") for weight in before.weights - after.weights}
    if "0" in ended:
        return _said(anew)
    kept = {weight for weight in after.weights if _ENDS.get(weight) in ended}  # 22 ends bold and faint alike
    differing = [*sorted(ended), *sorted(kept | (after.weights - before.weights))]
    if after.ink != before.ink:
        differing.append(after.ink or "39")
    if after.ground != before.ground:
        differing.append(after.ground or "49")
    return min(_said(anew), _said(differing), key=len)  # of equals the first, which every terminal knows


def _said(numbers: Iterable[str]) -> str:
    parts = ";".join(number for number in numbers if number)
    return f"\x1b[{'' if parts == '0' else parts}m"
