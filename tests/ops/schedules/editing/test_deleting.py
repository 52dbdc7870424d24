"""A schedule is deleted with all that belongs to it, unless a policy pages it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from oncall_tui.domain.errors import Forbidden, LostRace, Refused, Unknown
from oncall_tui.domain.schedules import editing
from oncall_tui.domain.schedules.preview import Stretch
from oncall_tui.ops.config import apply
from oncall_tui.ops.feeds import list_feeds, make_feed
from oncall_tui.ops.schedules.editing import Deletion, delete_schedule, save_schedule
from oncall_tui.ops.schedules.overrides import add_override
from tests.ops.schedules.conftest import MONDAY
from tests.support.house import House

FALLBACK = """
version: 1
policies:
  - {name: last, steps: [{delay: 5m, targets: [{user: ana}]}], fallback: [{schedule: primary}]}
"""
WEEK = timedelta(weeks=1)


def names(house: House) -> list[str]:
    with house.store.read() as conn:
        return sorted(house.directory.world(conn).schedules)


def test_what_goes_is_told_before_it_goes(house: House) -> None:
    add_override(house.session, "primary", start=MONDAY + WEEK, end=MONDAY + 2 * WEEK, users=["cy"])
    make_feed(house.session, schedule="primary")
    wanted = Deletion(
        schedule="primary",
        layers=("weekly",),
        overrides=1,
        temporaries=0,
        calendars=1,
        lost=(Stretch("ana", MONDAY, MONDAY + WEEK), Stretch("cy", MONDAY + WEEK, MONDAY + 2 * WEEK)),
    )
    assert delete_schedule(house.session, "primary", dry_run=True, span=2 * WEEK) == wanted
    assert names(house) == ["pair", "primary", "summer"]
    assert delete_schedule(house.session, "primary", span=2 * WEEK) == wanted
    assert names(house) == ["pair", "summer"]
    assert list_feeds(house.session) == ()


def test_a_policy_that_pages_it_keeps_it_and_is_named(house: House) -> None:
    apply(house.session, FALLBACK, addresses=False)
    with pytest.raises(Refused, match="pair can't be deleted: policy pages, step 1 would reach nobody") as refused:
        delete_schedule(house.session, "pair")
    assert refused.value.code == "in_use"
    with pytest.raises(Refused, match="policy last, its fallback"):
        delete_schedule(house.session, "primary")
    assert names(house) == ["pair", "primary", "summer"]


def test_it_is_deleted_only_as_it_was_seen(house: House) -> None:
    with house.store.read() as conn:
        seen = house.directory.world(conn).schedules["primary"]
    save_schedule(house.session, editing.add_participant(seen, "weekly", ("cy",), now=MONDAY), seen=seen, accept=True)
    with pytest.raises(LostRace, match="changed by root"):
        delete_schedule(house.session, "primary", seen=seen)
    delete_schedule(house.session, "primary")
    with pytest.raises(LostRace, match="is no longer there: it was changed by root"):
        delete_schedule(house.session, "primary", seen=seen)
    with pytest.raises(Unknown):
        delete_schedule(house.session, "primary")


def test_only_admins_delete(sqlite_house: House) -> None:
    with pytest.raises(Forbidden):
        delete_schedule(sqlite_house.as_user("bo"), "primary")
