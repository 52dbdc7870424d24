"""The real door: from the event loop into the process's one writer, and back when it is on disk."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TypeVar

from sqlalchemy import Connection

from oncall_tui.clock import Clock
from oncall_tui.domain.directory.services import Integration
from oncall_tui.domain.errors import DatabaseAway
from oncall_tui.domain.intake.grouping import Verdict
from oncall_tui.domain.routing.routing import has_rules, needs_payload, services_of
from oncall_tui.domain.world import World
from oncall_tui.intake.doors.door import Arrival, UnknownKey
from oncall_tui.intake.doors.gathering import Gathering
from oncall_tui.intake.doors.preparing import Unprepared, events_given, prepared
from oncall_tui.intake.sources import DIALECTS
from oncall_tui.intake.wire.guessing import Guesses, Wait
from oncall_tui.intake.wire.sharing import SHARE, Shares
from oncall_tui.ops.directory import Directory
from oncall_tui.ops.intake import events, rejected
from oncall_tui.ops.intake.intake_keys import IntakeKeys
from oncall_tui.ops.intake.rejected import Rejection, Throttle
from oncall_tui.ops.routing.transforms import Transforms
from oncall_tui.storage.statements.intake import messages
from oncall_tui.storage.writer import Writer

T = TypeVar("T")
log = logging.getLogger(__name__)

QUIET = frozenset({Verdict.SUPPRESSED.value, Verdict.SILENCED.value})
ANSWER_WITHIN = 1.9  # seconds; a sender hears of an absent database within two
PART = 256  # events of one post in a commit


class WriterDoor:
    """An EventDoor: one job of the writer for all posts that wait, key look-up included."""

    def __init__(  # noqa: PLR0913 - what it is put together from
        self,
        writer: Writer,
        directory: Directory,
        clock: Clock,
        *,
        unseal: Callable[[str], str] | None = None,
        answer_within: float = ANSWER_WITHIN,
        share: int = SHARE,
        transforms: Transforms | None = None,
        quiet: Callable[[str, str], None] = lambda _kind, _outcome: None,
    ) -> None:
        """`unseal` opens stored signing secrets; without it posts that have to be signed are turned away.

        `share`: how many posts with one key may wait. `transforms` run what rules ask for; without them none runs.
        `quiet` is told the dialect and outcome of each event that a rule or a silence kept from opening anything.
        """
        self._writer = writer
        self._directory = directory
        self._clock = clock
        self._answer_within = answer_within
        self._keys = IntakeKeys()
        self._names = events.Names()
        self._throttle = Throttle()
        self._guesses = Guesses()
        self._shares = Shares(share)
        self._unseal = unseal
        self._transforms = transforms
        self._quiet = quiet
        self._asked = (-1, False)
        self._arrivals: Gathering[Arrival, World, Sequence[events.Taken]] = Gathering(
            writer,
            directory.world,
            self._take,
            self._services,
            within=answer_within,
            weigh=lambda arrival: len(arrival.events),
        )

    async def take(self, arrival: Arrival) -> Sequence[events.Taken]:
        """Take the events; it returns when they are on disk. Raises UnknownKey, OverShare or DatabaseAway.

        A post of very many events is taken in parts, one commit after the other: others share each of them, and as long
        as they go on, the database is not away. What was taken when one fails is kept; it comes again as repeats.
        """
        taken: list[events.Taken] = []
        with self._shares.of(arrival.key, self._clock.now()):
            for part in _parts(arrival):
                taken += await self._part_taken(part)
        self._count_quiet(arrival, taken)
        return taken

    async def _part_taken(self, part: Arrival) -> Sequence[events.Taken]:
        try:
            return await self._arrivals.written(await self._prepared(part))
        except Unprepared:
            # The job has read the newest rules meanwhile.
            return await self._arrivals.written(await self._prepared(part))

    def plain(self, key: str) -> bool:
        """Whether posts with this key are read and taken as they are: it is known, and no rule looks at more."""
        world = self._directory.known
        if world is None or self._asks_more(world):
            return False
        integration = self._keys.known(world, key)
        return integration is not None and not integration.options.get("mapping")

    def hand_in(self, arrival: Arrival, told: Callable[[Sequence[events.Taken] | BaseException | None], None]) -> bool:
        """Take the events as `take` does, and tell when they are on disk, or what was raised; None: not taken at all.

        False when they can't be handed in now; nothing is told then. `told` must not raise.
        """
        key = arrival.key

        def answered(outcome: Sequence[events.Taken] | BaseException) -> None:
            self._shares.give_back(key)
            if isinstance(outcome, Unprepared):
                told(None)
                return
            if not isinstance(outcome, BaseException):
                self._count_quiet(arrival, outcome)
            told(outcome)

        if len(arrival.events) > PART or not self._shares.place(key):
            return False
        try:
            self._arrivals.hand_in(arrival, answered)
        except DatabaseAway:
            self._shares.give_back(key)
            return False
        return True

    def _count_quiet(self, arrival: Arrival, taken: Sequence[events.Taken]) -> None:
        for one in taken:
            if one.verdict in QUIET:
                self._quiet(arrival.kind, one.verdict)

    def _asks_more(self, world: World) -> bool:
        """Whether any rule at all looks at more than labels and fields; worked out once a revision."""
        revision, asks = self._asked
        if revision != world.revision:
            asks = any(needs_payload(integration, world) for integration in world.integrations.values())
            self._asked = (world.revision, asks)
        return asks

    async def _prepared(self, arrival: Arrival) -> Arrival:
        world = self._directory.known
        if world is None or not self._asks_more(world):
            return arrival
        integration = self._keys.known(world, arrival.key)
        if integration is None:
            return arrival
        return await prepared(arrival, integration, world, self._clock.now(), self._transforms)

    def _take(
        self, conn: Connection, world: World, arrivals: Sequence[Arrival]
    ) -> Sequence[Sequence[events.Taken] | Exception]:
        now = self._clock.now()
        posts = [self._opened(conn, world, arrival, now) for arrival in arrivals]
        known = [post for post in posts if isinstance(post, events.Posted)]
        taken = iter(events.take_all(conn, world, known, now, self._names))
        return [next(taken) if isinstance(post, events.Posted) else post for post in posts]

    def _opened(
        self, conn: Connection, world: World, arrival: Arrival, now: datetime
    ) -> events.Posted | Exception | tuple[events.Taken, ...]:
        """What is to be taken; why nothing is; or nothing at all for a message that was taken before."""
        integration = self._keys.integration(conn, world, arrival.key, now)
        if integration is None:
            return UnknownKey(self._keys.why_not(conn, world, arrival.key, now), mend="see 'oncall integration list'")
        if (unsigned := self._unsigned(conn, world, arrival, integration)) is not None:
            return UnknownKey(f"{integration.name}: {unsigned}", mend="see 'oncall integration secret'")
        try:
            given = events_given(arrival, integration, world)
        except Unprepared as unprepared:
            # Before its number is noted: it comes again at once, as the same message.
            return unprepared
        if arrival.once is not None:
            row = self._names.look(conn, world).integration(integration.name)
            if not messages.first_time(conn, row, arrival.once, now):
                return ()
        noted = arrival.events
        # One vendor's dialects share its keys: pagerduty's has pagerduty-v1 and pagerduty-change, too.
        if arrival.kind != integration.kind and not arrival.kind.startswith(f"{integration.kind}-"):
            note = f"posted in the {arrival.kind} dialect to an integration of kind {integration.kind}"
            noted = [replace(event, notes=(*event.notes, note)) for event in noted]
        return events.Posted(integration.name, noted, arrival.payload, given)

    def _services(self, conn: Connection, world: World, arrivals: Sequence[Arrival]) -> Sequence[int]:
        keys = {arrival.key for arrival in arrivals}
        own = [one for key in keys for one in self._keys.services(conn, world, key)]
        return [*own, *self._routed_to(conn, world, keys)]

    def _routed_to(self, conn: Connection, world: World, keys: Iterable[str]) -> Iterator[int]:
        """The services that rules may send the events of these keys to: locked in one order with the others."""
        for key in keys:
            integration = self._keys.known(world, key)
            if integration is not None and has_rules(integration, world):
                yield from map(self._names.look(conn, world).service, services_of(integration, world))

    def _unsigned(self, conn: Connection, world: World, arrival: Arrival, integration: Integration) -> str | None:
        """Why a post is not taken for signed by its sender: judged by the integration's own kind, whatever the path."""
        if integration.kind == "sns" and not arrival.checked:
            return "its posts have to be signed by SNS, and this one came another way"
        dialect = DIALECTS.get(integration.kind)
        if dialect is None or dialect.verify is None:
            return None
        sealed = self._keys.sealed_secret(conn, world, arrival.key)
        if sealed is None:
            return None
        if arrival.post is None or self._unseal is None:
            return "its signature can't be held against anything here"
        return dialect.verify(arrival.post, self._unseal(sealed))

    async def check(self, key: str) -> None:
        """Nothing for a key that opens an integration now. Raises UnknownKey for any other, or DatabaseAway."""
        now = self._clock.now()

        def why_not(conn: Connection) -> str | None:
            world = self._directory.world(conn)
            known = self._keys.integration(conn, world, key, now) is not None
            return None if known else self._keys.why_not(conn, world, key, now)

        if (reason := await self._written(why_not)) is not None:
            raise UnknownKey(reason, mend="see 'oncall integration list'")

    async def mapping(self, key: str) -> Mapping[str, str]:
        """How the integration of this key maps its payloads; empty where it does not. Raises DatabaseAway."""
        world = self._directory.known
        integration = self._keys.known(world, key) if world is not None else None
        if integration is None:
            now = self._clock.now()
            integration = await self._written(
                lambda conn: self._keys.integration(conn, self._directory.world(conn), key, now)
            )
        found: Mapping[str, str] = integration.options.get("mapping", {}) if integration is not None else {}
        return found

    async def missed(self, source: str) -> Wait | None:
        """A wrong key came from this address: how long it must wait when that was one too many; noted once an hour."""
        now = self._clock.now()
        wait = self._guesses.missed(source, now)
        if wait is not None and wait.first:
            log.warning("%s tries out integration keys and is told to wait", source)
            try:
                await self._written(lambda conn: rejected.note_guessing(conn, source, now))
            except DatabaseAway as away:
                log.warning("that %s tries out keys could not be noted: %s", source, away.sentence)
        return wait

    async def reject(self, rejection: Rejection) -> None:
        """Keep what was turned away; a flood is counted, and an absent database only logged."""
        now = self._clock.now()
        held_back = self._throttle.passes(rejection, now)
        if held_back is None:
            return
        try:
            await self._written(lambda conn: rejected.record(conn, rejection, now, held_back))
        except DatabaseAway as away:
            log.warning("a rejected post (%s) could not be kept: %s", rejection.reason, away.sentence)

    async def _written(self, work: Callable[[Connection], T]) -> T:
        """The work's result once it is on disk; when that takes too long, it is withdrawn if it has not begun."""
        try:
            async with asyncio.timeout(self._answer_within):
                return await asyncio.wrap_future(self._writer.submit(work))
        except TimeoutError:
            raise DatabaseAway("the database did not answer in time", mend="send it again") from None


def _parts(arrival: Arrival) -> Iterator[Arrival]:
    """The events in their order, so many at a time; a numbered post is whole, or its second coming would be ignored."""
    if len(arrival.events) <= PART or arrival.once is not None:
        yield arrival
        return
    payload = arrival.payload
    for start in range(0, len(arrival.events), PART):
        yield replace(arrival, events=arrival.events[start : start + PART], payload=payload)
        payload = ""  # it is kept once, with the first of its events
