"""What a worker gets to send: one page, or several that go out as one message; and what each tells."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row

from oncall_tui.domain.directory.services import Service
from oncall_tui.domain.incident import Incident
from oncall_tui.domain.incident.causes import PageResult
from oncall_tui.domain.severity import Severity
from oncall_tui.notify.outcome import SendResult
from oncall_tui.notify.words.digests import DigestFacts, DigestLine
from oncall_tui.notify.words.texts import PageFacts
from oncall_tui.ops.incidents.codec import decode


@dataclass(frozen=True, slots=True, kw_only=True)
class Leased:
    """One page under a lease, and where its answer goes."""

    page: str
    number: int
    tries: int
    faults: int
    created_at: datetime
    place: PageResult


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One message to send under the id `page`: a page's own, or a digest's.

    The address is sealed, None when the contact is gone or disabled. `provider` is where it goes, without secrets.
    `suspect`: sending it has killed a worker twice, so it goes alone.
    """

    page: str
    token: str
    pages: tuple[Leased, ...]
    facts: PageFacts | DigestFacts
    sealed_address: str | None
    contact_id: int | None
    lease_until: datetime
    provider: str = ""
    suspect: bool = False

    @property
    def number(self) -> int:
        """The incident of the first page."""
        return self.pages[0].number

    @property
    def place(self) -> PageResult:
        """Where the first page belongs."""
        return self.pages[0].place

    @property
    def tries(self) -> int:
        """How often it was tried, this time included."""
        return max(page.tries for page in self.pages)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a provider answered to a job, for all of its pages or some.

    `jitter`, between 0 and 1, spreads retries. `fault`: the try raised here instead of being answered. `again`: it was
    handed in before, and whether it was written then is not known.
    """

    job: Job
    pages: tuple[Leased, ...]
    result: SendResult
    started_at: datetime
    ended_at: datetime
    jitter: float
    fault: bool = False
    again: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Providers:
    """How much a worker has under way: `each` messages to one provider at the most, fewer to one in doubt.

    A provider that has room for fewer than `least` counts as full: what ends there soon makes room for more at once.
    """

    each: int = 1_000_000
    least: int = 1
    under_way: Mapping[str, int] = field(default_factory=dict)
    in_doubt: frozenset[str] = frozenset()
    each_in_doubt: int = 2
    suspect_under_way: bool = False

    def room(self, provider: str) -> int:
        """How many more messages this provider may get now. What has no address needs no room."""
        if not provider:
            return 1_000_000
        if provider in self.in_doubt:
            return max(0, self.each_in_doubt - self.under_way.get(provider, 0))
        room = self.each - self.under_way.get(provider, 0)
        return room if room >= self.least else 0

    @property
    def full(self) -> frozenset[str]:
        """The providers that may get nothing more now."""
        return frozenset(provider for provider in self.under_way if self.room(provider) == 0)


ANY_NUMBER = Providers()


def leased_page(row: Row[*tuple[Any, ...]]) -> Leased:
    """The page of an outbox row."""
    return Leased(
        page=row.id,
        number=row.number,
        tries=row.tries,
        faults=row.faults,
        created_at=row.created_at,
        place=place_of(row),
    )


def place_of(row: Row[*tuple[Any, ...]]) -> PageResult:
    """Where in its incident a page belongs; the answer itself is still to come."""
    return PageResult(
        seq=row.seq,
        user=row.username,
        contact=row.contact,
        run=row.run,
        step=row.step,
        round=row.round,
        delivered=False,
        final=False,
        answer="",
        took=timedelta(0),
    )


def page_facts(
    row: Row[*tuple[Any, ...]], paged: Iterable[str], now: datetime, services: Mapping[str, Service]
) -> PageFacts:
    """What a single page tells; `paged` is everybody of its step and round.

    Raises what decoding raises for a row that somebody or something has broken.
    """
    incident: Incident = decode(row.document)
    run = incident.runs[row.run] if row.run < len(incident.runs) else None
    service = services.get(incident.service)
    return PageFacts(
        page_id=row.digest or row.id,
        number=incident.number,
        title=incident.title,
        description=incident.description,
        service=incident.service,
        team=service.team if service is not None else None,
        severity=incident.severity,
        state=incident.state.value,
        opened_at=incident.opened_at,
        now=now,
        kind=row.kind,
        step=row.step,
        round=row.round,
        of_steps=len(run.policy.steps) if run is not None else row.step,
        also_paged=tuple(name for name in sorted(paged) if name != row.username),
        assignees=incident.assignees,
        timezone=row.timezone or "UTC",
        possible_repeat=row.possible_repeat,
        unverified=row.unverified,
    )


def digest_facts(
    digest: str, rows: Sequence[Row[Any]], now: datetime, is_late: Callable[[datetime, datetime], bool]
) -> DigestFacts:
    """What a digest tells of these pages, each incident once, in the order given."""
    first: dict[int, Row[Any]] = {}
    for row in rows:
        first.setdefault(row.number, row)
    return DigestFacts(
        digest_id=digest,
        lines=tuple(
            DigestLine(
                number=row.number,
                title=row.title,
                service=row.service or "",
                severity=Severity(row.severity),
                state=row.incident_state,
                opened_at=row.opened_at,
            )
            for row in first.values()
        ),
        pages=len(rows),
        late=any(is_late(row.created_at, now) for row in rows),
        now=now,
        timezone=rows[0].timezone or "UTC",
        possible_repeat=any(row.possible_repeat for row in rows),
    )
