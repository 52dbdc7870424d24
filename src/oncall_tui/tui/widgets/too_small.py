"""What is shown instead of everything where there is no room for it."""

from __future__ import annotations

from textual.geometry import Size

from oncall_tui.tui.presenters.line import EMPTY, line, quiet, strong
from oncall_tui.tui.widgets.lines import LineView

NARROWEST = 60
LOWEST = 15


class TooSmall(LineView):
    """Covers the screen. Keys do nothing meanwhile: nobody acts on what they can't see."""

    DEFAULT_CSS = "TooSmall { layer: over; width: 100%; height: 100%; display: none; }"

    def fit(self, size: Size) -> None:
        """Cover a screen of this size when it is too small."""
        self.display = size.width < NARROWEST or size.height < LOWEST
        self.show(
            (
                line(strong(" oncall: too small")),
                line(f" this is {size.width}×{size.height}"),
                line(f" needs {NARROWEST}×{LOWEST}"),
                EMPTY,
                line(quiet(" q quits")),
            )
        )
