"""Seeds of the simulation in every test run; thousands more by `make simulation`."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.simulation.run import play_range, play_seed
from tests.simulation.stages import strike

CHUNK = 20


@pytest.fixture(scope="module", autouse=True)
def stages() -> Iterator[None]:
    yield
    strike()


@pytest.mark.parametrize("first", range(0, 120, CHUNK))
def test_nothing_is_lost_whatever_breaks(first: int) -> None:
    tally = play_range(first, first + CHUNK)
    assert tally.failures == {}
    assert tally.counts["pages delivered"] > CHUNK
    assert tally.counts["workers killed"] > CHUNK / 2


def test_a_seed_plays_the_same_each_time() -> None:
    assert play_seed(7) == play_seed(7)
