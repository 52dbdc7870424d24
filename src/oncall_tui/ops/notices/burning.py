"""The open incidents that a notice lists: those that page a schedule, or those that a person holds."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Connection, Row

from oncall_tui.domain.directory.policies import Policy, TargetKind
from oncall_tui.domain.severity import Severity
from oncall_tui.domain.world import World
from oncall_tui.notify.words.notice_texts import Burning, OpenIncident
from oncall_tui.storage.statements.delivery import notices as rows

SHOWN = 10


class OpenIncidents:
    """What is open in one transaction, read once and only if somebody is told of it."""

    def __init__(self, conn: Connection, world: World) -> None:
        self._conn = conn
        self._world = world
        self._rows: Sequence[Row[*tuple[Any, ...]]] | None = None

    def of_schedule(self, schedule: str) -> Burning:
        """The open incidents of services whose policies page this schedule."""
        services = {
            service.name
            for service in self._world.services.values()
            if any(_pages(policy, schedule) for policy in self._world.policies_of(service))
        }
        return _capped(row for row in self._all() if row.service in services)

    def held_by(self, user: str) -> Burning:
        """The open incidents that this person has."""
        return _capped(row for row in self._all() if user in row.assignees)

    def _all(self) -> Sequence[Row[*tuple[Any, ...]]]:
        if self._rows is None:
            self._rows = rows.open_incidents(self._conn)
        return self._rows


def _pages(policy: Policy, schedule: str) -> bool:
    targets = [target for step in policy.steps for target in step.targets]
    return any(one.kind is TargetKind.SCHEDULE and one.name == schedule for one in (*targets, *policy.fallback))


def _capped(found: Iterable[Row[*tuple[Any, ...]]]) -> Burning:
    every = [OpenIncident(row.number, row.title, Severity(row.severity), row.state) for row in found]
    return Burning(shown=tuple(every[:SHOWN]), more=max(0, len(every) - SHOWN))
