"""The one thread that talks to the database: opens it, looks when something changed, does what keys ask for.

It survives everything: a failed look becomes a Trouble for the banner and is tried again; a failed act becomes a line.
"""

from __future__ import annotations

import logging
import queue
import threading
from collections.abc import Callable
from dataclasses import replace
from typing import cast

from oncall_tui.domain.errors import OncallError, Unavailable
from oncall_tui.tui.backend import Backend
from oncall_tui.tui.model import Early, Snapshot, Trouble, Wanted
from oncall_tui.tui.outcome import Outcome, refusal

log = logging.getLogger(__name__)

PING_SECONDS = 2.0  # how late a lost database is noticed
LOOK_AT_LEAST_EVERY = 30.0
LOOK_AT_MOST_EVERY = 0.25  # a storm of events becomes a few looks a second
RETRY_SECONDS = (0.25, 0.5, 1.0, 2.0)

Job = Callable[[Backend], None]


class Feed(threading.Thread):
    """Calls `tell` with each Snapshot or Trouble, and once with what can be had early; all come from this thread."""

    def __init__(self, backend: Backend, tell: Callable[[Early | Snapshot | Trouble], None]) -> None:
        super().__init__(name="oncall-feed", daemon=True)
        self._backend = backend
        self._tell = tell
        self._jobs: queue.SimpleQueue[Job] = queue.SimpleQueue()
        self._woken = threading.Event()
        self._ended = False
        self._wanted = Wanted()
        self._shown: Snapshot | None = None

    def want(self, **parts: object) -> None:
        """Change what the screen needs; it is looked for at once."""
        wanted = replace(self._wanted, **parts)  # type: ignore[arg-type]  # the names and types of Wanted's own fields
        if wanted != self._wanted:
            self._wanted = wanted
            self._wake()

    @property
    def wanted(self) -> Wanted:
        """What the screen needs."""
        return self._wanted

    def do(self, act: Callable[[Backend], Outcome], then: Callable[[Outcome], None]) -> None:
        """Do something in the database thread; `then` gets how it ended, in that thread."""

        def job(backend: Backend) -> None:
            try:
                outcome = act(backend)
            except OncallError as error:
                outcome = refusal(error)
            except Exception as error:
                log.exception("an act failed")
                outcome = Outcome(f"that failed, nothing was done: {error}", ok=False)
            then(outcome)

        self._jobs.put(job)
        self._wake()

    def end(self) -> None:
        """Stop soon; does not wait."""
        self._ended = True
        self._wake()

    def run(self) -> None:
        tries = 0
        while not self._ended:
            try:
                self._backend.open()
                tries = 0
                if self._shown is None and (early := self._backend.early(self._wanted)) is not None:
                    self._tell(early)
                self._live()
            except Exception as error:  # whatever it is, the screen stays and says so
                self._refuse_jobs()
                if not isinstance(error, OncallError):
                    log.exception("the screen could not be brought up to date")
                self._tell(_trouble(error))
                self._shown = None
                self._pause(RETRY_SECONDS[min(tries, len(RETRY_SECONDS) - 1)])
                tries += 1
        self._backend.close()

    def _live(self) -> None:
        due_in, heard = 0.0, True
        while not self._ended:
            self._woken.clear()
            worked = self._work()
            if worked or due_in <= 0 or not self._turns_to_another():
                self._look(anew=worked or heard)
                due_in, heard = LOOK_AT_LEAST_EVERY, False
                self._pause(LOOK_AT_MOST_EVERY)
            if self._ended or self._woken.is_set():
                continue
            if self._backend.wait(PING_SECONDS):
                # Woken by the screen, there may have been a commit, too: that is looked at soon, the wish at once.
                due_in = min(due_in, PING_SECONDS) if self._woken.is_set() else 0.0
                heard = True
            else:
                due_in -= PING_SECONDS
                self._backend.ping()

    def _look(self, *, anew: bool) -> None:
        """Look at everything, or, where nothing was committed since, at what changes by time alone."""
        shown = self._shown
        if anew or shown is None or shown.wanted != self._wanted:
            self._show(self._backend.look(self._wanted))
        else:
            self._show(self._backend.refreshed(shown))

    def _turns_to_another(self) -> bool:
        """Whether the screen needs nothing but the story of another incident; it has it then.

        Nothing was committed since the last look: the queue is as it was, and the larger part of a look.
        """
        wanted, shown = self._wanted, self._shown
        if shown is None or replace(wanted, number=None) != replace(shown.wanted, number=None):
            return False
        if wanted != shown.wanted:
            detail = None if wanted.number is None else self._backend.story(wanted.number)
            self._show(replace(shown, wanted=wanted, detail=detail))
        return True

    def _show(self, snapshot: Snapshot) -> None:
        self._shown = snapshot
        self._tell(snapshot)

    def _work(self) -> bool:
        worked = False
        while not self._jobs.empty():
            self._jobs.get()(self._backend)
            worked = True
        return worked

    def _refuse_jobs(self) -> None:
        """Nothing is queued while the database is away: an act done minutes later would surprise everybody."""
        while not self._jobs.empty():
            self._jobs.get()(cast("Backend", _Away()))

    def _pause(self, seconds: float) -> None:
        if not self._woken.wait(seconds):
            return

    def _wake(self) -> None:
        self._woken.set()
        self._backend.poke()


def _trouble(error: Exception) -> Trouble:
    if isinstance(error, OncallError):
        return Trouble(error.sentence, error.mend, away=isinstance(error, Unavailable))
    return Trouble(f"{type(error).__name__}: {error}", away=False)


class _Away:
    """A backend that refuses everything."""

    def __getattr__(self, name: str) -> Callable[..., Outcome]:
        def refuse(*_: object, **__: object) -> Outcome:
            raise Unavailable("the database is away: nothing was done", mend="repeat it when the banner is gone")

        return refuse
