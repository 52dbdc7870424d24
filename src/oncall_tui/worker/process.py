"""The worker as a whole: intake, engine, delivery and life signs over one database, from start to a clean stop."""

from __future__ import annotations

import gc
import logging
import os
import secrets
import socket
import sys
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

from oncall_tui.clock import SystemClock
from oncall_tui.domain.delivery.bundling import BUNDLING, Bundling
from oncall_tui.domain.errors import DatabaseAway
from oncall_tui.notify.sender import Sender
from oncall_tui.ops.answering.links import Links
from oncall_tui.ops.directory import Directory
from oncall_tui.settings import Secret
from oncall_tui.storage.cipher import Cipher
from oncall_tui.storage.engine import Store
from oncall_tui.storage.feed import ChangeFeed
from oncall_tui.storage.writer import Writer
from oncall_tui.worker.checkpointing import Checkpointing
from oncall_tui.worker.due.engine import Engine
from oncall_tui.worker.parts import Part
from oncall_tui.worker.sending.delivery import Delivery
from oncall_tui.worker.sending.notices import Notices
from oncall_tui.worker.supervisor import Supervisor
from oncall_tui.worker.watching.auditor import Auditor
from oncall_tui.worker.watching.deadman import DeadMan
from oncall_tui.worker.watching.heartbeats import Heartbeats
from oncall_tui.worker.watching.lifesigns import LifeSigns

log = logging.getLogger(__name__)

STALE_AFTER = 10.0  # seconds without a look before a loop counts as stuck
STOP_WITHIN = 30.0  # seconds
SWITCH_INTERVAL = 0.0005  # seconds
BETWEEN_NEWS = 0.02  # seconds between two looks at what other processes have committed
GARBAGE_AT = 20_000  # new objects


class Intake(Protocol):
    """The HTTP side, put together elsewhere and handed in."""

    def start(self) -> str:
        """Listen; the bound address as a URL. Raises PortInUse."""

    def stop(self) -> None:
        """Take nothing new, answer what is under way."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """How the worker watches itself, in seconds; without an address nobody outside is told that it lives.

    `internal_service`: where what it mended is told.
    """

    audit_every: float = 60.0
    internal_service: str | None = None
    deadman_url: Secret | None = None
    deadman_every: float = 60.0


class Worker:
    """Everything headless. `run` returns the exit status."""

    def __init__(  # noqa: PLR0913 - the parts it is put together from
        self,
        store: Store,
        cipher: Cipher,
        sender: Sender,
        *,
        clock: SystemClock | None = None,
        lease: float = 10.0,
        send_timeout: float = 10.0,
        bundling: Bundling = BUNDLING,
        listen: str = "",
        public_url: str | None = None,
        watch: Watch = Watch(),
    ) -> None:
        self.id = f"{socket.gethostname()}-{os.getpid()}-{secrets.token_hex(2)}"
        self.clock = clock or SystemClock()
        self.writer = Writer(store)
        self.directory = Directory(store)
        self.engine = Engine(store, self.writer, self.directory, self.clock)
        self.delivery = Delivery(
            store,
            self.writer,
            self.directory,
            self.clock,
            sender,
            cipher,
            worker=self.id,
            lease=lease,
            send_timeout=send_timeout,
            bundling=bundling,
            links=Links(cipher, public_url),
        )
        self.notices = Notices(
            store,
            self.writer,
            self.directory,
            self.clock,
            sender,
            cipher,
            worker=self.id,
            lease=lease,
            send_timeout=send_timeout,
        )
        self._store = store
        self._feed = ChangeFeed(store)
        self._signs = LifeSigns(store, self.writer, self.clock, self.id, listen, looks=self._looks)
        self.auditor = Auditor(
            store,
            self.writer,
            self.directory,
            self.clock,
            worker=self.id,
            every=watch.audit_every,
            service=watch.internal_service,
        )
        parts: list[Part] = [self.engine, self.delivery, self.notices, self._signs, self.auditor]
        if listen:
            parts.append(Heartbeats(store, self.writer, self.directory, self.clock))
        if watch.deadman_url is not None:
            parts.append(
                DeadMan(
                    self.writer,
                    self.clock,
                    watch.deadman_url,
                    worker=self.id,
                    ailments=lambda: (*self.ailments(), *self.auditor.ailments()),
                    every=watch.deadman_every,
                )
            )
        parts.append(Checkpointing(store))
        self.supervisor = Supervisor(parts, self.clock)
        self.writer.after_commit(self.supervisor.wake_all)

    def ailments(self) -> tuple[str, ...]:
        """What keeps this worker from paging right now, in words; empty when nothing does."""
        found = []
        try:
            self._store.ping()
        except DatabaseAway as away:
            found.append(away.sentence)
        now = self.clock.monotonic()
        for part in (self.engine, self.delivery):
            if now - part.looked_at > STALE_AFTER:
                found.append(f"the {part.name} loop has not looked for {now - part.looked_at:.0f} s")
        return tuple(found)

    def _looks(self) -> Mapping[str, float]:
        return {"engine_looked_at": self.engine.looked_at, "delivery_looked_at": self.delivery.looked_at}

    def run(self, intake: Intake | None, *, ready: Callable[[str], None], stop: threading.Event) -> int:
        """Work until `stop` is set: 0 after a clean stop, 1 when a part kept dying. Raises PortInUse."""
        feeding = threading.Thread(target=self._pass_changes_on, name="feed", daemon=True)
        # Many threads take short turns here: with Python's own 5 ms an event would wait that long for each of them.
        sys.setswitchinterval(SWITCH_INTERVAL)
        self._measure_clock()
        address = intake.start() if intake is not None else ""
        self.supervisor.start()
        feeding.start()
        if self._both_loops_looked(stop):
            _settle_memory()
            ready(address)
        while not stop.wait(0.2):
            if self.supervisor.stop.is_set():
                break
        if intake is not None:
            intake.stop()
        clean = self.supervisor.join(STOP_WITHIN)
        self._feed.close()
        feeding.join(5)
        self.writer.stop()
        if self.supervisor.gave_up is not None:
            log.error("%s kept dying: giving up", self.supervisor.gave_up)
            return 1
        if not clean:
            log.warning("not everything ended in time; what was in flight will be sent again")
        return 0

    def _measure_clock(self) -> None:
        """Before anything can fall due: a host whose clock is an hour ahead must not page an hour early."""
        try:
            self._signs.measure()
        except DatabaseAway as away:
            log.warning("the database's clock can't be read yet (%s)", away.sentence)

    def _both_loops_looked(self, stop: threading.Event) -> bool:
        """Wait for the first look of engine and delivery: who reads `ready` may ask `/readyz` at once."""
        while not (self.engine.looked_at and self.delivery.looked_at):
            if self.supervisor.stop.is_set() or stop.wait(0.01):
                return False
        return True

    def _pass_changes_on(self) -> None:
        stop = self.supervisor.stop
        while not stop.is_set():
            if self._feed.wait(1.0):
                self.supervisor.wake_all()
                # PostgreSQL tells us of each commit of our own as well, which has woken everybody already.
                stop.wait(BETWEEN_NEWS)


def _settle_memory() -> None:
    """Let the collector of garbage leave alone what stays: it would walk all modules again for every few posts."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(GARBAGE_AT)
    gc.enable()  # whoever starts a worker may have done without until now
