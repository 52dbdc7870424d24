"""Run sends that nothing can interrupt under a hard deadline, and count those that overstay it.

Each send has a daemon thread of its own. At the deadline the caller gets `unknown` and goes on; the thread ends when
its provider lets go. Too many such threads on one place, and further pages to it wait outside.
"""

from __future__ import annotations

import logging
import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import Future
from concurrent.futures import TimeoutError as DeadlinePassed
from datetime import timedelta

from oncall_tui.notify.outcome import Outcome, SendResult

log = logging.getLogger(__name__)

WAIT_WHEN_STUCK = timedelta(seconds=15)


class _Run:
    """One send under way. `late` once its caller has stopped waiting."""

    def __init__(self) -> None:
        self.answer: Future[SendResult] = Future()
        self.late = False


class Deadlines:
    """Runs sends, each within its time. Safe to use from many threads."""

    def __init__(self, *, stuck_per_place: int, stuck_in_all: int) -> None:
        self._stuck_per_place = stuck_per_place
        self._stuck_in_all = stuck_in_all
        self._guard = threading.Lock()
        self._stuck: Counter[str] = Counter()

    @property
    def stuck(self) -> int:
        """How many sends are past their deadline and not back yet."""
        with self._guard:
            return self._stuck.total()

    def run(self, send: Callable[[], SendResult], *, place: str, page_id: str, timeout: float) -> SendResult:
        """What the send answers within `timeout` seconds; `unknown` if nothing; `retry_later` if `place` is stuck."""
        refusal = self._too_many(place)
        if refusal is not None:
            return refusal
        run = _Run()
        threading.Thread(
            target=self._in_thread, args=(run, send, place, page_id), name=f"page {page_id}", daemon=True
        ).start()
        try:
            return run.answer.result(timeout)
        except DeadlinePassed:
            return self._give_up(run, place, timeout)

    def _in_thread(self, run: _Run, send: Callable[[], SendResult], place: str, page_id: str) -> None:
        try:
            result = send()
        except Exception as error:  # noqa: BLE001 - whatever a provider's plugin does, the caller must get an answer
            # Its text and its trace may hold the address: the type alone is safe to log.
            log.error("page %s to %s: %s while sending", page_id, place, type(error).__name__)
            result = SendResult(Outcome.RETRY_LATER, f"{type(error).__name__} while sending")
        with self._guard:
            run.answer.set_result(result)
            if run.late:
                self._stuck[place] -= 1
                self._stuck += Counter()  # drops places that are free again
        if run.late:
            log.info("page %s to %s: %s, after its deadline", page_id, place, result.outcome)

    def _give_up(self, run: _Run, place: str, timeout: float) -> SendResult:
        with self._guard:
            if run.answer.done():
                return run.answer.result()
            run.late = True
            self._stuck[place] += 1
        return SendResult(Outcome.UNKNOWN, f"no answer within {timeout:g} s")

    def _too_many(self, place: str) -> SendResult | None:
        with self._guard:
            here, everywhere = self._stuck[place], self._stuck.total()
        if here >= self._stuck_per_place:
            words = f"{here} earlier pages are still held by {place}"
        elif everywhere >= self._stuck_in_all:
            words = f"{everywhere} earlier pages are still held by their providers"
        else:
            return None
        return SendResult(Outcome.RETRY_LATER, words, WAIT_WHEN_STUCK)
