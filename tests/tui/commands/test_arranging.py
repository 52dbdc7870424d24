"""The queue sorted, grouped and in another zone; what stays under the finger meanwhile; what is kept between runs."""

from __future__ import annotations

import json
import stat
from dataclasses import replace
from datetime import UTC, timedelta
from pathlib import Path

import pytest

from oncall_tui.clock import ManualClock
from oncall_tui.domain.queue.ordering import Order, Sort
from oncall_tui.domain.severity import Severity
from oncall_tui.ops.reading.incidents.story_rows import ChangeRow, IncidentDetail
from oncall_tui.ops.reading.near_rows import EarlierRow, GroupRow, QuietRow
from oncall_tui.ops.reading.rows import IncidentPage
from oncall_tui.ops.verbs import BY_NAME
from oncall_tui.tui.app import OncallApp
from oncall_tui.tui.model import Me, Tab, Wanted
from oncall_tui.tui.presenters.incidents.detail import whole
from oncall_tui.tui.presenters.incidents.placing import Heading, Placing
from oncall_tui.tui.remembering import Kept, Memory, usual_place
from tests.tui.frozen import ALERTS, NOW, TIMELINE, FrozenBackend, ago, ahead, incident
from tests.tui.test_app import opened

BY_SERVICE = Order(group="service")
A1, A2, B3, C4 = (
    incident(number, f"title {number}", service=service)
    for number, service in ((1, "alpha"), (2, "alpha"), (3, "beta"), (4, "gamma"))
)


def page(*rows: object, groups: tuple[GroupRow, ...] = ()) -> IncidentPage:
    """A page of these rows."""
    return IncidentPage(rows=rows, next_cursor=None, total=len(rows), groups=groups)  # type: ignore[arg-type]


def placed(key: object, *pages: IncidentPage, order: Order = BY_SERVICE) -> Placing:
    """What is shown once these pages came in, with the cursor on `key`."""
    placing = Placing()
    placing.begin(pages[0], order)
    for one in pages[1:]:
        placing.take(one, order, key=key, detail=None)
    return placing


def test_headings_stand_over_their_rows() -> None:
    assert placed(1, page(A1, A2, B3)).places == (Heading("alpha"), 1, 2, Heading("beta"), 3)
    assert placed(1, page(A1, A2, B3), order=Order()).places == (1, 2, 3)


@pytest.mark.parametrize(
    ("key", "fresh", "places"),
    [
        (1, (A2, B3), (Heading("alpha"), 1, 2, Heading("beta"), 3)),
        (3, (A1, A2, C4), (Heading("alpha"), 1, 2, Heading("beta"), 3, Heading("gamma"), 4)),
        (2, (A2, A1, B3), (Heading("alpha"), 2, 1, Heading("beta"), 3)),
        (3, (), (Heading("beta"), 3)),
    ],
)
def test_a_row_that_matches_no_more_keeps_its_place_in_its_group(
    key: int, fresh: tuple[object, ...], places: tuple[object, ...]
) -> None:
    shown = placed(key, page(A1, A2, B3), page(*fresh))
    assert shown.places == places
    assert shown.ghosts == (key not in {row.number for row in fresh})  # type: ignore[attr-defined]  # rows all


def test_an_act_does_not_carry_a_row_out_of_its_group_under_the_cursor() -> None:
    by_severity = Order(group="severity")
    worse = replace(A2, severity=Severity.CRITICAL)
    shown = placed(2, page(A1, A2), page(worse, A1), order=by_severity)
    assert list(shown.places) == [Heading("high"), 1, 2], "it stays where it was, and so does the heading over it"
    shown.let_go()
    shown.take(page(worse, A1), by_severity, key=2, detail=None)
    assert list(shown.places) == [Heading("critical"), 2, Heading("high"), 1]


async def test_groups_are_chosen_by_key_and_the_cursor_passes_over_their_headings() -> None:
    async with opened(FrozenBackend((A1, A2, B3))) as driver:
        await driver.press("b")
        await driver.shows("Group by:")
        await driver.press("s")
        await driver.shows("by service")
        await driver.shows(" beta  1 triggered")
        assert driver.under_cursor == 1
        walked = []
        for key in ("down", "down", "down", "up", "g", "G", "k", "home"):
            await driver.press(key)
            walked.append(driver.under_cursor)
        assert walked == [2, 3, 3, 2, 1, 3, 2, 1]
        await driver.press("a")
        await driver.until(lambda: driver.backend.acts, "the act on a row, not on a heading")
        assert driver.backend.acts == [("acknowledge", ((1, 1),), False)]
        await driver.press("colon", *"group none", "enter")
        await driver.hides("beta  1 triggered")


async def test_a_click_on_a_heading_stands_on_the_row_below() -> None:
    async with opened(FrozenBackend((A1, A2, B3))) as driver:
        await driver.press("b", "s")
        await driver.shows(" beta  1 triggered")
        heading = next(place for place, text in enumerate(driver.lines) if text.startswith(" beta"))
        await driver.pilot.click(offset=(5, heading))
        assert driver.under_cursor == 3


