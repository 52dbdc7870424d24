"""FAULTS C4 43 and 44: strangers who hold a running worker's door open, or push far too much through it."""

from __future__ import annotations

import gzip
import http.client
import socket
import statistics
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.faults.ledger import KEY, Books, Ledger
from tests.faults.scale import FULL, sized
from tests.support.processes import PATIENCE, WorkerProcess, worker
from tests.support.sinks import Request, Sink

pytestmark = pytest.mark.timeout(sized(300, 900))

IDLE = sized(600, 10_000)
PAGES = 15
TIMES_AS_LONG = 3
SLACK = sized(PATIENCE, 0.1)  # seconds: the long form measures, the test command only guards against hanging
MEBIBYTE = 1 << 20
GROWTH = 20 * 1024  # KiB
HEAD = b"POST /in/generic/x HTTP/1.1\r\nhost: x\r\n"
SAID = (b"", HEAD + b"x-drip: ", HEAD + b"content-length: 9\r\n\r\n{")


def test_c4_43_idle_sockets_delay_no_page(sqlite_url: str, books: Books, sink: Sink, tmp_path: Path) -> None:
    ledger = books(sqlite_url)
    with worker(sqlite_url, tmp_path) as running, ExitStack() as held:
        waits(ledger, running.address, sink, "warm")
        alone = waits(ledger, running.address, sink, "alone")
        parts = urlsplit(running.address)
        for number in range(IDLE):
            stranger = held.enter_context(socket.create_connection((parts.hostname or "", parts.port or 0), PATIENCE))
            stranger.sendall(SAID[number % len(SAID)])
        among = waits(ledger, running.address, sink, "among")
        ledger.settled("c4-43")
    before, after = statistics.median(alone), statistics.median(among)
    print(f"c4-43: pages after {before * 1e3:.0f} ms alone, {after * 1e3:.0f} ms among {IDLE} idle sockets")
    assert after < TIMES_AS_LONG * before + SLACK


def waits(ledger: Ledger, address: str, sink: Sink, name: str) -> list[float]:
    """Seconds from each alert to its page at the provider."""
    found = []
    for number in range(PAGES):
        title = f"alert {name}-{number}"
        began = time.monotonic()
        ledger.bring(address, f"{name}-{number}")
        pages = paged(sink, title)
        found.append(pages[0].at - began)
    return found


def paged(sink: Sink, title: str) -> list[Request]:
    """The pages of one title, once there are any."""

    def of_it(seen: Sequence[Request]) -> list[Request]:
        return [one for one in seen if title in one.text.partition("\n")[0]]

    return of_it(sink.wait_for(of_it))


def test_c4_44_what_is_far_too_large_is_refused_and_never_held(sqlite_url: str, books: Books, tmp_path: Path) -> None:
    ledger = books(sqlite_url)
    bomb = gzip.compress(bytes(sized(64, 900) * MEBIBYTE), 9)
    assert len(bomb) < MEBIBYTE
    bodies = [b"[" + b"1," * (5 * MEBIBYTE) + b"1]", b'{"title": "' + b"x" * (10 * MEBIBYTE) + b'"}', bomb]
    with worker(sqlite_url, tmp_path) as running, ThreadPoolExecutor(4) as senders:
        ledger.bring(running.address, "before")
        before = peak(running, anew=True)
        told = list(senders.map(lambda body: status(running.address, body), bodies * sized(4, 20)))
        grown = peak(running) - before
        # One that takes longer over its ten MiB than anybody has patience for is told so, or cut off.
        assert set(told) <= {413, 400, 408, None}
        assert not FULL or set(told) == {413}
        ledger.bring(running.address, "after")
        ledger.settled(f"c4-44, {grown} KiB more at most")
    assert grown < GROWTH


def status(address: str, body: bytes) -> int | None:
    """What a post of the body is answered; None when it was cut off."""
    parts = urlsplit(address)
    link = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=PATIENCE)
    try:
        link.request("POST", f"/in/generic/{KEY}", body)
        return link.getresponse().status
    except (OSError, http.client.HTTPException):
        return None
    finally:
        link.close()


def peak(running: WorkerProcess, *, anew: bool = False) -> int:
    """KiB of memory that a worker has held at most; `anew`: counted from now on."""
    folder = Path(f"/proc/{running.process.pid}")
    if anew:
        (folder / "clear_refs").write_text("5")
    lines = (folder / "status").read_text().splitlines()
    return int(next(line for line in lines if line.startswith("VmHWM")).split()[1])
