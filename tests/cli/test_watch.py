"""watch: JSON lines of what changes, from a real process."""

from __future__ import annotations

import json
import signal
import subprocess
from functools import partial

import pytest

from tests.cli.running import CommandLine
from tests.support.processes import ONCALL, PATIENCE, oncall_environment


@pytest.mark.timeout(300)
def test_what_is_open_and_then_what_changes(both: CommandLine) -> None:
    number = both.json("trigger", "5xx", "--service", "checkout")["number"]
    process = subprocess.Popen(
        [*ONCALL, "watch"],
        env=oncall_environment(both.url),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        # A test run in the background of a shell has interrupts ignored, and so would every process it starts.
        preexec_fn=partial(signal.signal, signal.SIGINT, signal.default_int_handler),  # noqa: PLW1509 - no threads here
    )
    assert process.stdout is not None

    def line() -> tuple[int, str]:
        assert process.stdout is not None
        row = json.loads(process.stdout.readline())
        return row["number"], row["state"]

    try:
        assert line() == (number, "triggered")
        both.ok("ack", str(number))
        assert line() == (number, "acknowledged")
        other = both.json("trigger", "disk", "--service", "search")["number"]
        assert line() == (other, "triggered")
        both.ok("resolve", str(number))
        assert line() == (number, "resolved")
    finally:
        process.send_signal(signal.SIGINT)
        rest, errors = process.communicate(timeout=PATIENCE)
    assert (process.returncode, rest, errors.strip()) == (130, "", "")
