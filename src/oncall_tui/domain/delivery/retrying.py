"""When a page that its provider did not take is tried again, and when it is given up."""

from __future__ import annotations

from datetime import timedelta

BACKOFF = (5, 10, 20, 40, 60, 120, 300)
"""Seconds after the first, second, … try; the last one from then on."""
GIVE_UP_AFTER = timedelta(hours=1)
LONGEST_ASKED = timedelta(minutes=5)


def next_try(tries: int, age: timedelta, jitter: float, asked: timedelta | None = None) -> timedelta | None:
    """How long to wait after so many tries of a page this old; None when it is too old for another.

    `jitter`, between 0 and 1, spreads the waits by a quarter both ways. `asked` is how long the provider asks us to
    wait; it is heeded up to five minutes.
    """
    if age >= GIVE_UP_AFTER:
        return None
    wanted = timedelta(seconds=BACKOFF[min(tries, len(BACKOFF)) - 1] * (0.75 + 0.5 * jitter))
    return max(wanted, min(asked or timedelta(0), LONGEST_ASKED))
