"""How the terminal starts: what is made meanwhile stays, so that looking for garbage in it would be time lost."""

from __future__ import annotations

import gc
import sys

GIVES_WAY = 0.001  # seconds after which the database thread lets keys be looked at; Python's own 5 ms are felt


def begin() -> None:
    """Look for no garbage until the first screen stands; it took a tenth of the start."""
    gc.disable()
    sys.setswitchinterval(GIVES_WAY)


def end() -> None:
    """Look for garbage again, but never again among what the start has made: walking it would delay a key."""
    if not gc.isenabled():
        gc.freeze()
        gc.enable()
