"""Whatever the turns and whatever the edit: who is on stays until the same handoff, and the new order goes on."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from oncall_tui.domain.schedules import Layer, Rotation, Schedule, Slot, editing, lanes
from oncall_tui.domain.time.durations import Turn, Unit

ZONES = ("UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Africa/Cairo")
CRONS = ("0 9 * * MON", "30 1 * * *", "0 0 1 * *", "0 9 * * 1,4", "15 * * * *")
PEOPLE = ("ana", "bo", "cy", "dee")
AHEAD = timedelta(days=400)

slot_lists = st.lists(
    st.lists(st.sampled_from(PEOPLE), max_size=2, unique=True).map(tuple), min_size=1, max_size=5
).map(tuple)


@st.composite
def rotations(draw: st.DrawFn, slots: tuple[Slot, ...]) -> Rotation:
    start = datetime(2026, draw(st.integers(1, 3)), draw(st.integers(1, 31)) % 28 + 1, draw(st.integers(0, 23)), 30)
    kind = draw(st.sampled_from(("hours", "days", "weeks", "months", "cron", "active days", "active weeks")))
    if kind == "cron":
        return Rotation(slots=slots, start=start, cron=draw(st.sampled_from(CRONS)))
    length = draw(st.none() | st.just(timedelta(hours=1)))
    if kind.startswith("active"):
        days = tuple(sorted(draw(st.sets(st.integers(0, 6), min_size=1))))
        some: Unit = "days" if kind.endswith("days") else "weeks"
        return Rotation(slots=slots, start=start, every=Turn(draw(st.integers(1, 3)), some), days=days, length=length)
    unit: Unit = kind  # type: ignore[assignment] # the other kinds are gone by now
    return Rotation(slots=slots, start=start, every=Turn(draw(st.integers(1, 5)), unit), length=length)


def turns(made: Schedule, start: datetime, end: datetime) -> list[tuple[datetime, datetime, str]]:
    """The shifts of the layer as (start, end, slot): people are named after their place."""
    return [
        (piece.start, piece.end, "+".join(piece.users)) for piece in lanes(made, start, end)[0].segments if piece.users
    ]


@pytest.mark.unmeasured
@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_whoever_has_the_turn_keeps_it_to_the_same_handoff(data: st.DataObject) -> None:
    """Slots are people with names of their own, so that each turn tells which slot it is."""
    count = data.draw(st.integers(1, 5))
    slots = tuple((f"p{place}",) for place in range(count))
    zone = data.draw(st.sampled_from(ZONES))
    before = Schedule(name="primary", timezone=zone, layers=(Layer(name="main", rotation=data.draw(rotations(slots))),))
    now = datetime(2026, 3, 1, tzinfo=UTC) + data.draw(st.integers(0, 300 * 24 * 4)) * timedelta(minutes=15)
    current = editing.current_place(before, "main", now)
    assume(current is not None)
    assert current is not None
    edit = data.draw(st.sampled_from(("add", "remove", "move")))
    if edit == "add":
        at = data.draw(st.integers(0, count))
        after = editing.add_participant(before, "main", ("new",), place=at, now=now)
        wanted = [*slots[:at], ("new",), *slots[at:]]
    elif edit == "remove":
        at = data.draw(st.integers(0, count - 1))
        assume(at != current)
        after = editing.remove_participant(before, "main", f"p{at}", now=now)
        wanted = [*slots[:at], *slots[at + 1 :]]
    else:
        at, to = data.draw(st.integers(0, count - 1)), data.draw(st.integers(0, count - 1))
        after = editing.move_slot(before, "main", at, to, now=now)
        wanted = [slot for place, slot in enumerate(slots) if place != at]
        wanted.insert(to, slots[at])
    # The same slot has the turn, and the order from it on is the one that was asked for.
    place = wanted.index(slots[current])
    assert editing.order_from_now(after, "main", now) == tuple(wanted[place:] + wanted[:place])
    # Handoffs stay where they were: the anchor and the turns are untouched.
    old, new = before.layers[0].rotation, after.layers[0].rotation
    assert old is not None
    assert new is not None
    assert (old.start, old.every, old.cron, old.length, old.days) == (
        new.start,
        new.every,
        new.cron,
        new.length,
        new.days,
    )
    # And so the resolver sees it: whoever is on now is on until the same instant.
    was, will = turns(before, now, now + AHEAD / 8), turns(after, now, now + AHEAD / 8)
    if was and was[0][0] == now and count > 1 and len(wanted) > 1:
        assert will[0] == was[0]
    follows = dict(pairwise(["+".join(slot) for slot in (*wanted, wanted[0])]))
    if len(wanted) > 1 and old.cron is None and (old.every is None or old.every.unit != "hours"):
        names = [name for _, _, name in will]
        assert all(one == other or follows[one] == other for one, other in pairwise(names))


@pytest.mark.unmeasured
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_other_turns_leave_the_person_on_who_is_on(data: st.DataObject) -> None:
    slots = data.draw(slot_lists)
    zone = data.draw(st.sampled_from(ZONES))
    old, new = data.draw(rotations(slots)), data.draw(rotations(slots))
    before = Schedule(name="primary", timezone=zone, layers=(Layer(name="main", rotation=old),))
    now = datetime(2026, 3, 1, tzinfo=UTC) + data.draw(st.integers(0, 300 * 24)) * timedelta(hours=1)
    after = editing.change_layer(before, "main", Layer(name="main", rotation=new), now=now)
    was, will = editing.current_place(before, "main", now), editing.current_place(after, "main", now)
    assume(was is not None)
    assume(will is not None)
    assert editing.order_from_now(after, "main", now) == editing.order_from_now(before, "main", now)


@pytest.mark.unmeasured
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_whose_turn_it_is_agrees_with_the_resolver(data: st.DataObject) -> None:
    slots = tuple((f"p{place}",) for place in range(data.draw(st.integers(1, 4))))
    made = Schedule(
        name="primary",
        timezone=data.draw(st.sampled_from(ZONES)),
        layers=(Layer(name="main", rotation=data.draw(rotations(slots))),),
    )
    now = datetime(2026, 3, 1, tzinfo=UTC) + data.draw(st.integers(0, 300 * 24 * 4)) * timedelta(minutes=15)
    on = [name for start, _, name in turns(made, now, now + timedelta(minutes=1)) if start == now]
    place = editing.current_place(made, "main", now)
    if on:
        assert place is not None
        assert on == [f"p{place}"]
