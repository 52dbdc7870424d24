"""What is wrong in a span: `!` where nobody is on call, `?` where somebody is asked too much."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from oncall_tui.domain.schedules.clashes import Findings
    from oncall_tui.tui.presenters.calendar.look import Look

GAP, DOUBT, PLANNED = "!", "?", "·"

_Key = tuple[object, ...]
_known: dict[_Key, tuple[_Key, Findings]] = {}
_MOST_KNOWN = 16


def findings(look: Look, start: datetime, end: datetime) -> Findings:
    """Gaps, double bookings and leave clashes of [start, end); known ones are not worked out for each key press."""
    from oncall_tui.domain.schedules.clashes import examine

    # By identity: hashing schedules costs more than it saves, and a snapshot holds the same ones.
    parts: _Key = (look.schedule, look.others, look.leave)
    key = (*map(id, parts), start, end)
    held = _known.get(key)
    if held is not None and all(one is other for one, other in zip(held[0], parts, strict=True)):
        return held[1]
    others = [one for one in look.others if one is not look.schedule]
    found = examine(look.schedule, others, look.leave, start, end)
    if len(_known) >= _MOST_KNOWN:
        _known.clear()
    _known[key] = (parts, found)
    return found
