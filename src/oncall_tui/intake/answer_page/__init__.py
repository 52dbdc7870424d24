"""The page behind a page's link: read on a phone, answered by a tap, without scripts or anything fetched."""

from oncall_tui.intake.answer_page.routes import answer_routes

__all__ = ["answer_routes"]
