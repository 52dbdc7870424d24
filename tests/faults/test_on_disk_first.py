"""FAULTS C4 2: by the order of system calls no 2xx leaves before the write-ahead log that holds it is synced."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.faults.disks import unavailable
from tests.faults.ledger import Books
from tests.support.processes import PATIENCE, wait_until, worker

pytestmark = pytest.mark.timeout(300)

CALLS = "trace=fdatasync,fsync,pwrite64,write,writev,sendto,sendmsg,recvfrom,read"
COUNT = 20
# A call that another thread's line interrupts is told in two: "name(args <unfinished ...>", "<... name resumed> rest".
UNFINISHED = re.compile(r"^(\d+) +(\w+)\((.*) <unfinished \.\.\.>$")
RESUMED = re.compile(r"^(\d+) +<\.\.\. (\w+) resumed>(.*)$")
WHOLE = re.compile(r"^(\d+) +(\w+)\((.*)$")


def test_c4_02_a_yes_leaves_after_the_sync_of_what_it_promises(sqlite_url: str, books: Books, tmp_path: Path) -> None:
    if shutil.which("strace") is None:
        unavailable("strace is not installed")
    ledger = books(sqlite_url)
    trace = tmp_path / "trace"
    with worker(sqlite_url, tmp_path) as running:
        tracer = subprocess.Popen(
            ["strace", "-f", "-y", "-s", "5000", "-e", CALLS, "-o", str(trace), "-p", str(running.process.pid)],
            stderr=subprocess.PIPE,
            text=True,
        )
        try:
            assert tracer.stderr is not None
            if "attached" not in (said := tracer.stderr.readline()):
                unavailable(f"nothing may be traced here: {said.strip()}")
            for number in range(COUNT):
                ledger.bring(running.address, named(number))
            wait_until(lambda: trace.read_text().count("HTTP/1.1 202") >= COUNT, "the trace")
        finally:
            tracer.terminate()
            tracer.communicate(timeout=PATIENCE)
        ledger.settled("c4-02")
    seen = trace.read_text()
    assert synced_before_each_yes(seen) == [True] * COUNT
    unsynced = "\n".join(line for line in seen.splitlines() if "sync" not in line)
    assert synced_before_each_yes(unsynced) == [False] * COUNT, "the reading of the trace sees a sync that is missing"


def synced_before_each_yes(trace: str) -> list[bool]:
    """For each 202 that left: had its alert been written to the log, and the log then been synced?"""
    verdicts: list[bool] = []
    writer: str | None = None  # the thread that has written the alert that is waited for
    synced = False
    begun: dict[tuple[str, str], str] = {}
    for line in trace.splitlines():
        if found := UNFINISHED.match(line):
            thread, name, rest = found.groups()
            begun[thread, name] = rest
            ended, leaves = False, "HTTP/1.1 202" in rest  # an answer may be out as soon as its call begins
        elif found := RESUMED.match(line):
            thread, name, end = found.groups()
            rest = begun.pop((thread, name), "") + end
            ended, leaves = True, False
        elif found := WHOLE.match(line):
            thread, name, rest = found.groups()
            ended, leaves = True, "HTTP/1.1 202" in rest
        else:
            continue
        if leaves:
            verdicts.append(synced)
            writer, synced = None, False
        elif (
            writer is None
            and ended
            and name == "pwrite64"
            and "-wal>" in rest
            and f"alert {named(len(verdicts))}" in rest
        ):
            writer = thread
        elif ended and name in ("fdatasync", "fsync") and "-wal>" in rest and rest.endswith("= 0"):
            synced = synced or thread == writer
    return verdicts


def named(number: int) -> str:
    """The key of the alert that is posted as this one."""
    return f"z{number:03}z"
