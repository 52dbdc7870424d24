"""The directory: users, teams, schedules, policies, services and integrations, as one value by name.

What is named here is loaded at its first use: `building` also serves config files, and needs no database.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from oncall_tui.ops.directory.cache import Directory
    from oncall_tui.ops.directory.loading import load_world

__all__ = ["Directory", "load_world"]


def __getattr__(name: str) -> Any:
    if name == "Directory":
        from oncall_tui.ops.directory.cache import Directory

        return Directory
    if name == "load_world":
        from oncall_tui.ops.directory.loading import load_world

        return load_world
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
