"""FAULTS C4 10: the network between a worker and PostgreSQL is cut, packets dropped; another worker takes over.

The first worker lives in a network namespace of the test's own, whose link is taken down and up again.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from oncall_tui.clock import SystemClock
from oncall_tui.domain.events import Action, Event
from oncall_tui.domain.severity import Severity
from oncall_tui.ops.directory import Directory
from oncall_tui.ops.events import take
from tests.faults.ledger import Books
from tests.support.processes import ONCALL, oncall_environment, wait_until, worker
from tests.support.sinks import Sink

pytestmark = [
    pytest.mark.timeout(120),
    pytest.mark.skipif(os.geteuid() != 0 or shutil.which("ip") is None, reason="namespaces need root and iproute2"),
]

BRISK = {"ONCALL_BUSY_TIMEOUT": "1s"}
HERE, THERE = "10.231.7.1", "10.231.7.2"
# A dead link is given up after a second of silence instead of twelve.
IMPATIENT = "?tcp_user_timeout=1000&keepalives_idle=1&keepalives_interval=1&keepalives_count=1"
RELAY = """
import socket, sys, threading
door = socket.create_server((sys.argv[1], 0))
print(door.getsockname()[1], flush=True)
def pump(one, two):
    try:
        while data := one.recv(65536):
            two.sendall(data)
    except OSError:
        pass
    finally:
        for link in (one, two):
            try:
                link.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
while True:
    inner = door.accept()[0]
    outer = socket.create_connection((sys.argv[2], int(sys.argv[3])))
    for pair in ((inner, outer), (outer, inner)):
        threading.Thread(target=pump, args=pair, daemon=True).start()
"""


@dataclass(frozen=True, slots=True)
class Island:
    """A namespace whose only way out is one link."""

    name: str
    link: str

    def cut(self) -> None:
        """Drop every packet in both directions."""
        ip("link", "set", self.link, "down")

    def heal(self) -> None:
        """Let them pass again."""
        ip("link", "set", self.link, "up")


def ip(*arguments: str) -> None:
    """Run `ip`; skips where the machine does not allow it."""
    done = subprocess.run(["ip", *arguments], capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip(f"no namespaces here: {done.stderr.strip()}")


@pytest.fixture
def island() -> Iterator[Island]:
    made = Island(f"oncall-{os.getpid()}", f"oc{os.getpid()}")
    inner = f"{made.link}i"
    try:
        ip("netns", "add", made.name)
        ip("link", "add", made.link, "type", "veth", "peer", "name", inner, "netns", made.name)
        ip("addr", "add", f"{HERE}/30", "dev", made.link)
        ip("link", "set", made.link, "up")
        ip("-n", made.name, "addr", "add", f"{THERE}/30", "dev", inner)
        ip("-n", made.name, "link", "set", inner, "up")
        ip("-n", made.name, "link", "set", "lo", "up")
        yield made
    finally:
        subprocess.run(["ip", "netns", "delete", made.name], capture_output=True, check=False)
        subprocess.run(["ip", "link", "delete", made.link], capture_output=True, check=False)


@pytest.fixture
def relays(island: Island, postgres_url: str, sink: Sink) -> Iterator[tuple[int, int]]:
    """Ports of the link's near end that lead to the server and to the sink."""
    running = []
    for port in (urlsplit(postgres_url).port, sink.port):
        running.append(
            subprocess.Popen(
                [sys.executable, "-c", RELAY, HERE, "127.0.0.1", str(port)],
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                text=True,
            )
        )
    try:
        ports = [int(one.stdout.readline()) for one in running if one.stdout is not None]
        yield ports[0], ports[1]
    finally:
        for one in running:
            one.kill()
            one.wait(10)
            if one.stdout is not None:
                one.stdout.close()


def test_c4_10_a_worker_that_is_cut_off_is_replaced_and_comes_back(
    island: Island, relays: tuple[int, int], postgres_url: str, books: Books, tmp_path: Path
) -> None:
    ledger = books(postgres_url, at=f"json://{HERE}:{relays[1]}")
    parts = urlsplit(postgres_url)
    through = f"postgresql://{parts.username}@{HERE}:{relays[0]}{parts.path}{IMPATIENT}"

    def burn(key: str) -> None:
        event = Event(action=Action.TRIGGER, dedup_key=key, title="5xx", severity=Severity.CRITICAL)
        with ledger.store.write() as conn:
            take(conn, Directory(ledger.store).world(conn), "monitor", [event], SystemClock().now(), "{}")
        ledger.accepted.append(key)

    with (tmp_path / "cut off.log").open("w+") as log:
        first = subprocess.Popen(
            ["ip", "netns", "exec", island.name, *ONCALL, "worker", "--listen", "127.0.0.1:0"],
            env=oncall_environment(through, BRISK),
            stdout=subprocess.PIPE,
            stderr=log,
            stdin=subprocess.DEVNULL,
            text=True,
        )
        try:
            assert first.stdout is not None
            assert first.stdout.readline().startswith("ready")
            island.cut()
            burn("meanwhile")
            said = Path(log.name)
            wait_until(lambda: "trying again" in said.read_text(), "the worker to notice")
            with worker(postgres_url, tmp_path, BRISK):
                ledger.settled("c4-10 cut")
            island.heal()
            burn("after")
            ledger.settled("c4-10 healed")
            assert first.poll() is None
        finally:
            first.terminate()
            first.wait(40)
            if first.stdout is not None:
                first.stdout.close()
