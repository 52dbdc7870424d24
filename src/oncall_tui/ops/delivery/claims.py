"""One claim in the making: what bounds it, and what it has taken so far."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row

from oncall_tui.domain.delivery.bundling import Bundling
from oncall_tui.ops.delivery.jobs import Job, Providers
from oncall_tui.ops.directory import Directory


@dataclass(slots=True)
class Claim:
    """What a worker takes out of the outbox in one transaction, under leases until `until`.

    `resting` are the providers that asked to be left alone.
    """

    conn: Connection
    directory: Directory
    worker: str
    now: datetime
    until: datetime
    limit: int
    providers: Providers
    bundling: Bundling
    resting: Mapping[str, Row[Any]]
    jobs: list[Job] = field(default_factory=list)
    under_way: dict[str, int] = field(init=False)
    suspect: bool = field(init=False)

    def __post_init__(self) -> None:
        self.under_way = dict(self.providers.under_way)
        self.suspect = self.providers.suspect_under_way

    @property
    def left(self) -> int:
        """How many more messages may be taken."""
        return self.limit - len(self.jobs)

    def room(self, provider: str) -> bool:
        """Whether the provider may get one more."""
        taken = self.under_way.get(provider, 0) - self.providers.under_way.get(provider, 0)
        return taken < self.providers.room(provider)

    def begins(self, provider: str) -> None:
        """One more message is under way to the provider."""
        self.under_way[provider] = self.under_way.get(provider, 0) + 1

    @property
    def passed_over(self) -> list[str]:
        """The providers that get nothing now."""
        full = [provider for provider in self.under_way if provider and not self.room(provider)]
        return sorted({*full, *self.resting})
