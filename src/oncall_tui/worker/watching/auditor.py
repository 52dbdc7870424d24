"""The self-audit: holds every open incident against its timer, mends what is wrong, and says what it can't mend."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime
from functools import partial

from oncall_tui.clock import Clock
from oncall_tui.domain.errors import DatabaseAway, WrongRevision
from oncall_tui.ops.directory import Directory
from oncall_tui.ops.taking.changes import forget_old
from oncall_tui.ops.watching import Alarm, alarms, look, mend, report_mended
from oncall_tui.running import Flag
from oncall_tui.storage.engine import Store
from oncall_tui.storage.statements import workers
from oncall_tui.storage.writer import Writer

log = logging.getLogger(__name__)

EVERY = 60.0  # seconds
AGAIN = 15.0  # seconds after an audit that was not passed
BETWEEN_BATCHES = 0.02  # seconds: pages need the time more
LATE_BY = 30.0  # seconds that an audit may take


class Auditor:
    """Looks at everything that is open, a batch in a transaction, and never holds one between batches."""

    name = "self-audit"

    def __init__(  # noqa: PLR0913 - the parts it works with, each handed in
        self,
        store: Store,
        writer: Writer,
        directory: Directory,
        clock: Clock,
        *,
        worker: str,
        every: float = EVERY,
        service: str | None = None,
    ) -> None:
        """`service`: on which an incident is opened about what was mended; without it admins get a notice."""
        self._store = store
        self._writer = writer
        self._directory = directory
        self._clock = clock
        self._worker = worker
        self._every = every
        self._service = service
        self._alarms: tuple[Alarm, ...] = (Alarm("not_yet", "the self-audit has not run yet"),)
        self._audited_at = clock.monotonic()
        self._unmended: frozenset[int] = frozenset()
        self.mended = 0

    def wake(self) -> None:
        """Nothing that others do changes when the next audit is due."""

    def run(self, stop: Flag) -> None:
        """Audit every so often until `stop` is set, sooner after one that was not passed."""
        while not stop.is_set():
            try:
                self.step(stop)
            except DatabaseAway as away:
                self._found((Alarm("no_audit", f"the self-audit could not end: {away.sentence}"),))
            stop.wait(min(self._every, AGAIN) if self._alarms else self._every)

    def ailments(self) -> tuple[str, ...]:
        """Why the audit does not vouch for this house, in words; empty when the last one is fresh and was passed."""
        told = [alarm.text for alarm in self._alarms]
        age = self._clock.monotonic() - self._audited_at
        if not told and age > 2 * self._every + LATE_BY:
            told.append(f"the last self-audit is {age:.0f} s old")
        return tuple(told)

    def step(self, stop: Flag) -> None:
        """One whole audit, ended early when `stop` is set. Raises DatabaseAway."""
        unmended: list[int] = []
        after: int | None = 0
        while after is not None:
            with self._store.read() as conn:
                batch = look(conn, after, self._clock.now())
            unmended += [number for number in batch.suspects if not self._mend(number)]
            after = batch.last
            if after is not None and stop.wait(BETWEEN_BATCHES):
                return
        now = self._clock.now()
        with self._store.read() as conn:
            found = alarms(conn, now)
        self._unmended = frozenset(unmended)
        if unmended:
            found = (Alarm("unmended", f"the self-audit can't mend {_numbers(unmended)}"), *found)
        told = "; ".join(alarm.text for alarm in found)
        self._writer.submit(
            lambda conn: workers.note(conn, self._worker, audited_at=now, audit=told, mended=self.mended)
        ).result()
        self._writer.submit(lambda conn: forget_old(conn, now)).result()
        self._audited_at = self._clock.monotonic()
        self._found(found)

    def _mend(self, number: int) -> bool:
        """Whether all is well with the incident now."""
        now = self._clock.now()
        try:
            flaw = self._writer.submit(partial(mend, directory=self._directory, number=number, now=now)).result()
        except (DatabaseAway, WrongRevision):
            raise
        except Exception:  # one bad row must not keep the others from being audited
            if number not in self._unmended:
                log.exception("the self-audit failed on incident #%d", number)
            return False
        if flaw is not None:
            self.mended += 1
            log.error("incident #%d: the self-audit found that %s: mended", number, flaw)
            self._report(number, flaw, now)
        return True

    def _report(self, number: int, flaw: str, now: datetime) -> None:
        """Tell it aloud, in a transaction of its own: here a service's lock comes before its incidents'."""
        try:
            self._writer.submit(
                partial(
                    report_mended,
                    directory=self._directory,
                    number=number,
                    flaw=flaw,
                    now=now,
                    service=self._service,
                )
            ).result()
        except (DatabaseAway, WrongRevision):
            raise
        except Exception:  # what was mended stays mended, and stands in the log and the timeline
            log.exception("nobody could be told that incident #%d was mended", number)

    def _found(self, found: tuple[Alarm, ...]) -> None:
        """Say what is new, and when all is well again; not the same every minute."""
        before = {alarm.code for alarm in self._alarms}
        self._alarms = found
        for alarm in found:
            if alarm.code not in before:
                log.error("%s", alarm.text)
        if before - {"not_yet"} and not found:
            log.info("the self-audit is passed again")


def _numbers(numbers: Sequence[int], most: int = 5) -> str:
    shown = ", ".join(f"#{number}" for number in numbers[:most])
    return f"{shown} and {len(numbers) - most} more" if len(numbers) > most else shown
