"""Whether somebody would be reached at every instant of a span, and what stands in the way."""

from __future__ import annotations

from oncall_tui.domain.checking.examining import Checkup, ServiceReach, examine
from oncall_tui.domain.checking.findings import Finding, Span

__all__ = ["Checkup", "Finding", "ServiceReach", "Span", "examine"]
