"""The directory: users, teams, schedules, policies, services and integrations, as one value by name."""

from __future__ import annotations

from oncall_tui.ops.directory.cache import Directory
from oncall_tui.ops.directory.loading import load_world

__all__ = ["Directory", "load_world"]
