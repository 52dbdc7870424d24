"""Contacts that fail in a simulation; every other page is delivered at once."""

from __future__ import annotations

from datetime import datetime

from oncall_tui.domain.incident.effects import Page
from oncall_tui.domain.simulation.scenario import FailDelivery, How
from oncall_tui.domain.simulation.stage import Answer

_ANSWERS = {How.PERMANENT: Answer.REFUSED, How.TEMPORARY: Answer.LATER}


class Failures:
    """The providers of one simulation: what they answer depends on the failures said so far, the latest first."""

    def __init__(self) -> None:
        self._said: list[FailDelivery] = []

    def add(self, failure: FailDelivery) -> None:
        """From now on, let this contact fail."""
        self._said.append(failure)

    def answer(self, page: Page, now: datetime) -> Answer:
        """What the page's provider says at this instant."""
        for failure in reversed(self._said):
            named = failure.user == page.user and failure.contact in (None, page.contact)
            if named and (failure.until is None or now < failure.until):
                return _ANSWERS[failure.how]
        return Answer.DELIVERED
