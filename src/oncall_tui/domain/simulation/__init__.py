"""Knowing beforehand: the engine under a virtual clock, driven by a scenario in place of senders, people, providers."""

from __future__ import annotations

from oncall_tui.domain.simulation.driver import Rejected, Simulated, simulate, state_of
from oncall_tui.domain.simulation.scenario import Act, Deed, FailDelivery, Happening, How, Maintain, Scenario, Trigger
from oncall_tui.domain.simulation.stage import Answer, DuePage, Line, Stage

__all__ = [
    "Act",
    "Answer",
    "Deed",
    "DuePage",
    "FailDelivery",
    "Happening",
    "How",
    "Line",
    "Maintain",
    "Rejected",
    "Scenario",
    "Simulated",
    "Stage",
    "Trigger",
    "simulate",
    "state_of",
]
