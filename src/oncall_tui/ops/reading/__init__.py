"""Reading: frozen rows for every face. Each call is one short transaction; nothing here changes anything."""

from __future__ import annotations

from oncall_tui.ops.reading.directory import policies, services, teams, users
from oncall_tui.ops.reading.incidents import detail, queue, who_is_next
from oncall_tui.ops.reading.overview import has_users, status
from oncall_tui.ops.reading.rota import on_call, rota_of, schedules

__all__ = [
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
