"""Config as code: read, judge, compare, apply and export the config file (docs/configuration.md)."""

from __future__ import annotations

from oncall_tui.ops.config.applying import Applied, apply, plan, stored_names
from oncall_tui.ops.config.changes import Change
from oncall_tui.ops.config.checks.found import Names, Warned
from oncall_tui.ops.config.entries.document import Config
from oncall_tui.ops.config.exporting import export
from oncall_tui.ops.config.reading import schema
from oncall_tui.ops.config.validation import Checked, validate
from oncall_tui.ops.config.worlds import world_of

__all__ = [
    "Applied",
    "Change",
    "Checked",
    "Config",
    "Names",
    "Warned",
    "apply",
    "export",
    "plan",
    "schema",
    "stored_names",
    "validate",
    "world_of",
]
