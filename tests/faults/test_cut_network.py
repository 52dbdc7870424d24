"""FAULTS C4 10: the network between a worker and PostgreSQL is cut, packets dropped; another worker takes over.

The first worker lives in a network namespace of the test's own. Two links lead out of it: one to the server, which is
taken down and up again, and one to the provider, which stays.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from oncall_tui.clock import SystemClock
from oncall_tui.domain.events import Action, Event
from oncall_tui.domain.severity import Severity
from oncall_tui.ops.directory import Directory
from oncall_tui.ops.intake.events import take
from tests.faults.disks import unavailable
from tests.faults.ledger import Books
from tests.faults.scale import sized
from tests.faults.slow_link import SlowLink
from tests.support.processes import ONCALL, PATIENCE, PATIENT, oncall_environment, wait_until, worker
from tests.support.sinks import Sink

pytestmark = pytest.mark.timeout(sized(300, 900))

BRISK = {"ONCALL_BUSY_TIMEOUT": "1s"}
SOON_REPLACED = PATIENT | BRISK | {"ONCALL_LEASE": "3s"}
LONG = 3600.0  # seconds: until the sink lets go
CUT = sized(6.0, 60.0)  # seconds
BURNING = sized(3, 30)
# Of this process alone: two runs on one machine must not share a network.
NET = f"10.{64 + os.getpid() % 128}.{os.getpid() // 128 % 250}"
HERE, THERE = (f"{NET}.1", f"{NET}.5"), (f"{NET}.2", f"{NET}.6")
# A dead link is given up after a second of silence instead of twelve.
IMPATIENT = "?connect_timeout=20&tcp_user_timeout=1000&keepalives_idle=1&keepalives_interval=1&keepalives_count=1"


@dataclass(frozen=True, slots=True)
class Island:
    """A namespace with a link to the server and one to the provider."""

    name: str
    links: tuple[str, str]

    def cut(self) -> None:
        """Drop every packet to and from the server."""
        ip("link", "set", self.links[0], "down")

    def heal(self) -> None:
        """Let them pass again."""
        ip("link", "set", self.links[0], "up")


def ip(*arguments: str) -> None:
    """Run `ip`; skips where the machine does not allow it."""
    done = subprocess.run(["ip", *arguments], capture_output=True, text=True, check=False)
    if done.returncode:
        unavailable(f"no namespaces here: {done.stderr.strip()}")


@pytest.fixture
def island() -> Iterator[Island]:
    if os.geteuid() != 0 or shutil.which("ip") is None:
        unavailable("namespaces need root and iproute2")
    made = Island(f"oncall-{os.getpid()}", (f"oc{os.getpid()}", f"op{os.getpid()}"))
    try:
        ip("netns", "add", made.name)
        ip("-n", made.name, "link", "set", "lo", "up")
        for link, near, far in zip(made.links, HERE, THERE, strict=True):
            ip("link", "add", link, "type", "veth", "peer", "name", f"{link}i", "netns", made.name)
            ip("addr", "add", f"{near}/30", "dev", link)
            ip("link", "set", link, "up")
            ip("-n", made.name, "addr", "add", f"{far}/30", "dev", f"{link}i")
            ip("-n", made.name, "link", "set", f"{link}i", "up")
        yield made
    finally:
        subprocess.run(["ip", "netns", "delete", made.name], capture_output=True, check=False)
        for link in made.links:
            subprocess.run(["ip", "link", "delete", link], capture_output=True, check=False)


@pytest.fixture
def relays(island: Island, postgres_url: str, sink: Sink) -> Iterator[tuple[SlowLink, SlowLink]]:
    """The links' near ends, which lead to the server and to the sink."""
    with ExitStack() as stack:
        server = stack.enter_context(SlowLink(urlsplit(postgres_url).port or 0, host=HERE[0]))
        yield server, stack.enter_context(SlowLink(sink.port, host=HERE[1]))


def test_c4_10_a_worker_that_is_cut_off_in_the_middle_of_a_send_is_replaced_and_comes_back(
    island: Island, relays: tuple[SlowLink, SlowLink], postgres_url: str, books: Books, sink: Sink, tmp_path: Path
) -> None:
    server, provider = relays
    ledger = books(postgres_url, at=f"json://{HERE[1]}:{provider.port}")
    parts = urlsplit(postgres_url)
    through = f"postgresql://{parts.username}@{HERE[0]}:{server.port}{parts.path}{IMPATIENT}"

    def burn(key: str) -> None:
        event = Event(action=Action.TRIGGER, dedup_key=key, title=f"alert {key}", severity=Severity.CRITICAL)
        with ledger.store.write() as conn:
            take(conn, Directory(ledger.store).world(conn), "monitor", [event], SystemClock().now(), "{}")
        ledger.accepted.append(key)

    with (tmp_path / "cut off.log").open("w+") as log:
        first = subprocess.Popen(
            ["ip", "netns", "exec", island.name, *ONCALL, "worker", "--listen", "127.0.0.1:0"],
            env=oncall_environment(through, SOON_REPLACED),
            stdout=subprocess.PIPE,
            stderr=log,
            stdin=subprocess.DEVNULL,
            text=True,
        )
        try:
            assert first.stdout is not None
            assert first.stdout.readline().startswith("ready")
            sink.answer("/ana", delay=LONG, times=1)
            burn("under way")
            sink.wait_for(lambda seen: len(seen) == 1)
            island.cut()
            cut_at = time.monotonic()
            said, pause = Path(log.name), threading.Event()
            with worker(postgres_url, tmp_path, BRISK):
                for number in range(BURNING):
                    burn(f"meanwhile {number}")
                    due = (number + 1) * CUT / BURNING
                    pause.wait(max(0.0, cut_at + due - time.monotonic()))
                # What was under way is sent again.
                ledger.settled(f"c4-10 cut for {CUT:.0f} s", repeats=1)
                wait_until(lambda: "trying again" in said.read_text(), "the worker to notice")
            sent = sum(peer == THERE[1] for _, peer in provider.arrivals)
            assert sent == 1, "whoever is cut off sends nothing but what was under way"
            sink.release()
            island.heal()
            burn("after")
            ledger.settled("c4-10 healed")
            assert first.poll() is None
        finally:
            first.terminate()
            first.wait(PATIENCE)
            if first.stdout is not None:
                first.stdout.close()
