"""What stands before the dialect `sns`: signatures, and the subscriptions of topics."""

from __future__ import annotations

from oncall_tui.intake.apis.sns.gate import SnsGate

__all__ = ["SnsGate"]
