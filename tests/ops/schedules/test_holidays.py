"""Public holidays count as leave, as days of the person's own zone; and nothing breaks without the extra."""

from __future__ import annotations

import logging
from datetime import UTC, datetime
from pathlib import Path

import pytest

from oncall_tui.domain.directory.people import User
from oncall_tui.domain.errors import InvalidMany
from oncall_tui.domain.schedules.clashes import Leave
from oncall_tui.ops.config import apply, export, validate
from oncall_tui.ops.schedules import holidays
from oncall_tui.ops.schedules.holidays import holidays_of
from oncall_tui.ops.schedules.leave import check_schedule
from oncall_tui.ops.schedules.overrides import add_override
from tests.ops.schedules.conftest import MONDAY, TEAM
from tests.support.house import House

LISBON = User(username="ana", timezone="Europe/Lisbon", holidays="PT")
WITH = TEAM.replace("username: ana, role", "username: ana, holidays: PT, timezone: Europe/Berlin, role")


def at(month: int, day: int, hour: int = 0) -> datetime:
    return datetime(2026, month, day, hour, tzinfo=UTC)


def test_a_holiday_is_a_day_in_the_persons_zone() -> None:
    """10 June in Lisbon is 23:00Z on the 9th to 23:00Z on the 10th; the Azores have one on Whit Monday, 25 May."""
    assert holidays_of([LISBON], at(6, 5), at(6, 20)) == (
        Leave(
            "ana", at(6, 9, 23), at(6, 10, 23), "on holiday: Dia de Portugal, de Camões e das Comunidades Portuguesas"
        ),
    )
    azores = User(username="bo", timezone="UTC", holidays="PT-20")
    assert [(one.user, one.start) for one in holidays_of([LISBON, azores], at(5, 20), at(5, 30))] == [("bo", at(5, 25))]


def test_only_what_shares_an_instant_with_the_span_is_given() -> None:
    lisbon = at(6, 9, 23)
    assert holidays_of([LISBON], at(6, 8), lisbon) == ()
    assert len(holidays_of([LISBON], lisbon, at(6, 10))) == 1
    assert holidays_of([LISBON], at(6, 10, 23), at(6, 12)) == ()
    assert holidays_of([User(username="bo")], at(1, 1), at(12, 31)) == ()


def test_a_shift_on_a_holiday_is_flagged(sqlite_url: str, tmp_path: Path) -> None:
    """ana has primary from 30 March to 6 April 2026; Good Friday is 3 April, from 22:00Z the day before in Berlin."""
    with House(sqlite_url, WITH, tmp_path, at=MONDAY) as house:
        found = check_schedule(house.session, "primary", at(4, 1), at(4, 5))
        assert [(one.user, one.start, one.end, one.what) for one in found.leave] == [
            ("ana", at(4, 2, 22), at(4, 3, 22), "on holiday: Sexta-feira Santa"),
            ("ana", at(4, 4, 22), at(4, 5), "on holiday: Páscoa"),
        ]
        assert not found.fine


def test_whoever_is_put_on_call_on_a_holiday_is_flagged(sqlite_url: str, tmp_path: Path) -> None:
    with House(sqlite_url, WITH, tmp_path, at=MONDAY) as house:
        done = add_override(
            house.session, "primary", start=at(4, 25, 8), end=at(4, 25, 10), users=["ana"], dry_run=True
        )
        assert [(one.user, one.start, one.end) for one in done.leave] == [("ana", at(4, 25, 8), at(4, 25, 10))]


def test_the_key_goes_there_and_back(database_url: str, tmp_path: Path) -> None:
    with House(database_url, WITH, tmp_path, at=MONDAY) as house:
        assert "holidays: PT" in export(house.session)
        assert apply(house.session, WITH, addresses=False).changed == ()
        apply(house.session, TEAM, addresses=False)
        assert "holidays" not in export(house.session)


@pytest.mark.parametrize("code", ["PT-99", "XX"])
def test_a_place_that_is_not_known_is_refused(code: str) -> None:
    with pytest.raises(InvalidMany) as refused:
        validate(WITH.replace("holidays: PT", f"holidays: {code}"), addresses=False)
    assert [problem.path for problem in refused.value.parts] == ["users[0].holidays"]


def test_what_is_no_code_is_refused() -> None:
    with pytest.raises(InvalidMany, match="no code of a country"):
        validate(WITH.replace("holidays: PT", "holidays: Portugal"), addresses=False)


def test_without_the_extra_it_warns_by_its_name_and_breaks_nothing(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(holidays, "find_spec", lambda _: None)
    checked = validate(WITH, addresses=False)
    assert [str(one) for one in checked.warnings if "holidays" in one.path] == [
        "users[0].holidays: kept, but without effect: the extra is not installed: pip install 'oncall-tui[holidays]'"
    ]
    with caplog.at_level(logging.WARNING):
        assert holidays_of([LISBON], at(6, 5), at(6, 20)) == ()
    assert "oncall-tui[holidays]" in caplog.text
