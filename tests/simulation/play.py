"""One seed: the product's own loops, use cases and storage, under a virtual clock, while things break."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import Connection, select

from oncall_tui.clock import SystemClock
from oncall_tui.domain.directory.people import Role
from oncall_tui.domain.errors import DatabaseAway, OncallError
from oncall_tui.domain.events import Action, Event
from oncall_tui.domain.severity import Severity
from oncall_tui.notify.outcome import Outcome, SendResult
from oncall_tui.notify.words.message import Message
from oncall_tui.ops.incidents import acts
from oncall_tui.ops.intake.events import Taken, take
from oncall_tui.ops.session import Actor as Person
from oncall_tui.ops.session import Session
from oncall_tui.storage.tables import incidents
from oncall_tui.storage.writer import Writer
from oncall_tui.worker.due.engine import Engine
from oncall_tui.worker.parts import Part
from oncall_tui.worker.sending.delivery import Delivery
from oncall_tui.worker.sending.notices import Notices
from oncall_tui.worker.watching.auditor import Auditor
from oncall_tui.worker.watching.lifesigns import LifeSigns
from tests.simulation.plan import CALM, MISCHIEF, Act, Death, Pause, Plan, Post, Spell, Step
from tests.simulation.scheduler import Actors, Process, Scheduler
from tests.simulation.stages import Stage

LOOK_EVERY = 60.0
LEASE = 15.0
SEND_TIMEOUT = 10.0
WAKE_IS_LOST = 0.2
AUDIT_EVERY = 240.0
NOTICE = "notice-"  # what the id of a notice begins with, before its number


@dataclass(frozen=True, slots=True)
class Sent:
    """What a provider saw of one attempt."""

    page: str
    provider: str
    at: float
    reached: bool


@dataclass(slots=True)
class Life:
    """One worker process from its start to its end."""

    process: Process
    writer: Writer
    loops: tuple[Part, ...]
    clock: SystemClock
    stop: Callable[[], None]
    up: bool = False

    def wake(self) -> None:
        for loop in self.loops:
            loop.wake()


@dataclass(slots=True)
class Story:
    """What happened, as the outside world knows it."""

    accepted: list[tuple[Post, str]] = field(default_factory=list)
    sent: list[Sent] = field(default_factory=list)
    told: list[Sent] = field(default_factory=list)
    """The same of notices."""
    lost_timers: int = 0
    acts: list[str] = field(default_factory=list)
    deaths: int = 0
    steps: int = 0


class Play:
    """Runs one plan on one stage."""

    def __init__(self, plan: Plan, stage: Stage) -> None:
        self.plan = plan
        self.stage = stage
        self.chance = random.Random(plan.seed + 1)
        self.scheduler = Scheduler(self.chance)
        self.story = Story()
        self.world = Process("world")
        self.lives: dict[int, Life] = {}
        self.under_way: list[str] = []
        self._host_steps = [0.0, 0.0]

    def run(self) -> Story:
        """From the first event to a house at rest."""
        for worker in (0, 1) if self.plan.two_workers else (0,):
            self.start(worker)
        for post in self.plan.posts:
            self._at(post.at, "sender", partial(self._post, post))
        for act in self.plan.acts:
            self._at(max(0.0, act.at - act.saw_before), "responder", partial(self._act, act))
        for death in self.plan.deaths:
            self._at(death.at, "fate", partial(self._die, death))
        for step in self.plan.steps:
            self._at(step.at, "fate", partial(self._set_clock, step))
        for pause in self.plan.pauses:
            self._at(pause.at, "fate", partial(self._stop, pause))
        for loss in self.plan.losses:
            self._at(loss.at, "fate", self._lose_a_timer)
        for spell in self.plan.spells:
            if spell.whose.startswith("database"):
                self._database_spell(spell)
        try:
            self.scheduler.run(CALM)
            for life in self.lives.values():
                life.stop()
            self.scheduler.run(CALM + 2 * LOOK_EVERY)
        finally:
            self.scheduler.end()
            for store in self.stage.stores:
                store.leave()
        self.story.steps = self.scheduler.steps
        return self.story

    def now(self) -> datetime:
        """The true instant."""
        return self.stage.instant(self.scheduler.now)

    def _at(self, seconds: float, name: str, work: Callable[[], object]) -> None:
        def later() -> None:
            self.scheduler.wait(until=seconds)
            work()

        self.scheduler.spawn(self.world, name, later)

    # Workers

    def start(self, worker: int) -> None:
        """A worker process begins, as `oncall worker` does: it measures its clock, then its loops run."""
        process = Process(f"worker {worker}")
        store, actors = self.stage.stores[worker], Actors(self.scheduler, process)
        store.play(process, self.scheduler, self.chance)
        store.database_clock = self.now
        clock = SystemClock(lambda: self.now() + timedelta(seconds=self._host_steps[worker]), actors.monotonic)
        writer = Writer(store, running=actors)
        directory = self.stage.directories[worker]
        engine = Engine(store, writer, directory, clock, look_every=LOOK_EVERY, running=actors)
        delivery = Delivery(
            store,
            writer,
            directory,
            clock,
            Provider(self, process),
            self.stage.cipher,
            worker=process.name,
            lease=LEASE,
            send_timeout=SEND_TIMEOUT,
            look_every=LOOK_EVERY,
            jitter=random.Random(self.plan.seed + 2),
            running=actors,
        )
        loops: list[Part] = [engine, delivery]
        if self.plan.tells:
            loops.append(
                Notices(
                    store,
                    writer,
                    directory,
                    clock,
                    Provider(self, process),
                    self.stage.cipher,
                    worker=process.name,
                    lease=LEASE,
                    send_timeout=SEND_TIMEOUT,
                    look_every=LOOK_EVERY,
                    jitter=random.Random(self.plan.seed + 3),
                    running=actors,
                )
            )
        if self.plan.audits:
            loops.append(Auditor(store, writer, directory, clock, worker=process.name, every=AUDIT_EVERY))
        signs = LifeSigns(store, writer, clock, process.name, "", every=8 * LOOK_EVERY)
        stop = actors.flag()
        life = Life(process, writer, tuple(loops), clock, stop.set)
        writer.after_commit(life.wake)
        writer.after_commit(lambda: self._tell_others(worker))
        self.lives[worker] = life

        def boot() -> None:
            while True:
                try:
                    signs.measure()
                    break
                except DatabaseAway:
                    actors.pause(0.5)
            for part in (*loops, signs):
                self.scheduler.spawn(process, f"{part.name} {worker}", partial(part.run, stop))
            life.up = True

        self.scheduler.spawn(process, f"boot {worker}", boot)

    def _tell_others(self, worker: int | None = None) -> None:
        """The change feed: late, and sometimes lost."""
        for other, life in self.lives.items():
            if other != worker and self.chance.random() > WAKE_IS_LOST:
                self._at(self.scheduler.now + self.chance.uniform(0, 0.05), "feed", life.wake)

    def _die(self, death: Death) -> None:
        life = self.lives.get(death.worker)
        if life is None or not life.process.alive:
            return
        life.process.dies_in = death.after
        self.scheduler.wait(lambda: not life.process.alive, self.scheduler.now + 60)
        life.process.alive = False
        self.story.deaths += 1
        self.scheduler.wait(until=self.scheduler.now + death.back_in)
        if self.lives[death.worker] is life:  # two deaths may meet the same process: it comes back once
            self.start(death.worker)

    def _stop(self, pause: Pause) -> None:
        life = self.lives.get(pause.worker)
        if life is not None and pause.sending:
            life.process.stands_still_sending = pause.seconds
        elif life is not None:
            life.process.stopped_until = self.scheduler.now + pause.seconds

    def _set_clock(self, step: Step) -> None:
        self._host_steps[step.worker] += step.by

    def _lose_a_timer(self) -> None:
        raw = self.stage.raw
        numbers = [number for (number,) in raw.execute("SELECT number FROM timers ORDER BY number")]
        if numbers:
            raw.execute("DELETE FROM timers WHERE number = ?", (self.chance.choice(numbers),))
            self.story.lost_timers += 1

    def _database_spell(self, spell: Spell) -> None:
        store = self.stage.stores[int(spell.whose.rpartition(" ")[2])]

        def set_fails(share: float) -> None:
            store.fails = share

        self._at(spell.start, "fate", lambda: set_fails(0.5 if spell.how == "refused" else 0.1))
        self._at(spell.end, "fate", lambda: set_fails(0.0))

    # Senders and responders

    def _post(self, post: Post) -> None:
        token = f"{self.plan.seed}-{len(self.story.accepted)}-{post.at}"
        event = Event(action=Action(post.action), dedup_key=post.key, title=f"{post.key} burns", severity=Severity.HIGH)
        while True:
            life = self.chance.choice([life for life in self.lives.values() if life.up] or [None])
            if life is not None and life.process.alive:
                try:
                    life.writer.submit(self._taking(life, post.integration, event, token)).result(timeout=8)
                except (OncallError, TimeoutError):
                    pass
                else:
                    self.story.accepted.append((post, token))
                    return
            self.scheduler.wait(until=self.scheduler.now + 3)

    def _taking(
        self, life: Life, integration: str, event: Event, token: str
    ) -> Callable[[Connection], tuple[Taken, ...]]:
        index = next(index for index, known in self.lives.items() if known is life)
        directory = self.stage.directories[index]
        return lambda conn: take(conn, directory.world(conn), integration, [event], life.clock.now(), token)

    def _act(self, act: Act) -> None:
        self.stage.clock.set(self.now())
        session = self.stage.session.as_actor(
            Person(username=act.by, role=Role.RESPONDER, os_account=act.by, via="test")
        )
        with session.reading() as conn:
            seen = conn.execute(
                select(incidents.c.number, incidents.c.version).where(incidents.c.resolved_at.is_(None))
            ).all()
        if not seen:
            return
        chosen = self.chance.choice(list(seen))
        self.scheduler.wait(until=self.scheduler.now + act.saw_before)
        self.stage.clock.set(self.now())
        try:
            self._do(session, act, chosen.number, chosen.version)
        except OncallError as error:
            self.story.acts.append(f"{act.what} of #{chosen.number} by {act.by}: refused, {error.sentence}")
        else:
            self.story.acts.append(f"{act.what} of #{chosen.number} by {act.by} at {self.scheduler.now:.1f}")
            self._tell_others()

    def _do(self, session: Session, act: Act, number: int, version: int) -> None:
        match act.what:
            case "acknowledge":
                acts.acknowledge(session, number, version=version)
            case "take over":
                acts.acknowledge(session, number, version=version, take_over=True)
            case "resolve":
                acts.resolve(session, number, version=version)
            case "escalate":
                acts.escalate(session, number, version=version)
            case "reassign":
                acts.reassign(session, number, user=self.chance.choice(("ana", "bo", "dee")), version=version)
            case _:
                acts.snooze(session, number, span=timedelta(minutes=2))


class Provider:
    """What takes the pages of one worker: usually well, sometimes not."""

    def __init__(self, play: Play, process: Process) -> None:
        self._play = play
        self._process = process

    def send(self, url: str, message: Message, timeout: float) -> SendResult:
        """Take a page as the plan has it."""
        scheduler, chance = self._play.scheduler, self._play.chance
        name = url.removeprefix("json://").partition(".")[0]
        started = scheduler.now
        how = next(
            (
                spell.how
                for spell in self._play.plan.spells
                if spell.whose == name and spell.start <= started < min(spell.end, MISCHIEF)
            ),
            "well",
        )
        sent = Sent(message.page_id, name, started, how in ("well", "slow", "answer lost"))
        before = chance.random() < 0.5
        seen = self._play.story.told if message.page_id.startswith(NOTICE) else self._play.story.sent
        if before:
            seen.append(sent)
        took = {"slow": 8.0, "hangs": timeout, "answer lost": timeout}.get(how, chance.uniform(0.01, 0.5))
        if message.page_id in self._play.under_way:
            took = 8.0  # who has a page in hand already takes its time with the same one
        if self._process.stands_still_sending and how == "well":
            self._process.stopped_until = started + self._process.stands_still_sending
            self._process.stands_still_sending = 0.0
        self._play.under_way.append(message.page_id)
        try:
            scheduler.wait(until=started + took)
        finally:
            self._play.under_way.remove(message.page_id)
        if not before:
            seen.append(replace(sent, at=scheduler.now))
        match how:
            case "well" | "slow":
                return SendResult(Outcome.DELIVERED, "200 OK")
            case "refused":
                return SendResult(Outcome.REFUSED, "404 Not Found")
            case "later":
                return SendResult(Outcome.RETRY_LATER, "500 Internal Server Error")
            case _:
                return SendResult(Outcome.UNKNOWN, "no answer in time")
