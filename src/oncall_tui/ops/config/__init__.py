"""Config as code: read, judge, compare, apply and export the config file (docs/configuration.md).

What needs a database is loaded at its first use: judging a file and asking it who is on call need none.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from oncall_tui.ops.config.checks.found import Names, Warned
from oncall_tui.ops.config.entries.document import Config
from oncall_tui.ops.config.reading import schema
from oncall_tui.ops.config.validation import Checked, validate
from oncall_tui.ops.config.worlds import world_of

if TYPE_CHECKING:
    from oncall_tui.ops.config.applying import Applied, apply, plan, stored_names
    from oncall_tui.ops.config.changing.changes import Change
    from oncall_tui.ops.config.exporting import export

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

_WITH_DATABASE = {
    "Applied": "applying",
    "Change": "changing.changes",
    "apply": "applying",
    "export": "exporting",
    "plan": "applying",
    "stored_names": "applying",
}


def __getattr__(name: str) -> Any:
    file = _WITH_DATABASE.get(name)
    if file is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{file}"), name)
