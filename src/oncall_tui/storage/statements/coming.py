"""What comes next of all that the clock brings about: one question, asked after every commit."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import select

from oncall_tui.storage.statements.incident.expiring import NEXT_EXPIRY
from oncall_tui.storage.statements.incident.incidents import NEXT_TIMER
from oncall_tui.storage.statements.intake.silences import NEXT_END, NEXT_RELEASE
from oncall_tui.storage.statements.prepared import Asked, Question


class Coming(NamedTuple):
    """When each is due at the earliest; None where nothing is to come."""

    timer: datetime | None
    expiry: datetime | None
    release: datetime | None
    silence_end: datetime | None

    @property
    def silenced(self) -> datetime | None:
        """When to look again at what silences hold back."""
        return min((at for at in (self.release, self.silence_end) if at is not None), default=None)


_COMING = Question(
    select(
        NEXT_TIMER.scalar_subquery().label("timer"),
        NEXT_EXPIRY.scalar_subquery().label("expiry"),
        NEXT_RELEASE.scalar_subquery().label("release"),
        NEXT_END.scalar_subquery().label("silence_end"),
    )
)


def coming(conn: Asked) -> Coming:
    """An incident's timer, the end of an alert, a look at what is silenced, the end of a silence."""
    return Coming(*_COMING.ask(conn)[0])
