"""How much of each fault: short in the test command, as long as FAULTS has it in `make faults-full`."""

from __future__ import annotations

import os
from typing import TypeVar

T = TypeVar("T")

FULL = os.environ.get("ONCALL_FAULTS") == "full"


def sized(short: T, full: T) -> T:
    """A count, a span or a time-out: the first in the test command, the second in the long form."""
    return full if FULL else short
