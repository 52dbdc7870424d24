"""Why somebody was paged, or was not."""

from __future__ import annotations

from oncall_tui.domain.why.explaining import channels_told, concerned, explain
from oncall_tui.domain.why.kept import EntryKept, PageKept, Reason, Story, Verdict

__all__ = ["EntryKept", "PageKept", "Reason", "Story", "Verdict", "channels_told", "concerned", "explain"]
