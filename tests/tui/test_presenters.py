"""Rows into lines: columns line up, the important stays readable, every time is said as people say it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from oncall_tui.domain.incident.preview import NextStep
from oncall_tui.domain.severity import Severity
from oncall_tui.ops.reading.incidents.story_rows import IncidentDetail
from oncall_tui.ops.reading.rows import OnCallRow
from oncall_tui.tui.boundary import width_of
from oncall_tui.tui.commands.keys import KeyNames
from oncall_tui.tui.model import Me, Tab, Trouble, Wanted
from oncall_tui.tui.presenters import calendar, empty, people, policies, times, top
from oncall_tui.tui.presenters.incidents import detail, queue
from oncall_tui.tui.presenters.line import Line, Tone, both_ends, cut, line, width, wrapped
from tests.tui import frozen
from tests.tui.frozen import ALERTS, NOW, PAGES, TIMELINE, ahead, incident

ANA = Me("ana", "ana", may_act=True)


def text(of: Line) -> str:
    return "".join(piece.text for piece in of)


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (-5, "0s"),
        (59, "59s"),
        (60, "1m"),
        (3599, "59m"),
        (7200, "2h"),
        (90000, "1d"),
        (40 * 86400, "40d"),
        (60 * 86400, "8w"),
    ],
)
def test_ages_have_one_unit(seconds: int, said: str) -> None:
    assert times.age(timedelta(seconds=seconds)) == said


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(-1, "now"), (0, "now"), (7, "0:07"), (72, "1:12"), (599, "9:59"), (1900, "31m"), (7500, "2h05"), (200000, "2d")],
)
def test_countdowns(seconds: int, said: str) -> None:
    assert times.countdown(timedelta(seconds=seconds)) == said


def test_times_to_come_are_as_short_as_they_may_be() -> None:
    assert times.until(ahead(hours=2), NOW, UTC) == "12:03"
    assert times.until(ahead(days=1), NOW, UTC) == "Mon 10:03"
    assert times.until(ahead(days=9), NOW, UTC) == "10 Mar 10:03"
    assert times.day_or_clock(ahead(days=9), NOW, UTC) == "10 Mar"
    assert times.day_or_clock(ahead(hours=2), NOW, UTC) == "12:03"


@pytest.mark.parametrize("cells", [40, 60, 72, 80, 100, 140])
def test_every_row_is_as_wide_as_its_screen_and_as_its_header(cells: int) -> None:
    rows = (
        *frozen.QUEUE,
        incident(7, "漢字 \x1b[31m wide \u202e" * 9, events=1200, service="a-very-long-service-name"),
    )
    shape = queue.columns(cells, rows)
    expected = max(cells, width(queue.header(shape)))
    for row in rows:
        drawn = queue.incident_line(row, shape, NOW, me="ana", selected=False, zone=UTC)
        assert width(drawn) == expected


def test_numbers_and_ages_are_flush_right() -> None:
    rows = (incident(9, "x"), incident(10412, "y"))
    shape = queue.columns(80, rows)
    drawn = [text(queue.incident_line(row, shape, NOW, me=None, selected=False, zone=UTC)) for row in rows]
    assert drawn[0].index("9 ") + 1 == drawn[1].index("10412") + 5


def test_the_count_of_a_cut_title_stays_readable() -> None:
    row = incident(1, "A very long title that cannot possibly fit into this column", events=31)
    drawn = text(queue.incident_line(row, queue.columns(80, (row,)), NOW, me=None, selected=True, zone=UTC))
    assert "…  ×31" in drawn
    assert drawn.startswith(" *! TRIG")


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"next": None, "phase": "exhausted"}, "exhausted"),
        ({"next": None, "phase": "waiting"}, "reaches none"),
        ({"next": None, "phase": "notified"}, "told once"),
        ({"next": NextStep(at=ahead(seconds=72), kind="escalate", users=("bo", "cy"))}, "1:12 → bo +1"),
        ({"next": NextStep(at=ahead(seconds=72), kind="escalate")}, "1:12 → —"),
        ({"next": NextStep(at=ahead(seconds=72), kind="exhaust")}, "1:12 → the end"),
        ({"next": NextStep(at=ahead(days=4), kind="wait", users=("cy",))}, "waits Thu"),
        ({"next": NextStep(at=ahead(minutes=31), kind="ack_end")}, "ack ends 31m"),
        ({"next": NextStep(at=ahead(minutes=31), kind="snooze_end")}, "snoozed 31m"),
        ({"next": NextStep(at=ahead(seconds=31), kind="hold_end")}, "held 0:31"),
        ({"state": "resolved", "resolution": "false alarm"}, "false alarm"),
    ],
)
def test_what_comes_next_in_a_few_cells(more: dict[str, object], said: str) -> None:
    assert queue.next_words(incident(1, "x", **more), NOW, UTC) == said


def test_only_the_last_minute_ticks_by_the_second() -> None:
    near = incident(1, "x", next=NextStep(at=ahead(seconds=40), kind="escalate"))
    assert queue.in_last_minute(near, NOW)
    assert not queue.in_last_minute(near, ahead(seconds=41))
    assert not queue.in_last_minute(frozen.CHECKOUT, NOW)
    assert not queue.in_last_minute(incident(1, "x", next=None), NOW)


def snapshot(**more: object) -> object:
    found = frozen.FrozenBackend().look(Wanted())
    from dataclasses import replace

    return replace(found, **more)  # type: ignore[arg-type]


def test_columns_are_parted_however_long_their_texts_are() -> None:
    row = replace(frozen.USERS[1], username="maximilian-alexander", name="Max of the very long name", role="admin")
    shape = people.columns([row], None)
    assert "maximilian-alexa… Max of the very lo… admin" in text(people.user_line(row, None, shape))
    contact = replace(frozen.USERS[0].contacts[0], name="phone-of-the-night-shift", address="twilio://…")
    drawn = [text(each) for each in people.user_detail(replace(row, contacts=(contact,)), (), NOW, 100)]
    assert any("phone-of-the-night-shift twilio://…" in each for each in drawn), "and a contact's name is told whole"


def test_columns_are_as_wide_as_what_stands_in_them() -> None:
    nameless = replace(frozen.USERS[0], username="bo", name="", on_call=("payments-primary",))
    shape = people.columns([nameless], None)
    assert text(people.header(shape, 80)) == "    User  Role       On call"
    assert text(people.user_line(nameless, None, shape)).startswith("  ● bo    ")
    policy = replace(frozen.POLICIES[0], name="p", steps=())
    narrow = policies.columns([policy])
    assert text(policies.header(narrow, 80)) == "  Policy  Steps  First now  Used by"
    assert text(policies.policy_line(policy, narrow)).startswith("  p           0  ! nobody   ")


def test_what_is_due_is_paged_now_and_not_in_now() -> None:
    row = replace(frozen.QUEUE[0], next=replace(frozen.QUEUE[0].next, at=NOW))  # type: ignore[type-var]  # it has one
    assert "bo is paged now unless acknowledged" in text(detail.coming(row, NOW, UTC)[0])


def test_the_top_line_says_who_what_and_whether_a_worker_lives() -> None:
    drawn = text(top.top_line(snapshot(), NOW, 120, UTC))  # type: ignore[arg-type]
    assert "● ana (you) until Mon 09:00, then bo" in drawn
    assert "2 triggered  1 acked   worker ok 3s   event 20s" in drawn
    assert width_of(drawn) == 120


@pytest.mark.parametrize("cells", [30, 60, 79, 80, 200])
def test_the_last_line_always_tells_the_key_that_leads_to_all_others(cells: int) -> None:
    names = KeyNames({})
    for shown in (*names.by_tab.values(), names.in_story):
        keys = top.keys_line(shown, cells)
        assert width(keys) <= cells
        assert "? help" in text(keys)
    assert "space select  ? help" in text(top.keys_line(names.by_tab[Tab.INCIDENTS], 80))


@pytest.mark.parametrize("cells", [60, 70, 79, 80, 120])
def test_every_tab_is_there_at_any_width_and_found_where_it_stands(cells: int) -> None:
    shown = top.tab_line(Tab.SERVICES, cells)
    assert width(shown) <= cells + 1, "the last one may lose its blank"
    found = [top.tab_at(column, cells) for column in range(width(shown) + 1)]
    assert found == [tab for tab, piece in zip(Tab, shown, strict=True) for _ in piece.text] + [None]
    assert [piece.text.strip()[:5] for piece in shown] == [f"{tab.value} {tab.title[:3]}" for tab in Tab]


def test_when_a_snooze_ends_is_told_in_my_time() -> None:
    said = TIMELINE[0]
    ends = replace(said, kind="snoozed", text="snoozed until 2026-03-01T12:30:00.098040Z")
    quoted = replace(said, kind="note", text="until 2026-03-01T12:30:00Z")
    story = IncidentDetail(incident=incident(1, "x"), timeline=(ends, quoted), pages=(), alerts=())
    lines = [text(one) for one in detail.story(story, NOW, 90, ZoneInfo("Europe/Stockholm"))]
    assert "snoozed until 13:30" in lines[0]
    assert "until 2026-03-01T12:30:00Z" in lines[1], "what people write stays as it is"


def test_a_worker_that_is_gone_is_an_alarm() -> None:
    assert text(top.worker_words(None, NOW)) == "no worker: nobody is paged"
    dead = top.worker_words(frozen.ago(minutes=5), NOW)
    assert (text(dead), dead[0].tone) == ("worker dead 5m", Tone.ALARM)


def test_a_gap_and_a_broken_schedule_are_alarms() -> None:
    gap = OnCallRow(schedule="s", users=(), since=None, until=ahead(hours=1), because=())
    assert text(top.on_call_words((gap,), ANA, NOW, UTC)) == "○ nobody on call in s until 11:03"
    broken = OnCallRow(schedule="s", users=(), since=None, until=None, because=(), broken="its zone is none")
    assert "s is broken" in text(top.on_call_words((broken,), ANA, NOW, UTC))
    assert text(top.on_call_words((), ANA, NOW, UTC)) == "no schedules yet"


def test_my_own_turn_is_shown_before_the_others() -> None:
    other = OnCallRow(schedule="a", users=("bo", "cy"), since=None, until=None, because=())
    assert "ana (you)" in text(top.on_call_words((other, frozen.ON_CALL), ANA, NOW, UTC))
    assert text(top.on_call_words((other,), ANA, NOW, UTC)) == "● bo, cy"


def test_the_banner_tells_the_age_only_of_what_is_shown() -> None:
    gone = Trouble("it is away", "wait")
    assert "shown is 12s old" in text(top.banner_lines(gone, NOW, ahead(seconds=12), 80)[0])
    assert "old" not in text(top.banner_lines(gone, None, NOW, 80)[0])
    assert "out of date" in text(top.banner_lines(Trouble("boom", away=False), NOW, NOW, 80)[0])


def test_the_banner_takes_the_lines_that_its_mend_needs() -> None:
    wrong = Trouble("the database /srv/oncall/oncall.db is not a database", "restore it from a backup")
    assert len(top.banner_lines(wrong, None, NOW, 120)) == 1
    drawn = top.banner_lines(wrong, None, NOW, 60)
    assert [text(each) for each in drawn] == [
        " ! database away, trying again",
        "   the database /srv/oncall/oncall.db is not a database ·",
        "   restore it from a backup",
    ]


def test_the_preview_keeps_the_end_of_a_long_story() -> None:
    story = IncidentDetail(incident=frozen.CHECKOUT, timeline=TIMELINE * 20, pages=PAGES, alerts=ALERTS)
    drawn = [text(each) for each in detail.preview(story, NOW, 80, 6, UTC)]
    assert len(drawn) == 6
    assert drawn[0].startswith(" #412  Checkout 5xx")
    assert "earlier" in drawn[1]
    assert "bo is paged in 1:12" in drawn[-1]


def test_the_whole_story_has_everything() -> None:
    story = IncidentDetail(incident=frozen.CHECKOUT, timeline=TIMELINE, pages=PAGES, alerts=ALERTS)
    drawn = "\n".join(text(each) for each in detail.whole(story, NOW, 80, UTC))
    for wanted in (
        "paging ana, push",
        "delivered in 0.4 s",
        "page 412-1",
        "try 1: delivered",
        "key checkout-5xx",
        "×3",
    ):
        assert wanted in drawn
    assert all(width(each) <= 80 for each in detail.whole(story, NOW, 80, UTC))


def test_what_comes_is_said_in_words() -> None:
    kinds = ("escalate", "repeat", "exhaust", "wait", "ack_end", "snooze_end", "hold_end", "else")
    for kind in kinds:
        row = incident(1, "x", next=NextStep(at=ahead(minutes=3), kind=kind, users=("bo",)))
        assert detail.coming(row, NOW, UTC)
    assert detail.coming(incident(1, "x", state="resolved"), NOW, UTC) == []


def test_a_description_is_broken_into_lines_and_nothing_else_is() -> None:
    assert wrapped("a bb ccc\ndddddddd", 5) == ["a bb", "ccc", "dddd…"]


def test_lines_fit_both_ends() -> None:
    assert text(both_ends(line("left"), line("right"), 12)) == "left   right"
    assert text(both_ends(line("left and long"), line("right"), 12)) == "left … right"
    assert text(both_ends(line("left"), line("right"), 3)) == "ri…"
    assert text(cut(line("abc", "def"), 4)) == "abc…"


def test_the_calendar_shows_gaps_in_red_and_why() -> None:
    look = calendar.Look(frozen.SCHEDULES[0], NOW, ZoneInfo("Europe/Lisbon"), NOW)
    lines = calendar.calendar(look, 80, 20, (1, 2))
    drawn = "\n".join(text(each) for each in lines)
    assert "schedule 1 of 2" in drawn
    assert "ana since Mon 23 Feb 10:03, until Mon 2 Mar 09:00" in drawn
    gap = calendar.Look(frozen.SCHEDULES[0], datetime(2026, 3, 2, 12, tzinfo=UTC), ZoneInfo("Europe/Lisbon"), NOW)
    why = calendar.why(gap, 80)
    assert "nobody is on call until Tue 09:00" in text(why[0])
    week = calendar.timeline(gap, 80, 20)
    assert any(piece.tone is Tone.ALARM and set(piece.text) == {"!"} for each in week for piece in each)
    assert all(width(each) <= 80 for each in lines)


def test_a_broken_schedule_says_so_in_its_place() -> None:
    from oncall_tui.domain.schedules import Layer, Schedule

    broken = Schedule(name="x", timezone="Nowhere/None", layers=(Layer(name="l", rotation=None),))
    drawn = "\n".join(
        text(each) for each in calendar.calendar(calendar.Look(broken, NOW, ZoneInfo("UTC"), NOW), 80, 20, (1, 1))
    )
    assert "broken" in drawn


def test_a_day_of_23_hours_has_as_many_cells_as_any_other() -> None:
    zone = ZoneInfo("Europe/Lisbon")  # clocks go forward on 29 March 2026
    look = calendar.Look(frozen.SCHEDULES[0], datetime(2026, 3, 28, 12, tzinfo=UTC), zone, NOW)
    moved = calendar.moved(look.cursor, zone, days=1)
    assert moved.astimezone(zone).hour == 12
    assert moved - look.cursor == timedelta(hours=23)
    assert calendar.moved(NOW, zone, hours=1) == datetime(2026, 3, 1, 11, tzinfo=UTC)
    assert calendar.moved(NOW, zone, hours=-1) == datetime(2026, 3, 1, 10, tzinfo=UTC)


def test_people_and_policies_say_what_is_wrong_with_them() -> None:
    shape = people.columns(frozen.USERS, "ana")
    assert "can't be reached" in text(people.user_line(frozen.USERS[1], "ana", shape))
    assert "ana (you)" in text(people.user_line(frozen.USERS[0], "ana", shape))
    drawn = "\n".join(text(each) for each in people.user_detail(frozen.USERS[1], (), NOW, 80))
    assert "can't be paged" in drawn
    policy = "\n".join(text(each) for each in policies.policy_detail(frozen.POLICIES[0], 80))
    assert "3 rounds, reminds every 10m" in policy
    assert "nobody now" in policy


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"has_users": False}, "you are admin here"),
        ({"services": ()}, "no services yet"),
        ({"wanted": Wanted(filter="sev:crit")}, "Nothing matches"),
        ({}, "Nothing burns"),
    ],
)
def test_an_empty_queue_says_what_to_do(more: dict[str, object], said: str) -> None:
    drawn = "\n".join(text(each) for each in empty.empty_queue(snapshot(**more), NOW, UTC))  # type: ignore[arg-type]
    assert said in drawn


def test_severities_have_words_of_their_own() -> None:
    words = {
        text(
            queue.incident_line(
                incident(1, "x", severity=s), queue.columns(80, ()), NOW, me=None, selected=False, zone=UTC
            )
        )[10:14]
        for s in Severity
    }
    assert words == {"crit", "high", "med ", "low ", "info"}
