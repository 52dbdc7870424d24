"""The baseline: a bare Textual app with header, tabs, an empty list and a footer."""

from __future__ import annotations

from textual.app import App, ComposeResult
from textual.widgets import Footer, Header, OptionList, TabbedContent, TabPane


class Bare(App[None]):
    """Nothing but the frame."""

    def compose(self) -> ComposeResult:
        """Header, four tabs, one empty list each, footer."""
        yield Header()
        with TabbedContent():
            for name in ("Incidents", "Schedule", "Users", "Policies"):
                with TabPane(name):
                    yield OptionList()
        yield Footer()


if __name__ == "__main__":
    Bare().run()
