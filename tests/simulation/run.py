"""Play seeds and tell what broke: `python -m tests.simulation.run --seeds 2000 --jobs 2`."""

from __future__ import annotations

import argparse
import gc
import random
import sys
import time
import traceback
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from multiprocessing.util import Finalize

from tests.simulation.invariants import broken
from tests.simulation.plan import plan
from tests.simulation.play import Play
from tests.simulation.stages import CONFIGS, stage, strike

RANGE = 20  # seeds at a time: so short, no process plays on for long when the others are done
GARBAGE_AT = 50_000  # new objects; Python's own 700 costs a tenth of the time


@dataclass(slots=True)
class Tally:
    """What many seeds came to."""

    counts: Counter[str] = field(default_factory=Counter)
    failures: dict[int, list[str]] = field(default_factory=dict)


def play_seed(seed: int) -> tuple[Counter[str], list[str]]:
    """Play one seed: what happened in numbers, and every broken invariant."""
    random.seed(seed)  # what the product itself draws
    chosen = plan(seed, len(CONFIGS))
    where = stage(chosen.stage)
    where.clear()
    play = Play(chosen, where)
    try:
        story = play.run()
        wrong = broken(play, story)
    except Exception:
        return Counter(), [traceback.format_exc(limit=-6)]
    pages = dict(where.raw.execute("SELECT state, count(*) FROM pages GROUP BY 1").fetchall())
    again = Counter(sent.page for sent in story.sent if sent.reached)
    counts = Counter(
        {
            "events accepted": len(story.accepted),
            "pages due": sum(pages.values()),
            "pages delivered": pages.get("delivered", 0),
            "pages cancelled by an act": pages.get("cancelled", 0),
            "pages failed for good, said": pages.get("failed", 0),
            "repeats under the same id": sum(times - 1 for times in again.values()),
            "notices delivered": where.raw.execute("SELECT count(*) FROM notices WHERE state = 'delivered'").fetchone()[
                0
            ],
            "timers lost": story.lost_timers,
            "timers mended": where.raw.execute("SELECT count(*) FROM timeline WHERE kind = 'mended'").fetchone()[0],
            "workers killed": story.deaths,
            "acts": len(story.acts),
            "steps": story.steps,
        }
    )
    return counts, wrong


def play_range(first: int, last: int) -> Tally:
    """Play the seeds of [first, last). The stages stay for the next range: making them costs as much as many seeds."""
    tally = Tally()
    for seed in range(first, last):
        counts, wrong = play_seed(seed)
        tally.counts.update(counts)
        if wrong:
            tally.failures[seed] = wrong
    return tally


def begin() -> None:
    """What a process that plays does first: it takes its stages down when it ends, and looks for garbage less often.

    A process of a pool runs no `atexit`; and it walks all modules for garbage every few seeds, as a worker would.
    """
    Finalize(None, strike, exitpriority=1)
    gc.freeze()
    gc.set_threshold(GARBAGE_AT)


def main() -> int:
    """0 when every invariant held for every seed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=2000)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--jobs", type=int, default=2)
    asked = parser.parse_args()
    began = time.monotonic()
    size = max(1, min(RANGE, -(-asked.seeds // asked.jobs)))
    ranges = [
        (first, min(first + size, asked.first + asked.seeds))
        for first in range(asked.first, asked.first + asked.seeds, size)
    ]
    tally = Tally()
    with ProcessPoolExecutor(asked.jobs, initializer=begin) as pool:
        for part in pool.map(play_range, *zip(*ranges, strict=True)):
            tally.counts.update(part.counts)
            tally.failures.update(part.failures)
    print(f"{asked.seeds} seeds in {time.monotonic() - began:.1f} s")
    for name, count in tally.counts.items():
        print(f"  {name}: {count}")
    for seed, wrong in sorted(tally.failures.items()):
        print(f"seed {seed} (replay: python -m tests.simulation.run --first {seed} --seeds 1 --jobs 1)")
        for line in wrong:
            print(f"  {line}")
    print(f"  lost: {len(tally.failures)} seeds with a broken invariant" if tally.failures else "  lost: 0")
    return 1 if tally.failures else 0


if __name__ == "__main__":
    sys.exit(main())
