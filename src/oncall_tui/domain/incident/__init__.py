"""The engine: one pure function, `advance`, that every act, event, timer and delivery result goes through."""

from oncall_tui.domain.incident.advance import Advance, advance
from oncall_tui.domain.incident.state import Incident, Phase, Run, State

__all__ = ["Advance", "Incident", "Phase", "Run", "State", "advance"]
