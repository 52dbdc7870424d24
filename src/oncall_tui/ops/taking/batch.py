"""The register of `domain.taking` for a batch of events: it asks the tables once and writes to them once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import chain

from sqlalchemy import Connection

from oncall_tui.domain.events import Event
from oncall_tui.domain.incident import Incident, State, advance
from oncall_tui.domain.incident.causes import Cause, Opened
from oncall_tui.domain.incident.effects import Entry
from oncall_tui.domain.incident.opening import Openings
from oncall_tui.domain.intake.grouping import KnownAlert, OpenIncident
from oncall_tui.domain.world import World
from oncall_tui.ops.incidents import keeping, turns
from oncall_tui.ops.incidents.writing import Kept, Writing
from oncall_tui.ops.taking.known import Keeper, KnownAlerts
from oncall_tui.storage.drivers.direct import in_one_go
from oncall_tui.storage.statements.incident import incidents as rows
from oncall_tui.storage.statements.incident import merging
from oncall_tui.storage.statements.intake import changes as change_rows
from oncall_tui.storage.statements.intake import events as event_rows


@dataclass(frozen=True, slots=True)
class Source:
    """Who posts: an integration, or a person by hand (then without an integration's id).

    `silenced`: whether silences hold back what it would open; who opens an incident by hand wants it opened.
    """

    name: str
    integration: int | None
    via: str
    account: str | None = None
    silenced: bool = False


class Batch:
    """Events of one transaction, taken one after the other; nothing of them is in the tables before `write`."""

    def __init__(self, conn: Connection, world: World, now: datetime) -> None:
        self.conn = conn
        self.world = world
        self.now = now
        self.alerts = KnownAlerts(conn, now)
        self.writing = Writing(conn)
        self._openings = Openings(world, now)
        self._incidents: dict[int, Kept] = {}
        self._open: dict[tuple[int, str | None], tuple[int, list[OpenIncident]]] = {}
        self._unseen = False  # whether incidents were opened or ended of which the tables do not know
        self._heard: set[int] = set()
        self._turnless: set[int] = set()  # services of whose policies no step gives turns
        self._events: list[dict[str, object]] = []
        self._changes: list[Mapping[str, object]] = []
        self._numbers: Iterator[int] = iter(())
        self._highest = 0

    def reserve(self, numbers: int) -> None:
        """Have so many incident numbers at hand."""
        if numbers:
            # Those at hand are in no table yet.
            given = list(rows.next_numbers(self.conn, numbers, after=self._highest))
            self._highest = given[-1]
            self._numbers = chain(self._numbers, given)

    def next_number(self) -> int:
        """A number that no incident has or will get."""
        number = next(self._numbers, None)
        if number is not None:
            return number
        self.reserve(1)
        return next(self._numbers)

    def keep(self, event: dict[str, object]) -> None:
        """Keep a row of what was posted."""
        self._events.append(event)

    def keep_change(self, change: Mapping[str, object]) -> None:
        """Keep a row of what was changed on purpose."""
        self._changes.append(change)

    def write(self) -> None:
        """Write everything; the batch is over."""
        pages = self.writing.page_rows()
        with in_one_go(self.conn):
            written = self.writing.tell(pages)
            self.alerts.write()
            event_rows.add_all(self.conn, self._events)
            change_rows.add_all(self.conn, self._changes)
        written()

    def open_incidents(self, service: int, group_key: str | None, limit: int) -> list[OpenIncident]:
        """A service's newest open incidents, newest first, with what this batch did to them."""
        asked, found = self._open.get((service, group_key), (0, []))
        if asked < limit:
            if self._unseen:
                self.writing.write()
                self._unseen = False
            found = self._look_up(service, group_key, limit)
            self._open[service, group_key] = limit, found
        heard = self._heard
        return [replace(one, last_event_at=self.now) if one.number in heard else one for one in found[:limit]]

    def opened(self, incident: Incident, cause: Opened, service: int, source: Source) -> None:
        """Let the engine open a new incident."""
        alike = service in self._turnless
        world = self.world if alike else turns.locked(self.conn, self.world, incident, cause)
        if alike or world is self.world:
            self._turnless.add(service)
            advanced = self._openings.advanced(incident, cause)
        else:
            advanced = advance(incident, world, cause, self.now)
        self._incidents[incident.number] = self.writing.opened(
            advanced, self.now, service=service, integration=source.integration, via=source.via, account=source.account
        )
        self._unseen = True
        here = OpenIncident(number=incident.number, group_key=incident.group_key, last_event_at=self.now)
        for key in {(service, incident.group_key), (service, None)}:
            if key in self._open:
                self._open[key][1].insert(0, here)

    def counted(self, number: int, *, new_alert: bool) -> None:
        """One more event for an incident that was there before."""
        self.writing.counted(number, self.now, new_alert=new_alert)
        self._heard.add(number)

    def told(self, number: int, cause: Cause, source: Source) -> None:
        """Let the engine know of something, unless the incident is over."""
        kept = self._incidents.get(number)
        if kept is None:
            kept = self._incidents[number] = keeping.load(self.conn, number)
        if kept.incident.state is State.RESOLVED:
            return
        world = turns.locked(self.conn, self.world, kept.incident, cause)
        advanced = advance(kept.incident, world, cause, self.now)
        self.writing.changed(kept, advanced, self.now, via=source.via)
        if advanced.incident.state is State.RESOLVED:
            self._ended(advanced.incident)

    def _ended(self, incident: Incident) -> None:
        self.alerts.incident_ended(incident.number, incident.resolved_by or "engine")
        for key, (_, found) in list(self._open.items()):
            if any(one.number == incident.number for one in found):
                # Another one may stand behind it: the tables are asked again.
                del self._open[key]
        self._unseen = True

    def _look_up(self, service: int, group_key: str | None, limit: int) -> list[OpenIncident]:
        found = [
            OpenIncident(number=row.number, group_key=row.group_key, last_event_at=row.last_event_at or row.opened_at)
            for row in rows.open_of_service(self.conn, service, group_key, limit)
        ]
        if found or group_key is None:
            return found
        # The group's incident may have been merged into another, be it one of another service.
        row = merging.open_target(self.conn, service, group_key)
        if row is None:
            return []
        return [OpenIncident(number=row.number, group_key=group_key, last_event_at=row.last_event_at or row.opened_at)]


@dataclass(frozen=True, slots=True)
class BatchRegister:
    """One source's part of a batch, at one service: the Register that `domain.taking` works on."""

    batch: Batch
    source: Source
    service: int

    @property
    def _keeper(self) -> Keeper:
        return (None, self.service) if self.source.integration is None else (self.source.integration, 0)

    def known(self, dedup_key: str) -> KnownAlert | None:
        return self.batch.alerts.of_key(self._keeper, dedup_key)

    def open_incidents(self, group_key: str | None, limit: int) -> Sequence[OpenIncident]:
        return self.batch.open_incidents(self.service, group_key, limit)

    def open_titles(self, number: int) -> tuple[str, ...]:
        return self.batch.alerts.open_titles(number)

    def next_number(self) -> int:
        return self.batch.next_number()

    def open(self, incident: Incident, opened: Opened) -> None:
        self.batch.opened(incident, opened, self.service, self.source)

    def add_alert(self, event: Event, number: int, *, joins: bool) -> None:
        self.batch.alerts.add(self._keeper, event, number)
        if joins:
            self.batch.counted(number, new_alert=True)

    def repeat(self, alert: KnownAlert, event: Event) -> None:
        self.batch.alerts.repeat(alert, event)
        self.batch.counted(alert.number, new_alert=False)

    def close(self, alert: KnownAlert) -> None:
        self.batch.alerts.close(alert, f"integration {self.source.name}")

    def say(self, number: int, entry: Entry) -> None:
        self.batch.writing.say(number, entry, self.batch.now, via=self.source.via)

    def tell(self, number: int, cause: Cause) -> None:
        self.batch.told(number, cause, self.source)
