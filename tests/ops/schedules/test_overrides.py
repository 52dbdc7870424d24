"""Overrides and takes on both databases: what they do, what the rules refuse, and who hears of it."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from oncall_tui.domain.directory.people import Role
from oncall_tui.domain.errors import Forbidden, Invalid, InvalidMany, OncallError, Refused, Unknown
from oncall_tui.domain.schedules import Gap
from oncall_tui.domain.schedules.clashes import DoubleBooking
from oncall_tui.domain.schedules.preview import Stretch
from oncall_tui.ops.config import apply
from oncall_tui.ops.schedules.overrides import add_override, delete_override, list_overrides, take
from oncall_tui.storage.directory_rows.revision import revision
from oncall_tui.storage.tables import audit, schedule_overrides
from tests.ops.schedules.conftest import MONDAY
from tests.support.house import House
from tests.support.worlds import T0


def at(day: int, hour: int = 0) -> datetime:
    """An hour of a day in January 2026."""
    return MONDAY.replace(day=day, hour=hour)


def on_call(house: House, schedule: str, when: datetime) -> tuple[str, ...] | None:
    with house.store.read() as conn:
        return house.directory.world(conn).on_call(schedule, when)


def directory_revision(house: House) -> int:
    with house.store.read() as conn:
        return revision(conn)


def test_an_override_holds_for_its_span_and_says_what_it_moves(house: House) -> None:
    before = directory_revision(house)
    bo = house.as_user("bo")
    done = add_override(bo, "primary", start=at(6, 12), end=at(6, 14), users=["cy"])
    assert done.preview.gained == (Stretch("cy", at(6, 12), at(6, 14)),)
    assert done.preview.lost == (Stretch("ana", at(6, 12), at(6, 14)),)
    assert not done.preview.gaps
    assert not done.preview.double
    whom = [on_call(house, "primary", at(6, hour)) for hour in (11, 12, 13, 14)]
    assert whom == [("ana",), ("cy",), ("cy",), ("ana",)]
    assert directory_revision(house) == before + 1
    (row,) = list_overrides(bo, "primary")
    assert (row.number, row.schedule, row.override.users, row.override.made_by) == (
        done.number,
        "primary",
        ("cy",),
        "bo",
    )


@pytest.mark.parametrize(
    ("schedule", "change", "day", "whom"),
    [
        ("primary", {"users": ["cy"], "replaces": "ana"}, 6, ("cy",)),
        ("primary", {"users": ["cy"], "replaces": "bo"}, 6, ("ana",)),
        ("primary", {"add": ["cy", "bo"]}, 6, ("ana", "bo", "cy")),
        ("pair", {"remove": ["bo"]}, 13, ("cy",)),
        ("pair", {"remove": ["bo", "cy"]}, 13, ()),
        ("pair", {"users": ["ana", "bo"]}, 13, ("ana", "bo")),
    ],
)
def test_each_kind_of_override(
    sqlite_house: House, schedule: str, change: dict[str, object], day: int, whom: tuple[str, ...]
) -> None:
    add_override(sqlite_house.session, schedule, start=at(day), end=at(day + 1), **change)  # type: ignore[arg-type]  # one of each kind
    assert on_call(sqlite_house, schedule, at(day, 12)) == whom


def test_a_preview_tells_of_new_gaps_and_double_bookings_and_keeps_nothing(house: House) -> None:
    before = directory_revision(house)
    shown = add_override(house.session, "pair", start=at(13), end=at(14), remove=["bo", "cy"], dry_run=True)
    assert shown.number is None
    assert shown.preview.gaps == (Gap(at(13), at(14), planned=False),)
    booked = add_override(house.session, "primary", start=at(13), end=at(14), users=["cy"], dry_run=True).preview
    assert booked.double == (DoubleBooking("cy", at(13), at(14), ("pair", "primary")),)
    assert directory_revision(house) == before
    assert list_overrides(house.session) == ()


def test_the_same_person_twice_is_refused_with_the_reason(sqlite_house: House) -> None:
    add_override(sqlite_house.session, "primary", start=at(6, 12), end=at(6, 14), users=["cy"])
    with pytest.raises(Invalid, match="another override, from 2026-01-06T12:00:00Z, puts cy on call already"):
        add_override(sqlite_house.session, "primary", start=at(6, 13), end=at(6, 15), add=["cy"])
    add_override(sqlite_house.session, "primary", start=at(6, 14), end=at(6, 15), users=["cy"])
    assert len(list_overrides(sqlite_house.session)) == 2


def test_inside_a_temporary_schedule_it_would_change_nothing_and_is_refused(sqlite_house: House) -> None:
    start = MONDAY.replace(month=8, day=2)
    with pytest.raises(Invalid, match="a temporary schedule holds in this span"):
        add_override(sqlite_house.session, "summer", start=start, end=start + timedelta(days=1), users=["cy"])


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({}, Invalid),
        ({"users": ["bo"], "add": ["cy"]}, Invalid),
        ({"users": ["bo"], "replaces": "bo"}, Invalid),
        ({"add": ["bo"], "replaces": "ana"}, Invalid),
        ({"users": ["bo", "bo"]}, Invalid),
        ({"users": ["bo", "bo"], "add": ["cy"]}, InvalidMany),
        ({"users": ["nobody"]}, Unknown),
        ({"users": ["bo"], "replaces": "nobody"}, Unknown),
        ({"remove": ["nobody"]}, Unknown),
    ],
)
def test_what_makes_no_sense_is_refused_and_not_kept(
    sqlite_house: House, change: dict[str, object], error: type[OncallError]
) -> None:
    with pytest.raises(error):
        add_override(sqlite_house.session, "primary", start=at(6), end=at(7), **change)  # type: ignore[arg-type]  # nonsense
    with pytest.raises(Invalid):
        add_override(sqlite_house.session, "primary", start=at(7), end=at(7), users=["bo"])
    with pytest.raises(Unknown):
        add_override(sqlite_house.session, "nowhere", start=at(6), end=at(7), users=["bo"])
    assert list_overrides(sqlite_house.session) == ()


def test_viewers_look_and_responders_act(sqlite_house: House) -> None:
    viewer = sqlite_house.as_user("vi", Role.VIEWER)
    with pytest.raises(Forbidden):
        add_override(viewer, "primary", start=at(6), end=at(7), users=["bo"])
    with pytest.raises(Forbidden):
        take(viewer, "primary", until=at(6))
    done = add_override(sqlite_house.as_user("bo"), "primary", start=at(6), end=at(7), users=["cy"])
    assert done.number is not None
    with pytest.raises(Forbidden):
        delete_override(viewer, done.number)
    assert [row.number for row in list_overrides(viewer)] == [done.number]


def test_deleting_brings_back_who_was_before(house: House) -> None:
    done = add_override(house.session, "primary", start=at(6), end=at(7), users=["cy"])
    assert done.number is not None
    shown = delete_override(house.session, done.number, dry_run=True)
    assert shown.preview.gained == (Stretch("ana", at(6), at(7)),)
    assert on_call(house, "primary", at(6, 12)) == ("cy",)
    assert delete_override(house.as_user("bo"), done.number).preview == shown.preview
    assert on_call(house, "primary", at(6, 12)) == ("ana",)
    with pytest.raises(Unknown):
        delete_override(house.session, done.number)


def test_take_replaces_the_one_on_call_from_now(house: House) -> None:
    house.clock.move(timedelta(hours=1, milliseconds=400))
    done = take(house.as_user("cy"), "primary", until=at(5, 12))
    assert done.preview.gained == (Stretch("cy", at(5, 10), at(5, 12)),)
    (row,) = list_overrides(house.session)
    assert (row.override.users, row.override.replaces) == (("cy",), "ana")
    assert on_call(house, "primary", at(5, 11)) == ("cy",)
    assert on_call(house, "primary", at(5, 12)) == ("ana",)


def test_take_with_several_on_call_needs_a_name(sqlite_house: House) -> None:
    sqlite_house.clock.set(at(13))
    with pytest.raises(Refused, match="bo, cy are on call together"):
        take(sqlite_house.as_user("ana"), "pair", until=at(14))
    with pytest.raises(Refused, match="bo is on call in pair already"):
        take(sqlite_house.as_user("bo"), "pair", until=at(14), replaces="cy")
    with pytest.raises(Refused, match="vi is not on call in pair now: bo, cy"):
        take(sqlite_house.as_user("ana"), "pair", until=at(14), replaces="vi")
    take(sqlite_house.as_user("ana"), "pair", until=at(14), replaces="cy")
    assert on_call(sqlite_house, "pair", at(13, 12)) == ("ana", "bo")


def test_take_in_a_gap_adds_and_takes_nobody_off(sqlite_house: House) -> None:
    sqlite_house.clock.set(at(12, 8))
    take(sqlite_house.as_user("ana"), "pair", until=at(12, 10))
    assert on_call(sqlite_house, "pair", at(12, 8)) == ("ana",)
    assert on_call(sqlite_house, "pair", at(12, 9)) == ("ana", "bo", "cy")


def test_take_for_somebody_else_and_by_somebody_unknown(sqlite_house: House) -> None:
    take(sqlite_house.as_user("bo"), "primary", until=at(5, 12), user="cy")
    assert on_call(sqlite_house, "primary", at(5, 11)) == ("cy",)
    with pytest.raises(Forbidden, match="nobody the team knows"):
        take(sqlite_house.session, "summer", until=at(5, 12))  # the local caller of a database without its user
    with pytest.raises(Unknown):
        take(sqlite_house.session, "summer", until=at(5, 12), user="zoe")


def test_a_take_that_is_over_before_it_begins_is_refused(sqlite_house: House) -> None:
    with pytest.raises(Invalid):
        take(sqlite_house.as_user("bo"), "primary", until=MONDAY)


def test_every_change_is_in_the_audit_trail(house: House) -> None:
    done = add_override(house.as_user("bo"), "primary", start=at(6), end=at(7), users=["cy"], replaces="ana")
    assert done.number is not None
    delete_override(house.as_user("cy"), done.number)
    with house.store.read() as conn:
        query = select(audit.c.actor, audit.c.via, audit.c.action, audit.c.object, audit.c.text)
        rows = conn.execute(query.where(audit.c.action.like("schedule.%")).order_by(audit.c.id)).all()
    text = "cy instead of ana, 2026-01-06T00:00:00Z to 2026-01-07T00:00:00Z"
    assert [tuple(row) for row in rows] == [
        ("bo", "test", "schedule.override.added", "schedule primary", text),
        ("cy", "test", "schedule.override.deleted", "schedule primary", text),
    ]


def test_an_incident_that_waits_for_somebody_pages_whoever_takes_the_gap(house: House) -> None:
    number = house.post().number
    assert number is not None
    assert house.column(number, "phase") == "waiting"
    assert house.paged == []
    take(house.as_user("cy"), "pair", until=at(6))
    assert house.timers == MONDAY
    house.pass_to((MONDAY - T0) / timedelta(minutes=1))
    assert [who for _, who in house.paged] == ["cy"]


def test_of_two_at_once_that_exclude_each_other_exactly_one_wins(house: House) -> None:
    ready = threading.Barrier(2)
    ended: list[str] = []

    def add(hour: int) -> None:
        ready.wait(10)
        try:
            add_override(house.as_user("bo"), "primary", start=at(6, hour), end=at(6, hour + 4), users=["cy"])
        except Invalid:
            ended.append("refused")
        else:
            ended.append("kept")

    threads = [threading.Thread(target=add, args=(hour,)) for hour in (8, 10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(ended) == ["kept", "refused"]
    assert len(list_overrides(house.session)) == 1


def test_overrides_are_listed_by_span(sqlite_house: House) -> None:
    for day in (6, 7, 8):
        add_override(sqlite_house.session, "primary", start=at(day), end=at(day + 1), users=["cy"])
    met = list_overrides(sqlite_house.session, "primary", start=at(7), end=at(8))
    assert [row.override.start for row in met] == [at(7)]
    assert list_overrides(sqlite_house.session, "pair") == ()
    with pytest.raises(Unknown):
        list_overrides(sqlite_house.session, "nowhere")


def test_what_a_config_file_made_is_read_alike(house: House) -> None:
    apply(
        house.session,
        "version: 1\nschedules:\n  - name: pair\n    timezone: UTC\n    overrides:\n"
        "      - {add: ana, start: 2026-01-13T00:00, end: 2026-01-14T00:00}\n"
        "      - {remove: [bo], start: 2026-01-13T00:00, end: 2026-01-14T00:00}\n",
        addresses=False,
    )
    with house.store.write() as conn:
        conn.execute(schedule_overrides.update().where(schedule_overrides.c.added.is_not(None)).values(added="ana"))
    rows = [row.override for row in list_overrides(house.session, "pair")]
    assert [(row.add, row.remove) for row in rows] == [(("ana",), ()), ((), ("bo",))]


def test_an_override_of_a_broken_schedule_can_still_be_taken_away(house: House) -> None:
    done = add_override(house.session, "primary", start=at(6), end=at(7), users=["cy"])
    assert done.number is not None
    with house.store.write() as conn:
        conn.execute(schedule_overrides.update().values(end_at=at(5)))
    house.directory._world = None
    with pytest.raises(OncallError):
        add_override(house.session, "primary", start=at(8), end=at(9), users=["cy"])
    assert delete_override(house.session, done.number).preview.changes_nothing
    assert on_call(house, "primary", at(6, 12)) == ("ana",)
