"""What an incident that opened now would lead to, as the Policies tab shows it."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest

from oncall_tui.domain.directory.policies import Policy, Target, TargetKind
from oncall_tui.domain.severity import Urgency
from oncall_tui.domain.simulation.foresight import foresee_policy
from oncall_tui.ops.config import apply
from oncall_tui.tui.presenters.foresight import foresight_lines
from oncall_tui.tui.presenters.line import Line, width
from oncall_tui.tui.presenters.policies import LEFT, policy_detail
from tests.support.worlds import T0, minutes, person, step, unreachable, user, world_of
from tests.tui import test_real as real
from tests.tui.frozen import FORESEEN, POLICIES
from tests.tui.seeded import CONFIG, seeded
from tests.tui.test_app import opened


def text(of: Line) -> str:
    return "".join(piece.text for piece in of).rstrip()


def lines(policy: Policy, *people: str) -> list[str]:
    world = world_of(*(person(name) for name in people), unreachable("mute"), policy=policy)
    return [text(each) for each in foresight_lines(foresee_policy(world, policy, Urgency.HIGH, T0), 60)][1:]


def test_each_instant_and_reason_is_a_line_and_the_same_reminders_are_counted() -> None:
    policy = Policy(
        "p",
        (step(user("ana"), delay=25), step(user("bo"), Target(TargetKind.CHANNEL, "slack://***", 1), delay=5)),
        remind=minutes(10),
        fallback=(user("ana"),),
    )
    # Reminded at 10 and 20; step 2 at 25 ends before its reminder; the fallback at 30.
    assert [" ".join(each.split()) for each in lines(policy, "ana", "bo")] == [
        "now ana push step 1",
        "+10m ana push reminder ×2",
        "+25m bo push; slack://*** step 2",
        "+30m ana push fallback",
    ]


def test_how_it_ends_where_nobody_is_left() -> None:
    nobody = Policy("p", (step(user("mute")),))
    assert lines(nobody) == [" nobody can be reached: it waits"]
    alone = Policy("p", (step(user("ana"), delay=5),), remind=None)
    assert lines(alone, "ana")[-1] == " +5m exhausted, and nobody is left to page"
    endless = Policy("p", (step(user("ana"), delay=6000),), remind=timedelta(seconds=30))
    assert lines(endless, "ana")[-1] == " and so on"


@pytest.mark.parametrize(
    ("delay", "told"),
    [
        (timedelta(minutes=59, seconds=7), " +59m7s  ana push"),
        (timedelta(hours=3, minutes=10, seconds=35), " +3h10m  ana push"),
    ],
)
def test_what_comes_late_is_told_as_roughly_as_its_column_has_room(delay: timedelta, told: str) -> None:
    policy = Policy("p", (step(user("bo"), delay=delay / timedelta(minutes=1)), step(user("ana"))), remind=None)
    assert told in [each.partition(" step ")[0].rstrip() for each in lines(policy, "ana", "bo")]


@pytest.mark.parametrize("cells", [54, 60, 74, 80, 120])
def test_it_stands_beside_the_steps_where_there_is_room(cells: int) -> None:
    drawn = policy_detail(POLICIES[0], cells, FORESEEN)
    assert all(width(each) <= cells for each in drawn)
    row = next(text(each) for each in drawn if "now     ana push" in text(each))
    assert (row.index("now") > LEFT) == (cells >= 74)
    assert [text(each) for each in policy_detail(POLICIES[0], cells)][-1].startswith("  Teams")


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_the_tab_looks_ahead_for_the_policy_under_the_cursor(size: tuple[int, int]) -> None:
    async with opened(size=size) as driver:
        await driver.press("4")
        await driver.shows("An incident now, unanswered")
        await driver.shows("+15m    cy push, mail")


async def test_on_a_real_database_it_follows_the_cursor_and_the_directory(tmp_path: Path) -> None:
    with seeded(tmp_path) as house:
        app = real.opened(house, "ana")
        async with app.run_test(size=(80, 24)) as pilot:
            await real.until(lambda: "3 of 3" in real.screen(app), app)
            await pilot.press("4")
            await real.until(lambda: "+30s    ana phone" in real.screen(app), app)
            await pilot.press("j")  # platform: nobody is on call before New York's morning
            await real.until(lambda: "+30s    ana phone" not in real.screen(app), app)
            await pilot.press("k")
            await real.until(lambda: "+30s    ana phone" in real.screen(app), app)
            later = CONFIG.replace("contact: phone, delay: 30s", "contact: phone, delay: 45s")
            await asyncio.to_thread(apply, house.session, later, addresses=False)
            await real.until(lambda: "+45s    ana phone" in real.screen(app), app)
