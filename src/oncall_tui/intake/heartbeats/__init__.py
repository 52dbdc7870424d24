"""/heartbeat/{key}: signs of life, as jobs send them with one line of curl."""

from oncall_tui.intake.heartbeats.hearing import Hearing
from oncall_tui.intake.heartbeats.routes import heartbeat_routes

__all__ = ["Hearing", "heartbeat_routes"]
