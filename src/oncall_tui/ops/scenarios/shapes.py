"""A simulation as `--json` shows it (the outside contract)."""

from __future__ import annotations

from typing import Any

from oncall_tui.domain.simulation import DuePage, Line, Rejected, Simulated
from oncall_tui.domain.time.walltime import format_instant


def simulated_shape(found: Simulated) -> dict[str, Any]:
    """Pages, timeline, rejected acts and the last incident's state."""
    return {
        "pages": [page_shape(due) for due in found.pages],
        "timeline": [_line(line) for line in found.story],
        "rejected": [_rejected(one) for one in found.rejected],
        "state": found.state,
    }


def page_shape(due: DuePage) -> dict[str, Any]:
    """A page that is due."""
    page = due.page
    return {
        "at": format_instant(due.at),
        "incident": due.incident,
        "user": page.user,
        "contact": page.contact,
        "step": due.step,
        "round": page.round,
        "because": page.because,
    }


def _line(line: Line) -> dict[str, Any]:
    entry = line.entry
    return {
        "at": format_instant(line.at),
        "incident": line.incident,
        "kind": entry.kind,
        "by": entry.by,
        "text": entry.text,
    }


def _rejected(one: Rejected) -> dict[str, Any]:
    return {"at": format_instant(one.at), "do": one.do, "by": one.by, "because": one.because}
