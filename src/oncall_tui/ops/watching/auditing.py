"""The self-audit: open incidents are held against their timers, and what is wrong is mended and said."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection

from oncall_tui.domain.incident.auditing import Flaw, flaw_of
from oncall_tui.domain.incident.causes import Escalate
from oncall_tui.domain.incident.timers import due_at
from oncall_tui.ops.directory import Directory
from oncall_tui.ops.engine import SET_ASIDE
from oncall_tui.ops.incidents.codec import Unreadable, decode
from oncall_tui.ops.incidents.keeping import step
from oncall_tui.ops.incidents.writing import Kept
from oncall_tui.storage.statements.incident import auditing as rows
from oncall_tui.storage.statements.incident import timeline
from oncall_tui.storage.statements.incident.incidents import compare_and_set, set_timer

BATCH = 100
PUT_OFF = SET_ASIDE + timedelta(minutes=1)  # the clocks of two workers need not agree to the second
AUDITOR = "self-audit"


@dataclass(frozen=True, slots=True)
class Batch:
    """Incidents to be mended, and the last number looked at; None when there is nothing after it."""

    suspects: tuple[int, ...]
    last: int | None


def look(conn: Connection, after: int, now: datetime, limit: int = BATCH) -> Batch:
    """Hold the open incidents with a number above `after` against their timers, `limit` at the most."""
    found = rows.open_after(conn, after, limit)
    suspects = tuple(row.number for row in found if _suspect(row.document, row.due_at, row.next_due_at, now))
    return Batch(suspects, found[-1].number if len(found) == limit else None)


def _suspect(document: str, timer: datetime | None, shown: datetime | None, now: datetime) -> bool:
    try:
        incident = decode(document)
    except Unreadable:
        return True  # `mend` will fail on it, and that is told by number
    return flaw_of(incident, timer=timer, shown=shown, now=now, put_off=PUT_OFF) is not None


def mend(conn: Connection, directory: Directory, number: int, now: datetime) -> str | None:
    """Give an incident the timer that its state demands; what was wrong, or None when nothing is any more.

    One that nothing would ever happen to again is escalated: somebody must look. Raises what `advance` raises, and
    Unreadable for a row that holds no incident.
    """
    row = rows.lock(conn, number)
    if row is None:
        return None
    kept = Kept(decode(row.document), row.rev)
    flaw = flaw_of(kept.incident, timer=row.due_at, shown=row.next_due_at, now=now, put_off=PUT_OFF)
    if flaw is None:
        return None
    text = f"the self-audit found that {flaw.value}: mended"
    timeline.append(conn, [{"number": number, "at": now, "kind": "mended", "by": None, "via": "engine", "text": text}])
    if flaw is Flaw.STUCK:
        cause = Escalate(by=AUDITOR, version=kept.incident.version)
        step(conn, kept, directory.world(conn), cause, now, via="engine")
        return flaw.value
    due = due_at(kept.incident)
    compare_and_set(conn, number, kept.rev, {"next_due_at": due})  # locked above: nobody else can have written it
    if flaw is not Flaw.SHOWN_WRONG:
        set_timer(conn, number, due)
    return flaw.value
