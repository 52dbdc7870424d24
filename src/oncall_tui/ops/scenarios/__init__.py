"""Scenario files: read, judged, played, and told (docs/foreseeing.md). No database is needed for any of it."""

from __future__ import annotations

from oncall_tui.ops.scenarios.judging import judge
from oncall_tui.ops.scenarios.reading import Script, read_scenario, schema
from oncall_tui.ops.scenarios.shapes import simulated_shape

__all__ = ["Script", "judge", "read_scenario", "schema", "simulated_shape"]
