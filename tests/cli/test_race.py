"""Two processes acknowledge the same incident at once, 200 times: exactly one wins, the other is told who."""

from __future__ import annotations

import json
import multiprocessing
import subprocess
from collections.abc import Sequence
from multiprocessing.queues import Queue
from multiprocessing.synchronize import Barrier
from pathlib import Path
from typing import Any

import pytest

from oncall_tui.domain.errors import LostRace
from oncall_tui.ops.incidents import acts
from oncall_tui.ops.session import open_session
from oncall_tui.settings import load_settings
from tests.cli.running import CommandLine
from tests.support.processes import ONCALL, oncall_environment

ROUNDS = 200
PATIENCE = 90.0
RUNNERS = ("ana", "bo")

Told = tuple[str, dict[int, str]]


def acknowledge_all(env: dict[str, str], user: str, numbers: Sequence[int], start: Barrier, told: Queue[Told]) -> None:
    """Acknowledge each of them, each time together with the other process; say who was told what."""
    session = open_session(load_settings({"user": user}, env, Path("/dev/null")), via="cli")
    heard: dict[int, str] = {}
    for number in numbers:
        start.wait(PATIENCE)
        try:
            acts.acknowledge(session, number)
            heard[number] = "won"
        except LostRace as lost:
            heard[number] = lost.sentence
    session.close()
    told.put((user, heard))


@pytest.mark.timeout(400)
def test_exactly_one_of_two_processes_wins_each_time(both: CommandLine) -> None:
    numbers = _opened(both, ROUNDS)
    processes = multiprocessing.get_context("spawn")
    start: Any = processes.Barrier(2)
    told: Any = processes.Queue()
    running = [
        processes.Process(target=acknowledge_all, args=(oncall_environment(both.url), user, numbers, start, told))
        for user in RUNNERS
    ]
    for process in running:
        process.start()
    heard = dict(told.get(timeout=PATIENCE * 2) for _ in running)
    for process in running:
        process.join(PATIENCE)
        assert process.exitcode == 0
    for number in numbers:
        winners = [user for user in RUNNERS if heard[user][number] == "won"]
        assert len(winners) == 1, f"#{number}: {heard['ana'][number]} / {heard['bo'][number]}"
        loser = next(user for user in RUNNERS if user not in winners)
        assert f"by {winners[0]}" in heard[loser][number]


def test_two_commands_at_once(both: CommandLine) -> None:
    (number,) = _opened(both, 1)
    running = {
        user: subprocess.Popen(
            [*ONCALL, "ack", str(number), "--json"],
            env=oncall_environment(both.url, {"ONCALL_USER": user}),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for user in RUNNERS
    }
    answers = {user: json.loads(process.communicate(timeout=PATIENCE * 2)[0]) for user, process in running.items()}
    statuses = {user: process.returncode for user, process in running.items()}
    assert sorted(statuses.values()) == [0, 1]
    winner = next(user for user, status in statuses.items() if status == 0)
    loser = next(user for user, status in statuses.items() if status == 1)
    assert answers[winner]["incidents"][0]["acknowledged_by"] == winner
    error = answers[loser]["errors"][0]
    assert error["code"] == "lost_race"
    assert f"by {winner}" in error["message"]


def _opened(cli: CommandLine, count: int) -> list[int]:
    """So many open incidents."""
    settings = load_settings({"user": "ana"}, oncall_environment(cli.url), Path("/dev/null"))
    session = open_session(settings, via="cli")
    numbers = [acts.trigger(session, title=f"t{n}", service="checkout", key=f"k{n}").number for n in range(count)]
    session.close()
    return numbers
