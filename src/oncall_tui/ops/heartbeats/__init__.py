"""Heartbeats: signs of life that are expected, and what happens when they stay away."""

from oncall_tui.ops.heartbeats.hearing import Heard, by_key, ping, ping_by_hand, services_of
from oncall_tui.ops.heartbeats.reading import HeartbeatRow, every, heartbeat, heartbeats
from oncall_tui.ops.heartbeats.watching import heard_again, look, names_due, put_off, services_due, stay_open

__all__ = [
    "Heard",
    "HeartbeatRow",
    "by_key",
    "every",
    "heard_again",
    "heartbeat",
    "heartbeats",
    "look",
    "names_due",
    "ping",
    "ping_by_hand",
    "put_off",
    "services_due",
    "services_of",
    "stay_open",
]
