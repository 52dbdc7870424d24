"""Messages that are not pages: queued by other use cases, sent by a loop of their own, never in a page's way."""

from __future__ import annotations

from oncall_tui.ops.notices.queueing import NoticeTo, ToChannel, queue

__all__ = ["NoticeTo", "ToChannel", "queue"]
