"""Posts that share a commit: everyone is answered, in order, once, and only one that fails hears of its error."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import closing
from dataclasses import dataclass

import pytest
from sqlalchemy import Connection, insert, select

from oncall_tui.domain.errors import DatabaseAway, Refused
from oncall_tui.intake.doors import gathering
from oncall_tui.intake.doors.gathering import Gathering
from oncall_tui.storage.engine import Store, open_store
from oncall_tui.storage.tables import meta
from oncall_tui.storage.writer import BATCH, Writer
from tests.support.processes import wait_until

PATIENCE = 20.0


class Keeping:
    """Work that keeps each text as a row and answers with its place; batches are remembered as they were tried."""

    def __init__(self) -> None:
        self.batches: list[tuple[str, ...]] = []
        self.looks = 0
        self.commit_takes = 0.0
        self.meanwhile: Callable[[Sequence[str]], None] = lambda _things: None

    def see(self, _conn: Connection) -> int:
        self.looks += 1
        return self.looks

    def work(self, conn: Connection, seen: int, things: Sequence[str]) -> Sequence[str | Exception]:
        self.batches.append(tuple(things))
        self.meanwhile(things)
        if any(thing.startswith("poison") for thing in things):
            conn.execute(insert(meta), [{"key": things[0], "value": "spoilt"}])
            raise Refused("this one spoils it", mend="leave it")
        fine = [thing for thing in things if not thing.startswith("odd")]
        if fine:
            conn.execute(insert(meta), [{"key": thing, "value": str(len(self.batches))} for thing in fine])
        if self.commit_takes:
            time.sleep(self.commit_takes)  # a disk that syncs slowly: what else arrives meanwhile has to wait
        return [Refused("odd", mend="-") if thing.startswith("odd") else thing for thing in things]

    @staticmethod
    def services(_conn: Connection, _seen: int, _things: Sequence[str]) -> Sequence[int]:
        return ()


@dataclass
class Door:
    store: Store
    writer: Writer
    keeping: Keeping
    gathering: Gathering[str, int, str]

    def kept(self) -> list[str]:
        with self.store.read() as conn:
            return list(conn.execute(select(meta.c.key).order_by(meta.c.key)).scalars())


@pytest.fixture
def door(database_url: str) -> Iterator[Door]:
    with closing(open_store(database_url)) as store:
        with store.write() as conn:
            conn.execute(meta.delete())
        writer, keeping = Writer(store), Keeping()
        yield Door(
            store, writer, keeping, Gathering(writer, keeping.see, keeping.work, keeping.services, within=PATIENCE)
        )
        writer.stop()


class Held:
    """A job that keeps the writer until it is let go."""

    def __init__(self, writer: Writer) -> None:
        self._go, entered = threading.Event(), threading.Event()

        def hold(_: Connection) -> None:
            entered.set()
            assert self._go.wait(PATIENCE)

        self._done = writer.submit(hold)
        assert entered.wait(PATIENCE)

    def let_go(self) -> None:
        self._go.set()
        self._done.result(PATIENCE)


def test_what_waits_is_one_job_in_its_order(door: Door) -> None:
    async def post() -> list[str]:
        held = await asyncio.to_thread(Held, door.writer)
        posts = [asyncio.ensure_future(door.gathering.written(f"k{number:02}")) for number in range(40)]
        await asyncio.sleep(0)
        await asyncio.to_thread(held.let_go)
        return await asyncio.gather(*posts)

    names = [f"k{number:02}" for number in range(40)]
    assert asyncio.run(post()) == names
    assert door.keeping.batches == [tuple(names)]
    assert door.kept() == names


def test_more_than_a_job_holds_is_taken_by_the_next(door: Door) -> None:
    names = [f"k{number:03}" for number in range(2 * BATCH + 5)]

    async def post() -> list[str]:
        held = await asyncio.to_thread(Held, door.writer)
        posts = [asyncio.ensure_future(door.gathering.written(name)) for name in names]
        await asyncio.sleep(0)
        await asyncio.to_thread(held.let_go)
        return await asyncio.gather(*posts)

    assert asyncio.run(post()) == names
    assert [len(batch) for batch in door.keeping.batches] == [BATCH, BATCH, 5]


def test_what_is_heavy_leaves_less_room_in_its_job(door: Door) -> None:
    keeping = door.keeping
    heavy = Gathering(
        door.writer,
        keeping.see,
        keeping.work,
        keeping.services,
        within=PATIENCE,
        weigh=lambda thing: BATCH // len(thing),
    )
    names = ["aa", "bb", "c", "ddd", "eee", "fff", "gggg"]  # a half, a half, a whole, three thirds, a quarter

    async def post() -> list[str]:
        held = await asyncio.to_thread(Held, door.writer)
        posts = [asyncio.ensure_future(heavy.written(name)) for name in names]
        await asyncio.sleep(0)
        await asyncio.to_thread(held.let_go)
        return await asyncio.gather(*posts)

    assert asyncio.run(post()) == names
    assert door.keeping.batches == [("aa", "bb"), ("c",), ("ddd", "eee", "fff"), ("gggg",)]


def test_one_that_spoils_the_batch_fails_alone(door: Door) -> None:
    async def post() -> list[str | BaseException]:
        held = await asyncio.to_thread(Held, door.writer)
        names = ("a", "poison", "b", "odd", "c")
        posts = [asyncio.ensure_future(door.gathering.written(name)) for name in names]
        await asyncio.sleep(0)
        await asyncio.to_thread(held.let_go)
        return await asyncio.gather(*posts, return_exceptions=True)

    answers = asyncio.run(post())
    assert [str(answers[0]), str(answers[2]), str(answers[4])] == ["a", "b", "c"]
    assert [type(answers[1]), type(answers[3])] == [Refused, Refused]
    assert door.kept() == ["a", "b", "c"]


def test_one_that_waited_too_long_is_withdrawn(door: Door) -> None:
    hasty = Gathering(door.writer, door.keeping.see, door.keeping.work, door.keeping.services, within=0.05)

    async def post() -> str:
        held = await asyncio.to_thread(Held, door.writer)
        with pytest.raises(DatabaseAway):
            await hasty.written("late")
        await asyncio.to_thread(held.let_go)
        return await door.gathering.written("then")

    assert asyncio.run(post()) == "then"
    assert door.kept() == ["then"]


def test_a_sender_that_hangs_up_holds_up_nobody(door: Door) -> None:
    async def post() -> str:
        held = await asyncio.to_thread(Held, door.writer)
        gone = asyncio.ensure_future(door.gathering.written("gone"))
        stays = asyncio.ensure_future(door.gathering.written("stays"))
        await asyncio.sleep(0)
        gone.cancel()
        await asyncio.to_thread(held.let_go)
        return await stays

    assert asyncio.run(post()) == "stays"
    assert "stays" in door.kept()


def test_a_stopped_writer_is_told_to_all(door: Door) -> None:
    door.writer.stop()

    async def post() -> list[str | BaseException]:
        return await asyncio.gather(*(door.gathering.written(str(n)) for n in range(3)), return_exceptions=True)

    assert [type(one) for one in asyncio.run(post())] == [DatabaseAway] * 3


@pytest.mark.parametrize("same", [True, False], ids=["one service", "two services"])
def test_what_comes_while_others_are_worked_on_shares_their_commit(
    door: Door, monkeypatch: pytest.MonkeyPatch, same: bool
) -> None:
    """Unless it locks what they have not locked: two workers could wait for each other."""
    monkeypatch.setattr(gathering, "GROWS", PATIENCE)
    monkeypatch.setattr(
        door.gathering, "_services", lambda _conn, _seen, things: [1 if same else len(one) for one in things]
    )
    first_commit: list[list[str]] = []
    door.writer.after_commit(lambda: first_commit.append(door.kept()))

    async def post() -> list[str]:
        loop = asyncio.get_running_loop()
        later: list[Future[str]] = []

        def meanwhile(things: Sequence[str]) -> None:
            if things == ["first"] and not later:
                later.append(asyncio.run_coroutine_threadsafe(door.gathering.written("second"), loop))
                wait_until(lambda: bool(door.gathering._waiting), "the second")

        door.keeping.meanwhile = meanwhile
        first = await door.gathering.written("first")
        return [first, await asyncio.wrap_future(later[0])]

    assert asyncio.run(post()) == ["first", "second"]
    door.writer.stop()
    assert door.keeping.batches == [("first",), ("second",)]
    shared = same or door.store.dialect == "sqlite"
    assert first_commit[0] == (["first", "second"] if shared else ["first"])
    assert door.keeping.looks == (1 if shared else 2), "what joins is judged by what its job saw"


def test_one_that_joins_and_fails_harms_nobody(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gathering, "GROWS", PATIENCE)

    async def post() -> list[object]:
        loop = asyncio.get_running_loop()
        later: list[Future[str]] = []

        def meanwhile(things: Sequence[str]) -> None:
            if things == ["first"] and not later:
                later.append(asyncio.run_coroutine_threadsafe(door.gathering.written("poison"), loop))
                wait_until(lambda: bool(door.gathering._waiting), "the poison")

        door.keeping.meanwhile = meanwhile
        first = await door.gathering.written("first")
        with pytest.raises(Refused):
            await asyncio.wrap_future(later[0])
        return [first, await door.gathering.written("third")]

    assert asyncio.run(post()) == ["first", "third"]
    assert door.kept() == ["first", "third"]


def test_one_whose_answer_can_t_be_told_keeps_nobody_else_from_theirs(
    door: Door, caplog: pytest.LogCaptureFixture
) -> None:
    async def post() -> str | BaseException:
        answer: asyncio.Future[str | BaseException] = asyncio.get_running_loop().create_future()

        def fault(_: object) -> None:
            raise KeyError("a fault of ours")

        held = await asyncio.to_thread(Held, door.writer)
        door.gathering.hand_in("a", fault)
        door.gathering.hand_in("b", answer.set_result)
        await asyncio.sleep(0)
        await asyncio.to_thread(held.let_go)
        return await answer

    assert asyncio.run(post()) == "b"
    assert door.kept() == ["a", "b"]
    assert "could not be told" in caplog.text


def test_loops_of_several_threads_are_all_woken(door: Door) -> None:
    async def post(thread: int) -> list[str]:
        return [await door.gathering.written(f"t{thread}-{number}") for number in range(30)]

    answers: dict[int, list[str]] = {}
    threads = [threading.Thread(target=lambda at=at: answers.__setitem__(at, asyncio.run(post(at)))) for at in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join(PATIENCE)
    assert answers == {at: [f"t{at}-{number}" for number in range(30)] for at in range(4)}


def test_nobody_is_forgotten_while_commits_are_slow(door: Door) -> None:
    """Posts that arrive at every moment of a commit of 10 ms: a wake that is lost leaves somebody waiting for good."""
    door.keeping.commit_takes = 0.01
    rounds, posters = 25, 64
    order: dict[int, list[int]] = {at: [] for at in range(posters)}

    async def poster(at: int) -> None:
        for turn in range(rounds):
            for _ in range((at * 7 + turn) % 5):
                await asyncio.sleep(0)
            assert await door.gathering.written(f"{at:02}-{turn:02}") == f"{at:02}-{turn:02}"
            order[at].append(turn)

    async def all_of_them() -> None:
        await asyncio.wait_for(asyncio.gather(*(poster(at) for at in range(posters))), 3 * PATIENCE)

    asyncio.run(all_of_them())
    assert len(door.kept()) == rounds * posters
    assert all(turns == list(range(rounds)) for turns in order.values())
    written = [thing for batch in door.keeping.batches for thing in batch]
    assert all(
        [one for one in written if one.startswith(f"{at:02}-")]
        == sorted(one for one in written if one.startswith(f"{at:02}-"))
        for at in range(posters)
    )
    # They share commits: that, and not luck, is what a slow disk asks for.
    assert len(door.keeping.batches) < rounds * posters / 8
