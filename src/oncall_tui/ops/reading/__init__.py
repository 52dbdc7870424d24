"""Reading: frozen rows for every face. Each call is one short transaction; nothing here changes anything.

What is named here is loaded at its first use: rows and `who` serve commands that need no database, and load none.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from oncall_tui.ops.reading.directory import policies, services, teams, users
    from oncall_tui.ops.reading.incidents.changes import changes_before
    from oncall_tui.ops.reading.incidents.overview import has_users, status
    from oncall_tui.ops.reading.incidents.queue import queue
    from oncall_tui.ops.reading.incidents.story import detail, who_is_next
    from oncall_tui.ops.reading.rota import on_call, rota_of, schedules

__all__ = [
    "changes_before",
    "detail",
    "has_users",
    "on_call",
    "policies",
    "queue",
    "rota_of",
    "schedules",
    "services",
    "status",
    "teams",
    "users",
    "who_is_next",
]

_FILES = {
    "incidents.changes": ("changes_before",),
    "directory": ("policies", "services", "teams", "users"),
    "incidents.queue": ("queue",),
    "incidents.story": ("detail", "who_is_next"),
    "incidents.overview": ("has_users", "status"),
    "rota": ("on_call", "rota_of", "schedules"),
}
_FILE_OF = {name: file for file, names in _FILES.items() for name in names}


def __getattr__(name: str) -> Any:
    file = _FILE_OF.get(name)
    if file is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{file}"), name)
