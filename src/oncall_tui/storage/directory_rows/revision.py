"""The directory's revision: it moves with every change of a configured object, and waiting incidents look again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import BigInteger, Connection, Text, cast, insert, or_, select, text, update

from oncall_tui.domain.incident.state import Phase
from oncall_tui.domain.incident.timers import IN_VAIN, LOOKS_AGAIN
from oncall_tui.storage.directory_rows.reading import REVISION_KEY, revision
from oncall_tui.storage.statements.incident.incidents import set_timer
from oncall_tui.storage.statements.prepared import Question
from oncall_tui.storage.tables import incidents, meta
from oncall_tui.storage.tables.incidents import OPEN_INCIDENT

__all__ = ["asked", "lock", "move_on", "revision", "wake_waiting"]

_WAITING = [phase.value for phase in LOOKS_AGAIN]
# What the column does not tell, which is the liveliest phase of several policies alone.
_OF_A_RUN = [f'%"phase":"{Phase.WAITING}"%', *(f'%"fallback":"{fate}"%' for fate in IN_VAIN)]
_REVISION = Question(select(meta.c.value).where(meta.c.key == REVISION_KEY))
_ONE_MORE = cast(cast(meta.c.value, BigInteger) + 1, Text)  # one statement: two changes at once count twice


def lock(conn: Connection) -> None:
    """Let nobody else change the directory until the transaction ends. SQLite has one writer at a time anyway."""
    if conn.dialect.name == "postgresql":
        conn.execute(text("LOCK TABLE schedules, users IN SHARE ROW EXCLUSIVE MODE"))


def asked(conn: Connection) -> Callable[[], int]:
    """`revision`, asked for among what is told `in_one_go` and there after that."""
    rows = _REVISION.asked(conn)
    return lambda: next((int(row.value) for row in rows()), 0)


def move_on(conn: Connection) -> int:
    """The next revision, stored; what every process compares its copy of the directory with."""
    if conn.execute(update(meta).where(meta.c.key == REVISION_KEY).values(value=_ONE_MORE)).rowcount == 0:
        conn.execute(insert(meta).values(key=REVISION_KEY, value="1"))
    return revision(conn)


def wake_waiting(conn: Connection, now: datetime) -> int:
    """Let the engine look now at every open incident that waits for something to be there, or to end; how many.

    They wait for somebody to reach, for the end of a maintenance window, or for support hours.
    """
    looks = or_(incidents.c.phase.in_(_WAITING), *(incidents.c.document.like(said) for said in _OF_A_RUN))
    waiting = conn.execute(select(incidents.c.number).where(OPEN_INCIDENT, looks))
    numbers = list(waiting.scalars())
    for number in numbers:
        set_timer(conn, number, now)
    return len(numbers)
