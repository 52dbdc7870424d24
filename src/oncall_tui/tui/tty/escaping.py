"""Esc and a key right behind it, as two keys.

A terminal sends alt and a key as ESC and that key, and a multiplexer (tmux: for half a second) or a slow line joins an
Esc with what is typed after it: the framework would take both for a key that nothing is bound to, or drop the Esc.
"""

from __future__ import annotations

from collections.abc import Iterable

from textual import events
from textual._ansi_sequences import ANSI_SEQUENCES_KEYS
from textual._xterm_parser import XTermParser
from textual.drivers import linux_driver

_ESC = "\x1b"
_JOINED = frozenset(
    sequence
    for sequence in ANSI_SEQUENCES_KEYS
    if len(sequence) == 2 and sequence[0] == _ESC and sequence[1].isprintable()
)


class EscapingParser(XTermParser):
    """Reads what a terminal sends; it knows no alt."""

    def _sequence_to_key_events(self, sequence: str, alt: bool = False) -> Iterable[events.Key]:
        # Of some the framework knows what a Macintosh writes with alt, such as digits, which open tabs; others move
        # by words. But an Esc that is lost leaves a question open, and what comes next may be an answer.
        joined = sequence in _JOINED
        if alt or joined:
            yield events.Key("escape", _ESC)
            sequence = sequence[-1]
        yield from super()._sequence_to_key_events(sequence)


def read_escapes_alone() -> None:
    """Have the terminal read so, from its start on."""
    linux_driver.XTermParser = EscapingParser  # type: ignore[attr-defined]  # the name that the driver goes by
