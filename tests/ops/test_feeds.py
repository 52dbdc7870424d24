"""Calendar feeds: who may make them, what their tokens open, and that revoked ones open nothing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from oncall_tui.domain.directory.people import Role
from oncall_tui.domain.errors import Forbidden, Invalid, Unknown
from oncall_tui.ops.feeds import calendar_at, list_feeds, make_feed, revoke_feed
from oncall_tui.storage.tables import audit, calendar_feeds, schedules
from tests.ops.schedules.conftest import MONDAY, TEAM
from tests.support.house import House


@pytest.fixture
def house(database_url: str, tmp_path: Path) -> Iterator[House]:
    """The team of the schedules' tests, once on each database."""
    with House(database_url, TEAM, tmp_path, at=MONDAY) as made:
        yield made


def opened(house: House, token: str) -> bytes | None:
    with house.store.read() as conn:
        return calendar_at(conn, house.directory, token, house.clock.now())


def test_a_token_opens_its_calendar_until_it_is_revoked(house: House) -> None:
    own = make_feed(house.as_user("bo"), user="bo")
    shared = make_feed(house.as_user("bo"), schedule="primary")
    assert own.token != shared.token
    assert own.token not in repr(own)
    mine, all_of_it = opened(house, own.token), opened(house, shared.token)
    assert mine is not None
    assert all_of_it is not None
    assert b"SUMMARY:on call: pair" in mine
    assert b"SUMMARY:ana on call: primary" in all_of_it
    assert list_feeds(house.session) == (own.feed, shared.feed)
    assert revoke_feed(house.as_user("bo"), own.feed.number) == own.feed
    assert opened(house, own.token) is None
    assert opened(house, shared.token) is not None
    assert list_feeds(house.session) == (shared.feed,)
    with pytest.raises(Unknown):
        revoke_feed(house.session, own.feed.number)
    with house.store.read() as conn:
        kept = "".join(str(row) for table in (calendar_feeds, audit) for row in conn.execute(select(table)))
    assert own.token not in kept
    assert "feed.made" in kept
    assert "feed.revoked" in kept


@pytest.mark.parametrize("token", ["", "x", "x" * 10_000, "\udcff", "../../etc/passwd", "' OR 1=1 --"])
def test_any_other_token_opens_nothing(sqlite_url: str, tmp_path: Path, token: str) -> None:
    with House(sqlite_url, TEAM, tmp_path, at=MONDAY) as house:
        make_feed(house.session, schedule="primary")
        assert opened(house, token) is None


def test_ones_own_or_anybodys_for_an_admin(sqlite_url: str, tmp_path: Path) -> None:
    with House(sqlite_url, TEAM, tmp_path, at=MONDAY) as house:
        with pytest.raises(Forbidden):
            make_feed(house.as_user("bo"), user="cy")
        with pytest.raises(Forbidden):
            make_feed(house.as_user("vi", Role.VIEWER), schedule="primary")
        made = make_feed(house.as_user("ana", Role.ADMIN), user="cy")
        with pytest.raises(Forbidden):
            revoke_feed(house.as_user("bo"), made.feed.number)
        with pytest.raises(Invalid):
            make_feed(house.session)
        with pytest.raises(Unknown):
            make_feed(house.session, user="zoe")
        with pytest.raises(Unknown):
            make_feed(house.session, schedule="nowhere")


def test_a_broken_schedule_has_no_calendar(sqlite_url: str, tmp_path: Path) -> None:
    with House(sqlite_url, TEAM, tmp_path, at=MONDAY) as house:
        made = make_feed(house.session, schedule="primary")
        with house.store.write() as conn:
            conn.execute(schedules.update().values(timezone="Mars/Base"))
        house.directory._world = None
        assert opened(house, made.token) is None
