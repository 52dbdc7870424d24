"""Whether a scenario came out as it expects."""

from __future__ import annotations

from oncall_tui.domain.errors import Invalid
from oncall_tui.domain.simulation import Simulated
from oncall_tui.domain.simulation.expectations import failure
from oncall_tui.ops.scenarios.reading import Script

_MEND = "change the config, or what is expected"


def judge(script: Script, found: Simulated) -> tuple[Invalid, ...]:
    """Every expectation that does not hold, with its path in the file and what is there instead."""
    failed = ((path, failure(expected, found)) for path, expected in script.expectations)
    return tuple(
        Invalid(sentence, mend=_MEND, path=path, code="expectation")
        for path, sentence in failed
        if sentence is not None
    )
