"""What a seed decides beforehand: what is posted, who acts, what breaks and when. Everything heals at HEALED."""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random

MISCHIEF = 8 * 60.0  # seconds in which things break
CALM = 15 * 60.0  # seconds after which the house must be at rest


@dataclass(frozen=True, slots=True)
class Post:
    """A sender posts, and posts again until it is told 2xx."""

    at: float
    integration: str
    action: str
    key: str


@dataclass(frozen=True, slots=True)
class Act:
    """Somebody does something to whatever is open then."""

    at: float
    by: str
    what: str
    saw_before: float  # seconds since they looked


@dataclass(frozen=True, slots=True)
class Spell:
    """A provider, or the database of a worker, misbehaves for a while."""

    start: float
    end: float
    whose: str
    how: str


@dataclass(frozen=True, slots=True)
class Death:
    """A worker is killed after so many more waits and commits, and started again."""

    at: float
    worker: int
    after: int
    back_in: float


@dataclass(frozen=True, slots=True)
class Step:
    """Somebody sets a worker's host clock."""

    at: float
    worker: int
    by: float


@dataclass(frozen=True, slots=True)
class Pause:
    """A worker stands still for so many seconds, and goes on as if nothing had been.

    `sending`: not at once, but in the middle of the next page that it sends.
    """

    at: float
    worker: int
    seconds: float
    sending: bool = False


@dataclass(frozen=True, slots=True)
class Loss:
    """The timer of an open incident is deleted by hand."""

    at: float


@dataclass(frozen=True, slots=True)
class Plan:
    """One seed's play."""

    seed: int
    stage: int
    posts: tuple[Post, ...]
    acts: tuple[Act, ...]
    spells: tuple[Spell, ...]
    deaths: tuple[Death, ...]
    steps: tuple[Step, ...]
    pauses: tuple[Pause, ...]
    two_workers: bool = field(default=True)
    tells: bool = False
    """Whether the workers send notices, too."""
    audits: bool = False
    """Whether they audit themselves."""
    losses: tuple[Loss, ...] = ()


PROVIDERS = ("ana-push", "ana-mail", "bo-push", "bo-phone", "cy-push", "dee-push", "room")
WAYS = ("refused", "later", "hangs", "answer lost", "slow")


def plan(seed: int, stages: int) -> Plan:
    """Draw a play."""
    chance = Random(seed)
    posts = [
        Post(
            chance.uniform(0, MISCHIEF * 0.8),
            chance.choice(("monitor", "other")),
            chance.choices(("trigger", "resolve", "acknowledge"), (7, 2, 1))[0],
            chance.choice(("k1", "k2")),
        )
        for _ in range(chance.randint(1, 4))
    ]
    acts = [
        Act(
            chance.uniform(0, MISCHIEF),
            chance.choice(("ana", "bo", "cy")),
            chance.choice(("acknowledge", "resolve", "escalate", "reassign", "snooze", "take over")),
            chance.choice((0.0, 0.0, 5.0, 90.0)),
        )
        for _ in range(chance.randint(1, 4))
    ]
    spells = []
    for _ in range(chance.randint(0, 5)):
        start = chance.uniform(0, MISCHIEF)
        end = min(MISCHIEF, start + chance.expovariate(1 / 200))
        whose = chance.choice((*PROVIDERS, *PROVIDERS, "database 0", "database 1"))
        spells.append(Spell(start, end, whose, chance.choice(WAYS)))
    deaths = [
        Death(chance.uniform(0, MISCHIEF), chance.randint(0, 1), chance.randint(0, 25), chance.uniform(0.1, 90))
        for _ in range(chance.choice((0, 1, 1, 2, 3)))
    ]
    steps = [
        Step(chance.uniform(0, MISCHIEF), chance.randint(0, 1), chance.choice((-7200.0, -3.0, 0.4, 3600.0)))
        for _ in range(chance.choice((0, 0, 1, 2)))
    ]
    pauses = [
        Pause(chance.uniform(0, MISCHIEF), chance.randint(0, 1), chance.choice((2.0, 20.0, 70.0)))
        for _ in range(chance.choice((0, 0, 1, 2)))
    ]
    if chance.random() < 0.4:
        # Long enough to lose the lease, short enough to come back while another worker sends the page.
        late = Pause(chance.uniform(0, MISCHIEF * 0.8), chance.randint(0, 1), chance.uniform(15.5, 23), sending=True)
        pauses.append(late)
    stage, two_workers = chance.randrange(stages), chance.random() < 0.5
    tells, audits = chance.random() < 0.25, chance.random() < 0.25
    losses = [Loss(chance.uniform(0, MISCHIEF)) for _ in range(chance.choice((0, 1, 2)))] if audits else []
    return Plan(
        seed=seed,
        stage=stage,
        posts=tuple(sorted(posts, key=lambda post: post.at)),
        acts=tuple(sorted(acts, key=lambda act: act.at)),
        spells=tuple(spells),
        deaths=tuple(sorted(deaths, key=lambda death: death.at)),
        steps=tuple(steps),
        pauses=tuple(pauses),
        two_workers=two_workers,
        tells=tells,
        audits=audits,
        losses=tuple(losses),
    )
