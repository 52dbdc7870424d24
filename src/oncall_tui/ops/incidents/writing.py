"""What causes made of incidents, gathered and written in a few statements, however many incidents there are."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from oncall_tui.domain.errors import LostRace
from oncall_tui.domain.incident import Advance, Incident, State
from oncall_tui.domain.incident.effects import (
    CancelPages,
    Effect,
    Entry,
    Page,
    RecallPages,
    ReopenAlerts,
    RestorePages,
    TookTurn,
)
from oncall_tui.ops.contacts.updates import tell_updates
from oncall_tui.ops.incidents.codec import encode
from oncall_tui.ops.incidents.columns import columns, is_hidden, looks_the_same, stands
from oncall_tui.storage.drivers.direct import in_one_go
from oncall_tui.storage.statements.delivery import outbox
from oncall_tui.storage.statements.incident import incidents as rows
from oncall_tui.storage.statements.incident import timeline, undoing
from oncall_tui.storage.statements.incident import turns as turn_rows


class Kept:
    """An incident as it stands in the database: its value and the row revision to compare when writing."""

    __slots__ = ("incident", "rev")

    def __init__(self, incident: Incident, rev: int) -> None:
        self.incident = incident
        self.rev = rev


class Writing:
    """Changes of one transaction, each incident by one `Kept`. What is taken back is taken back at once, in the order
    of the changes; everything else waits for `write`, which must come last.
    """

    __slots__ = ("_alike", "_changed", "_conn", "_counts", "_lines", "_opened", "_paged", "_pages", "_timers")

    def __init__(self, conn: Connection) -> None:
        self._conn = conn
        self._opened: dict[int, tuple[Kept, dict[str, Any]]] = {}
        self._changed: dict[int, tuple[Kept, dict[str, Any]]] = {}
        self._counts: dict[int, dict[str, Any]] = {}
        self._timers: dict[int, datetime | None] = {}
        self._lines: list[dict[str, Any]] = []
        self._pages: list[tuple[Incident, Page, datetime]] = []
        self._paged: set[int] = set()
        self._alike: tuple[object, dict[str, Any]] = None, {}

    def opened(
        self,
        advanced: Advance,
        now: datetime,
        *,
        service: int,
        integration: int | None,
        via: str,
        account: str | None = None,
    ) -> Kept:
        """A new incident with everything that its opening led to."""
        incident = advanced.incident
        row = {
            **self._columns_of_new(incident, advanced.next_due_at),
            "number": incident.number,
            "service_id": service,
            "integration_id": integration,
            "dedup_key": incident.dedup_key,
            "group_key": incident.group_key,
            "link": incident.link,
            "opened_at": incident.opened_at,
            "previous": incident.previous,
            "last_event_at": now,
            "alerts": 1,
            "events": 1,
            "rev": 1,
        }
        kept = Kept(incident, 0)
        self._opened[incident.number] = kept, row
        self.take(incident, advanced.effects, now, via=via, account=account)
        return kept

    def _columns_of_new(self, incident: Incident, next_due_at: datetime | None) -> dict[str, Any]:
        """`columns`; what opens in a storm differs from the one before it in its words alone."""
        like = (stands(incident), next_due_at)
        before, known = self._alike
        if like != before:
            known = columns(incident, next_due_at)
            self._alike = like, known
            return known
        return {
            **known,
            "document": encode(incident),
            "title": incident.title,
            "description": incident.description,
            "labels": dict(incident.labels),
        }

    def counted(self, number: int, now: datetime, *, new_alert: bool) -> None:
        """One more event for an incident, and one more alert if it is a new one."""
        opened = self._opened.get(number)
        if opened is None:
            row = self._counts.setdefault(number, {"number": number, "events": 0, "alerts": 0})
        else:
            row = opened[1]
        row["events"] += 1
        row["alerts"] += new_alert
        row["last_event_at"] = now

    def changed(self, kept: Kept, advanced: Advance, now: datetime, *, via: str, account: str | None = None) -> None:
        """What became of an incident. Raises LostRace when something is no more as the change took it to be."""
        before, incident = kept.incident, advanced.incident
        if incident.number in self._paged:
            self.write()  # this change may take back pages that are not written yet
        kept.incident = incident
        if before.severity is not incident.severity:
            outbox.reorder(self._conn, incident.number, incident.severity.rank)
        # A change on top of one that still waits becomes one write with it.
        if (waiting := self._opened.get(incident.number)) is not None:
            waiting[1].update(columns(incident, advanced.next_due_at))
        else:
            waiting = self._changed.get(incident.number)
            if looks_the_same(before, incident) and (waiting is None or is_hidden(waiting[1])):
                row: dict[str, Any] = {"document": encode(incident), "next_due_at": advanced.next_due_at}
            else:
                row = columns(incident, advanced.next_due_at)
            self._changed[incident.number] = kept, row
            self._timers[incident.number] = advanced.next_due_at
        self.take(incident, advanced.effects, now, via=via, account=account)
        tell_updates(self._conn, before, incident, now)

    def take(
        self, incident: Incident, effects: Sequence[Effect], now: datetime, *, via: str, account: str | None = None
    ) -> None:
        """Effects of a change to an incident, without its row. Raises LostRace as `changed` does."""
        for effect in effects:
            if isinstance(effect, Entry):
                self.say(incident.number, effect, now, via=via, account=account)
            elif isinstance(effect, Page):
                self._pages.append((incident, effect, now))
                self._paged.add(incident.number)
            else:
                self._take_back(incident.number, effect, now)
        if incident.state is State.RESOLVED:
            rows.close_alerts(self._conn, incident.number, now, incident.resolved_by or "engine")

    def say(self, number: int, entry: Entry, now: datetime, *, via: str, account: str | None = None) -> None:
        """A line of an incident's timeline."""
        said = entry.by is not None
        self._lines.append(
            {
                "number": number,
                "at": now,
                "kind": entry.kind,
                "by": entry.by,
                "via": via if said else "engine",
                "text": entry.text,
                "os_account": account if said else None,
            }
        )

    def write(self) -> None:
        """Write what has gathered. Raises LostRace when somebody else wrote an incident since it was loaded."""
        pages = self.page_rows()
        with in_one_go(self._conn):
            written = self.tell(pages)
        written()

    def tell(self, pages: Sequence[Mapping[str, Any]]) -> Callable[[], None]:
        """`write`, among what is told `in_one_go`, with the `page_rows` asked for before.

        What is given back is to be called after that: it raises LostRace.
        """
        conn = self._conn
        self._write_opened()
        rows.count_events(conn, list(self._counts.values()))
        rows.set_timers(conn, self._timers)
        timeline.append(conn, self._lines)
        outbox.add(conn, pages)
        written = self._write_incidents()
        for gathered in (self._counts, self._changed, self._timers, self._lines, self._pages, self._paged):
            gathered.clear()
        return written

    def _write_opened(self) -> None:
        if not self._opened:
            return
        fresh = [row for _, row in self._opened.values()]
        rows.add_all(self._conn, fresh)
        due = [
            {"number": row["number"], "due_at": row["next_due_at"]} for row in fresh if row["next_due_at"] is not None
        ]
        rows.add_timers(self._conn, due)
        for kept, _ in self._opened.values():
            kept.rev = 1
        self._opened.clear()

    def _write_incidents(self) -> Callable[[], None]:
        changed = [kept for kept, _ in self._changed.values()]
        hidden: list[dict[str, Any]] = []
        shown: list[dict[str, Any]] = []
        for kept, row in self._changed.values():
            chosen = hidden if is_hidden(row) else shown
            chosen.append({**row, "rev": kept.rev + 1, "of": kept.incident.number, "seen": kept.rev})
        written = rows.write_all(self._conn, shown), rows.write_documents(self._conn, hidden)

        def compare() -> None:
            if sum(count() for count in written) != len(changed):
                which = ", ".join(f"#{kept.incident.number}" for kept in changed)
                one = which if len(changed) == 1 else f"one of {which}"
                raise LostRace(f"{one} was changed by somebody else just now", mend="look again, then repeat it")
            for kept in changed:
                kept.rev += 1

        return compare

    def page_rows(self) -> list[dict[str, Any]]:
        """The rows of the pages that have gathered."""
        if not self._pages:
            return []
        known = outbox.contact_ids(self._conn, sorted({page.user for _, page, _ in self._pages if page.user}))
        fresh = []
        for incident, page, now in self._pages:
            number = incident.number
            user_id, contact_id = known.get((page.user, page.contact), (None, None)) if page.user else (None, None)
            fresh.append(
                {
                    "id": f"{number}-{page.seq}",
                    "number": number,
                    "seq": page.seq,
                    "user_id": user_id,
                    "username": page.user,
                    "contact_id": contact_id,
                    "contact": page.contact,
                    "channel_id": page.channel,
                    "run": page.run,
                    "step": page.step,
                    "round": page.round,
                    "kind": page.kind.value,
                    "because": page.because,
                    "state": outbox.PENDING,
                    "created_at": now,
                    "due_at": now,
                    "precedence": outbox.precedence(incident.severity.rank, page.kind),
                }
            )
        return fresh

    def _take_back(self, number: int, effect: Effect, now: datetime) -> None:
        """What an effect does to rows that are there already. Raises LostRace when they are not as it thought."""
        conn = self._conn
        match effect:
            case CancelPages():
                outbox.cancel(conn, number, now)
            case RestorePages(since=since, seq=seq):
                undoing.restore(conn, number, since, seq)
            case RecallPages(seq=seq):
                if not undoing.recall(conn, number, seq, now):
                    raise LostRace(f"a page of #{number} is on its way already", mend="call whoever was paged")
            case ReopenAlerts(closed_at=closed_at, closed_by=closed_by):
                undoing.reopen_alerts(conn, number, closed_at, closed_by)
            case TookTurn(policy=policy, step=place, count=count, taken=taken):
                if not turn_rows.move(conn, policy, place, count, taken):
                    raise LostRace(f"step {place} of policy {policy} has gone on just now", mend="repeat it")
            case _:
                pass
