"""A simulation in lines for a person."""

from __future__ import annotations

from collections.abc import Iterable

from oncall_tui.cli.frame.printing import remark, say, table
from oncall_tui.domain.simulation import DuePage, Line, Simulated
from oncall_tui.domain.time.walltime import format_instant


def tell(found: Simulated, *, timeline: bool) -> None:
    """The pages that are due, what was refused, the timeline if it is wanted, and how it ends."""
    tell_pages(found.pages)
    table(
        ("Refused at", "What", "By", "Because"),
        [(format_instant(one.at), one.do, one.by or "the sender", one.because) for one in found.rejected],
    )
    if timeline:
        tell_story(found.story)
    say(f"ends {found.state}" if found.state is not None else "no incident is opened")


def tell_pages(pages: Iterable[DuePage]) -> None:
    """A line for each page."""
    rows = [
        (
            format_instant(due.at),
            due.page.user or "—",
            due.page.contact,
            f"#{due.incident}",
            str(due.step),
            str(due.page.round),
            due.page.because,
        )
        for due in pages
    ]
    table(("At", "Who", "By", "Incident", "Step", "Round", "Because"), rows, right={4, 5})
    if not rows:
        remark("nobody is paged")


def tell_story(story: Iterable[Line]) -> None:
    """A line for each line of the timelines."""
    table(
        ("At", "Incident", "What", "By"),
        [(format_instant(one.at), f"#{one.incident}", one.entry.text, one.entry.by or "") for one in story],
    )