async def test_a_label_is_asked_for_and_a_grouping_that_is_none_is_told() -> None:
    backend = FrozenBackend((replace(A1, labels={"region": "eu"}), B3))
    async with opened(backend) as driver:
        await driver.press("b", "l")
        await driver.shows("Group by label:")
        await driver.press(*"region", "enter")
        await driver.shows(" region=eu  1 triggered")
        await driver.shows(" no region  1 triggered")
        await driver.press("colon", *"group nonsense", "enter")
        await driver.shows("there is no grouping 'nonsense'")


async def test_the_order_changes_by_key_and_by_name_and_the_cursor_stays_on_its_incident() -> None:
    async with opened(FrozenBackend((A1, A2, B3))) as driver:
        await driver.press("down")
        await driver.press("comma")
        await driver.shows("First:")
        await driver.press("w")
        await driver.shows("newest first")
        await driver.until(lambda: driver.screen.index("title 3") < driver.screen.index("title 1 "), "the newest first")
        assert driver.under_cursor == 2
        await driver.press("colon", *"sort oldest", "enter")
        await driver.shows("oldest first")
        await driver.press("colon", *"sort sideways", "enter")
        await driver.shows("there is no sort 'sideways'")


async def test_times_are_in_my_zone_or_in_utc() -> None:
    backend = FrozenBackend(me=Me("ana", "ana", may_act=True, zone="Asia/Kathmandu"))  # 5:45 ahead all year
    async with opened(backend) as driver:
        await driver.shows("15:46:11  triggered by prometheus")
        await driver.press("U")
        await driver.shows("10:01:11  triggered by prometheus")
        await driver.shows("times in UTC")
        await driver.press("U")
        await driver.shows("15:46:11  triggered by prometheus")


def test_the_story_tells_changes_earlier_times_what_fires_on_and_what_is_silent() -> None:
    row = replace(A1, state="resolved", resolved_at=ago(minutes=1), resolved_by="ana", resolution="fixed", next=None)
    detail = IncidentDetail(
        incident=row,
        timeline=TIMELINE,
        pages=(),
        alerts=ALERTS,
        changes=(ChangeRow(at=ago(minutes=12), summary="deploy 4.2", source="ci", integration="ci"),),
        earlier=(
            EarlierRow(
                number=7,
                title="t",
                opened_at=ago(days=2),
                resolved_at=ago(days=2) + timedelta(minutes=9),
                resolved_by="bo",
                resolution="fixed",
                acknowledged_by="bo",
                notes=("rolled 4.1 back",),
            ),
        ),
        quiet=QuietRow(number=3, until=ahead(minutes=12), by="cy", comment="disks move"),
    )
    text = "\n".join("".join(piece.text for piece in one) for one in whole(detail, NOW, 100, UTC))
    for wanted in (
        "deploy 4.2  10m before  ci",
        "#7  Fri 27 Feb 10:03:11  fixed by bo after 9m",
        "note: rolled 4.1 back",
        "! still firing: 1 alert, last seen 20s ago",
        "#3  new alerts like it are silent for 12m more, until 10:15, by cy: disks move",
    ):
        assert wanted in text, text


LEFT = Kept(tab=Tab.USERS, filter="sev>=high", order=Order(Sort.OLDEST, "label:region"), utc=True)


def test_what_is_kept_is_mine_alone_and_comes_back_whole(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "terminal.json"
    Memory(path).keep(LEFT)
    assert Memory(path).recall() == LEFT
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [file.name for file in path.parent.iterdir()] == ["terminal.json"]
    assert usual_place("ana") != usual_place("bo")


@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", "7", "\0", '{"tab": 9, "filter": 3, "sort": [], "utc": "yes"}', "[" * 5000, '{"tab": "x' * 5000],
)
def test_a_broken_file_is_as_good_as_none(tmp_path: Path, text: str) -> None:
    path = tmp_path / "terminal.json"
    path.write_text(text)
    assert Memory(path).recall() == Kept()


def test_each_part_that_can_be_read_is_and_a_link_or_a_lack_of_room_harm_nobody(tmp_path: Path) -> None:
    path = tmp_path / "terminal.json"
    path.write_text(json.dumps({"tab": "users", "filter": "sev:purple", "sort": "need", "group": "people", "utc": 1}))
    assert Memory(path).recall() == Kept(tab=Tab.USERS)
    link = tmp_path / "link.json"
    link.symlink_to(path)
    assert Memory(link).recall() == Kept()
    blocked = tmp_path / "file"
    blocked.write_text("")
    Memory(blocked / "terminal.json").keep(LEFT)


async def test_the_screen_comes_back_as_it_was_left(tmp_path: Path) -> None:
    path = tmp_path / "terminal.json"
    app = OncallApp(FrozenBackend((A1, A2, B3)), clock=ManualClock(NOW), ticking=False, memory=Memory(path))
    async with app.run_test(size=(80, 24)) as pilot:
        app.run_verb(BY_NAME["group"], "service")
        app.run_verb(BY_NAME["filter"], "title")
        app.run_verb(BY_NAME["utc"])
        await pilot.press("3")
        await pilot.pause()
    kept = Memory(path).recall()
    assert kept == Kept(tab=Tab.USERS, filter="title", order=BY_SERVICE, utc=True)
    backend = FrozenBackend((A1, A2, B3))
    again = OncallApp(backend, clock=ManualClock(NOW), ticking=False, memory=Memory(path))
    async with again.run_test(size=(80, 24)):
        assert again._feed.wanted == Wanted(tab=Tab.USERS, filter="title", order=BY_SERVICE)
