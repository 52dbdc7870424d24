"""How many sends are under way, in all and to each provider: one that hangs holds a few of our threads, never all."""

from __future__ import annotations

import threading
from collections import Counter

from oncall_tui.notify.outcome import Outcome
from oncall_tui.ops.delivery import Job, Providers

UNWRITTEN = 4  # times as many answers may wait to be written down as sends may be under way


class Bulkhead:
    """Counts jobs in flight. A provider that did not answer in time is in doubt until it answers again.

    What is answered and not yet written down holds its lease and no provider: of that, too, there is never more than
    can be written well within a lease.
    """

    def __init__(self, in_all: int, each: int) -> None:
        self.in_all = in_all
        self._each = each
        self._guard = threading.Lock()
        self._sending: dict[str, Job] = {}
        self._answered: dict[str, Job] = {}
        self._in_doubt: set[str] = set()

    @property
    def jobs(self) -> tuple[Job, ...]:
        """Everything in flight."""
        with self._guard:
            return (*self._sending.values(), *self._answered.values())

    @property
    def free(self) -> int:
        """How many more sends may be under way; 0 when it is so few that waiting for more takes less."""
        with self._guard:
            free = self.in_all - len(self._sending)
            free = min(free, UNWRITTEN * self.in_all - len(self._answered))
        return free if free >= self.in_all // 8 else 0

    @property
    def providers(self) -> Providers:
        """How much each provider has under way."""
        with self._guard:
            counted = Counter(job.provider for job in self._sending.values() if job.provider)
            return Providers(
                each=self._each,
                least=max(1, self._each // 3),
                under_way=dict(counted),
                in_doubt=frozenset(self._in_doubt),
                suspect_under_way=any(job.suspect for job in (*self._sending.values(), *self._answered.values())),
            )

    def enter(self, job: Job) -> None:
        """A send begins."""
        with self._guard:
            self._sending[job.token] = job

    def answered(self, job: Job, outcome: Outcome) -> None:
        """A send has ended, its bookkeeping begins. What the provider did tells how far it is trusted."""
        with self._guard:
            if self._sending.pop(job.token, None) is not None:
                self._answered[job.token] = job
            if outcome is Outcome.UNKNOWN:
                self._in_doubt.add(job.provider)
            else:
                self._in_doubt.discard(job.provider)

    def leave(self, job: Job) -> None:
        """A send and its bookkeeping have ended."""
        with self._guard:
            self._sending.pop(job.token, None)
            self._answered.pop(job.token, None)
