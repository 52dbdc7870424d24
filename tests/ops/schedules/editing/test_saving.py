"""Schedules are made and edited: previewed first, saved only over what was seen, refused with the reason."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from oncall_tui.domain.directory.people import Role
from oncall_tui.domain.errors import Forbidden, InvalidMany, LostRace, Refused
from oncall_tui.domain.schedules import FixedShift, Layer, Restriction, Rotation, Schedule, editing
from oncall_tui.domain.schedules.clashes import DoubleBooking, LeaveClash
from oncall_tui.domain.schedules.preview import Stretch
from oncall_tui.domain.time.durations import parse_turn
from oncall_tui.ops.config import apply, export
from oncall_tui.ops.schedules.editing import Moved, preview_schedule, save_schedule
from oncall_tui.ops.schedules.leave import add_leave
from oncall_tui.ops.schedules.overrides import add_override
from oncall_tui.ops.schedules.shifts import add_shift
from oncall_tui.storage.directory_rows import revision
from oncall_tui.storage.tables import audit, schedules
from tests.ops.schedules.conftest import MONDAY
from tests.support.house import House

WEEK = timedelta(weeks=1)
DAY = timedelta(days=1)


def stored(house: House, name: str) -> Schedule:
    with house.store.read() as conn:
        return house.directory.world(conn).schedules[name]


def wall(day: int, hour: int = 9) -> datetime:
    return datetime(2026, 1, day, hour)


def weekly(people: str, **more: object) -> Layer:
    rotation = Rotation(slots=tuple((one,) for one in people.split()), start=wall(5), every=parse_turn("1w"))
    return replace(Layer(name="weekly", rotation=rotation), **more)  # type: ignore[arg-type] # fields of a layer


def new(*layers: Layer, name: str = "secondary", timezone: str = "Europe/Lisbon") -> Schedule:
    return Schedule(name=name, timezone=timezone, layers=layers)


def test_a_new_schedule_is_kept_as_it_was_meant(house: House) -> None:
    nights = Layer(
        name="nights",
        rotation=Rotation(slots=(("bo", "cy"), ()), start=wall(5, 0), every=parse_turn("1d"), length=DAY / 3),
        restrict=(Restriction((0, 1), timedelta(hours=20), timedelta(hours=8)),),
        timezone="Europe/Berlin",
        priority=3,
        until=datetime.fromisoformat("2026-07-01T07:00:00+00:00"),
    )
    fixed = Layer(name="fixed", shifts=(FixedShift("cy", MONDAY + 40 * DAY, MONDAY + 41 * DAY),))
    cron = Layer(name="cron", rotation=Rotation(slots=(("ana",),), start=wall(5), cron="0 9 * * MON"))
    wanted = new(weekly("cy"), nights, fixed, cron)
    shown = save_schedule(house.session, wanted, seen=None, accept=True)
    assert (shown.before, shown.after) == (None, wanted)
    assert stored(house, "secondary") == wanted
    # It could stand in a file: applied again, an export of it changes nothing.
    assert apply(house.session, export(house.session, with_secrets=True), addresses=False).changed == ()


def test_a_preview_keeps_nothing_and_tells_the_same(house: House) -> None:
    before = stored(house, "primary")
    after = editing.add_participant(before, "weekly", ("cy",), now=MONDAY)
    shown = preview_schedule(house.session, after, seen=before, span=4 * WEEK)
    assert stored(house, "primary") == before
    # ana bo ana bo becomes ana bo cy ana: in the third week cy for ana, in the fourth ana for bo.
    assert shown.gained == (
        Stretch("cy", MONDAY + 2 * WEEK, MONDAY + 3 * WEEK),
        Stretch("ana", MONDAY + 3 * WEEK, MONDAY + 4 * WEEK),
    )
    assert shown.people == (
        Moved("ana", 1, 1, timedelta()),
        Moved("bo", 0, 1, -WEEK),
        Moved("cy", 1, 0, WEEK),
    )
    assert (shown.on_now_before, shown.on_now_after, shown.notes) == (("ana",), ("ana",), ())
    assert save_schedule(house.session, after, seen=before, accept=True, span=4 * WEEK) == shown
    assert stored(house, "primary") == after
    assert [row[0] for row in _audit(house, "schedule primary")][-1] == "schedule.edited"


def test_whoever_is_on_and_removed_is_followed_at_once_and_that_is_said(house: House) -> None:
    before = stored(house, "primary")
    after = editing.remove_participant(before, "weekly", "ana", now=MONDAY)
    shown = preview_schedule(house.session, after, seen=before)
    assert (shown.on_now_before, shown.on_now_after) == (("ana",), ("bo",))
    assert shown.notes == ("bo takes over from ana at once",)


def test_a_gap_that_would_open_is_named_and_asks_for_a_yes(house: House) -> None:
    before = stored(house, "primary")
    after = editing.change_layer(before, "weekly", weekly("ana bo", until=MONDAY + 3 * WEEK), now=MONDAY)
    shown = preview_schedule(house.session, after, seen=before)
    assert [(gap.start, gap.end) for gap in shown.gaps_opened] == [(MONDAY + 3 * WEEK, MONDAY + 8 * WEEK)]
    with pytest.raises(Refused, match="leaves nobody on call from 2026-01-26T09:00:00Z") as refused:
        save_schedule(house.session, after, seen=before)
    assert refused.value.code == "needs_yes"
    assert stored(house, "primary") == before
    save_schedule(house.session, after, seen=before, accept=True)
    mended = editing.change_layer(after, "weekly", weekly("ana bo"), now=MONDAY)
    shown = save_schedule(house.session, mended, seen=after, accept=True)
    assert [(gap.start, gap.end) for gap in shown.gaps_closed] == [(MONDAY + 3 * WEEK, MONDAY + 8 * WEEK)]


def test_a_declared_gap_is_told_and_asks_for_nothing(house: House) -> None:
    before = stored(house, "primary")
    after = editing.add_participant(before, "weekly", (), now=MONDAY)
    shown = save_schedule(house.session, after, seen=before, span=3 * WEEK)
    assert [(gap.start, gap.end, gap.planned) for gap in shown.gaps_opened] == [
        (MONDAY + 2 * WEEK, MONDAY + 3 * WEEK, True)
    ]


def test_a_double_booking_asks_for_a_yes(house: House) -> None:
    # bo has pair and primary from 01-12 to 01-19, and would have secondary then, too.
    with pytest.raises(Refused, match="puts bo into pair and primary and secondary at once from 2026-01-12T09:00:00Z"):
        save_schedule(house.session, new(weekly("cy bo"), timezone="UTC"), seen=None)
    shown = preview_schedule(house.session, new(weekly("cy bo"), timezone="UTC"), seen=None, span=2 * WEEK)
    assert shown.double == (DoubleBooking("bo", MONDAY + WEEK, MONDAY + 2 * WEEK, ("pair", "primary", "secondary")),)


def test_a_shift_during_leave_is_told_and_keeps_nothing_from_being_saved(house: House) -> None:
    add_leave(house.session, user="cy", start=MONDAY + 15 * DAY, end=MONDAY + 17 * DAY, note="the sea")
    before = stored(house, "primary")
    after = editing.add_participant(before, "weekly", ("cy",), now=MONDAY)
    shown = save_schedule(house.session, after, seen=before, accept=True, span=4 * WEEK)
    assert shown.leave == (LeaveClash("cy", MONDAY + 15 * DAY, MONDAY + 17 * DAY, "primary", "the sea"),)
    assert not shown.fine


def test_who_saves_second_is_told_who_was_first(house: House) -> None:
    seen = stored(house, "primary")
    first = editing.add_participant(seen, "weekly", ("cy",), now=MONDAY)
    save_schedule(house.as_user("bo", Role.ADMIN), first, seen=seen, accept=True)
    second = editing.remove_participant(seen, "weekly", "bo", now=MONDAY)
    with pytest.raises(LostRace, match=r"no longer what you saw: it was changed by bo at 2026-01-05T09:00:00Z"):
        save_schedule(house.session, second, seen=seen)
    with pytest.raises(LostRace):
        preview_schedule(house.session, second, seen=seen)
    assert stored(house, "primary") == first


def test_an_override_made_meanwhile_stays_and_is_no_race(house: House) -> None:
    seen = stored(house, "primary")
    add_override(house.session, "primary", start=MONDAY + DAY, end=MONDAY + 2 * DAY, users=["cy"])
    add_shift(house.session, "pair", FixedShift("ana", MONDAY, MONDAY + DAY))
    save_schedule(house.session, editing.add_participant(seen, "weekly", ("cy",), now=MONDAY), seen=seen, accept=True)
    assert [one.users for one in stored(house, "primary").overrides] == [("cy",)]
    pair = stored(house, "pair")
    assert [layer.name for layer in pair.layers] == ["both", "shifts"]


def test_another_name_and_the_policies_follow(house: House) -> None:
    seen = stored(house, "pair")
    written = export(house.session)
    save_schedule(house.session, editing.rename(seen, "both"), seen=seen)
    assert export(house.session) == written.replace("name: pair", "name: both").replace(
        "schedule: pair", "schedule: both"
    )
    with house.store.read() as conn:
        world = house.directory.world(conn)
    assert world.policies["pages"].steps[0].targets[0].name == "both"
    assert stored(house, "both").layers == seen.layers
    assert ("schedule.renamed", "to both") in _audit(house, "schedule pair")


def test_a_schedule_that_an_open_incident_escalates_by_keeps_its_name(house: House) -> None:
    house.post()
    seen = stored(house, "pair")
    with pytest.raises(Refused, match="pair can't be renamed now: #1 would lose it"):
        save_schedule(house.session, editing.rename(seen, "both"), seen=seen)
    save_schedule(house.session, replace(stored(house, "summer"), name="winter"), seen=stored(house, "summer"))


def test_a_waiting_incident_looks_again_at_once(house: House) -> None:
    house.post()  # nobody has pair before 01-12, so it waits
    assert house.timers == MONDAY + WEEK
    seen = stored(house, "pair")
    save_schedule(
        house.session,
        editing.change_layer(seen, "both", replace(weekly("cy"), name="both"), now=MONDAY),
        seen=seen,
        accept=True,
    )
    assert house.timers == MONDAY


def test_the_words_of_a_file_stay_where_they_still_mean_the_same(house: House) -> None:
    seen = stored(house, "pair")
    after = editing.add_layer(seen, weekly("ana"), place=0)
    save_schedule(house.session, after, seen=seen, accept=True)
    assert "until: 2026-01-19T09:00\n" in export(house.session)
    moved = editing.set_timezone(after, "Europe/Berlin", now=MONDAY)
    save_schedule(house.session, moved, seen=after, accept=True)
    # That end is an instant: in Berlin the clock shows an hour more then.
    assert "until: 2026-01-19T10:00\n" in export(house.session)
    assert stored(house, "pair") == moved


def test_a_broken_schedule_can_be_mended(house: House) -> None:
    with house.store.write() as conn:
        conn.execute(schedules.update().where(schedules.c.name == "summer").values(timezone="Nowhere/Land"))
        revision.move_on(conn)
    seen = stored(house, "summer")
    shown = save_schedule(house.session, new(weekly("ana"), name="summer", timezone="UTC"), seen=seen, accept=True)
    assert shown.on_now_after == ("ana",)
    assert shown.notes[0] == "schedule summer is broken: nobody is on call by it until it is mended"
    assert stored(house, "summer").timezone == "UTC"


REFUSED: list[tuple[str, Callable[[], Schedule], str]] = [
    ("cron with every", lambda: new(_rotation(cron="0 9 * * MON", every=parse_turn("1w"))), "layers[0].every"),
    ("cron with days", lambda: new(_rotation(cron="0 9 * * MON", days=(0,))), "layers[0].days"),
    ("length above a turn", lambda: new(_rotation(every=parse_turn("8h"), length=9 * DAY / 24)), "layers[0].length"),
    ("days of hours", lambda: new(_rotation(every=parse_turn("8h"), days=(0,))), "layers[0].days"),
    ("no turns", lambda: new(_rotation()), "layers[0].every"),
    ("no slots", lambda: new(_rotation(every=parse_turn("1w"), slots=())), "layers[0].users"),
    ("nobody of the team", lambda: new(weekly("ana zed")), "layers[0].users[1]"),
    ("twice in a slot", lambda: new(_rotation(every=parse_turn("1w"), slots=(("bo", "bo"),))), "layers[0].users[0]"),
    ("two layers of a name", lambda: new(weekly("ana"), weekly("bo")), "layers[1].name"),
    ("an empty layer", lambda: new(Layer(name="nothing")), "layers[0]"),
    ("no zone", lambda: new(weekly("ana"), timezone="Nowhere/Land"), "timezone"),
    ("no name", lambda: new(weekly("ana"), name=" "), "name"),
    ("a name that is there", lambda: new(weekly("ana"), name="primary"), "name"),
    (
        "a shift that ends before it starts",
        lambda: new(Layer(name="fixed", shifts=(FixedShift("ana", MONDAY + DAY, MONDAY),))),
        "layers[0].shifts[0].end",
    ),
]


def _rotation(**turns: object) -> Layer:
    rotation = Rotation(slots=(("ana",),), start=wall(5))
    return Layer(name="weekly", rotation=replace(rotation, **turns))  # type: ignore[arg-type] # fields of a rotation


@pytest.mark.parametrize(("made", "path"), [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED])
def test_what_the_rules_refuse_is_not_saved(sqlite_house: House, made: Callable[[], Schedule], path: str) -> None:
    shown = preview_schedule(sqlite_house.session, made(), seen=None)
    assert [problem.path for problem in shown.problems] == [path]
    assert all(problem.sentence and problem.mend for problem in shown.problems)
    with pytest.raises(InvalidMany):
        save_schedule(sqlite_house.session, made(), seen=None, accept=True)
    with sqlite_house.store.read() as conn:
        assert set(sqlite_house.directory.world(conn).schedules) == {"primary", "pair", "summer"}


def test_only_admins_edit(sqlite_house: House) -> None:
    responder = sqlite_house.as_user("bo")
    with pytest.raises(Forbidden):
        save_schedule(responder, new(weekly("ana")), seen=None)
    with pytest.raises(Forbidden):
        preview_schedule(responder, new(weekly("ana")), seen=None)


def _audit(house: House, thing: str) -> list[tuple[str, str]]:
    with house.store.read() as conn:
        rows = conn.execute(select(audit.c.action, audit.c.text).where(audit.c.object == thing).order_by(audit.c.id))
        return [(row.action, row.text) for row in rows]
