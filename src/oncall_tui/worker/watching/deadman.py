"""The dead-man ping: somebody outside hears from us as long as all is well, and raises the alarm when they don't."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence

from oncall_tui.clock import Clock
from oncall_tui.domain.errors import DatabaseAway, OncallError
from oncall_tui.net import fetch
from oncall_tui.notify.redact import redact_url
from oncall_tui.running import Flag
from oncall_tui.settings import Secret
from oncall_tui.storage.statements import workers
from oncall_tui.storage.writer import Writer

log = logging.getLogger(__name__)

EVERY = 60.0  # seconds
AGAIN = 5.0  # seconds after a ping that was held back or did not arrive
TIMEOUT = 10.0  # seconds
MAX_BYTES = 64 * 1024
REDIRECTS = 3
TAKEN = range(200, 300)


class DeadMan:
    """GETs an address every so often, only while `ailments` has nothing to tell. The address is a secret."""

    name = "dead-man ping"

    def __init__(  # noqa: PLR0913 - the parts it works with, each handed in
        self,
        writer: Writer,
        clock: Clock,
        url: Secret,
        *,
        worker: str,
        ailments: Callable[[], Sequence[str]],
        every: float = EVERY,
        timeout: float = TIMEOUT,
    ) -> None:
        self._writer = writer
        self._clock = clock
        self._url = url
        self._shown = redact_url(url)
        self._worker = worker
        self._ailments = ailments
        self._every = every
        self._timeout = timeout
        self._silent = False

    def wake(self) -> None:
        """Nothing that others do changes when the next ping is due."""

    def run(self, stop: Flag) -> None:
        """Ping until `stop` is set; after one that did not arrive, try again soon."""
        again = min(self._every, AGAIN)
        stop.wait(again)  # the loops have to look, and the audit has to run, before anybody can vouch for them
        while not stop.is_set():
            stop.wait(self._every if self.step() else again)

    def step(self) -> bool:
        """Ping if all is well; whether the other side took it."""
        failure = self._failure()
        if failure and not self._silent:
            log.error("dead-man ping to %s: %s", self._shown, failure)
        elif self._silent and not failure:
            log.info("dead-man ping to %s: arrives again", self._shown)
        self._silent = bool(failure)
        now = self._clock.now()
        values = {"ping_failure": failure} if failure else {"ping_failure": "", "pinged_at": now}
        try:
            self._writer.submit(lambda conn: workers.note(conn, self._worker, **values)).result()
        except DatabaseAway as away:
            log.warning("dead-man ping: what became of it could not be kept: %s", away.sentence)
        return not failure

    def _failure(self) -> str:
        """Ping, and why it did not arrive; empty when it did."""
        ailments = self._ailments()
        if ailments:
            return f"held back: {'; '.join(ailments)}"
        try:
            # Whoever sets the address runs the house: a monitor inside the network is as good as one outside.
            answer = fetch(
                "GET", self._url, timeout=self._timeout, max_bytes=MAX_BYTES, allow_private=True, follow=REDIRECTS
            )
        except OncallError as error:
            return error.sentence
        return "" if answer.status in TAKEN else f"answered {answer.status}"
