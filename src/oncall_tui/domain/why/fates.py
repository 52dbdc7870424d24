"""What became of a page, in words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from oncall_tui.domain.time.walltime import format_instant
from oncall_tui.domain.why.kept import PageKept


def fate(page: PageKept) -> str:
    """What became of a page: when it arrived, or what keeps it."""
    told: Mapping[str, Callable[[PageKept], str]] = {
        "pending": _waits,
        "bundled": _collects,
        "sending": lambda page: f"being sent{_digest(page)}",
        "delivered": lambda page: f"delivered{_at(page)}{_digest(page)}",
        "failed": lambda page: f"failed for good{_at(page)}{_answer(page)}",
        "cancelled": lambda page: f"taken back{_at(page)} before it was sent",
        "quarantined": lambda page: f"set aside{_at(page)}: sending it failed here",
    }
    return told[page.state](page) if page.state in told else page.state


def _collects(page: PageKept) -> str:
    goes = f", which goes at {_clock(page.due_at)}" if page.due_at is not None else ""
    return f"waits for a digest{_of(page)}{goes}"


def _waits(page: PageKept) -> str:
    if not page.tries:
        return "not sent yet"
    times = "once" if page.tries == 1 else f"{page.tries} times"
    again = f", again at {_clock(page.due_at)}" if page.due_at is not None else ""
    return f"tried {times} in vain{_answer(page)}{again}"


def _digest(page: PageKept) -> str:
    return f" in a digest{_of(page)}" if page.digest is not None and page.together > 1 else ""


def _of(page: PageKept) -> str:
    return f" of {page.together} pages" if page.together > 1 else ""


def _answer(page: PageKept) -> str:
    return f" ({page.answer})" if page.answer else ""


def _at(page: PageKept) -> str:
    return f" at {_clock(page.finished_at)}" if page.finished_at is not None else ""


def _clock(at: datetime) -> str:
    return format_instant(at.replace(microsecond=0))
