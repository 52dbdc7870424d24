"""The headless process: due timers, delivery, life signs. Its sender and its intake are handed to it."""

from oncall_tui.worker.process import Intake, Worker

__all__ = ["Intake", "Worker"]
