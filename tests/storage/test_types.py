"""What goes into a column comes out of it, and compares and sorts alike, on both databases."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import insert, select
from sqlalchemy.exc import StatementError

from oncall_tui.storage.engine import Store
from oncall_tui.storage.tables import audit, meta, users
from oncall_tui.storage.types import clean, instant_of, micros, to_json

NOON = datetime(2026, 1, 5, 12, 0, tzinfo=UTC)


def test_an_instant_comes_back_as_the_same_instant_in_utc(store: Store) -> None:
    lisbon_summer = timezone(timedelta(hours=1))
    with store.write() as conn:
        conn.execute(insert(audit).values(at=datetime(2026, 7, 1, 9, 0, 0, 123456, lisbon_summer), action="x"))
    with store.read() as conn:
        (found,) = conn.execute(select(audit.c.at)).scalars()
    assert found == datetime(2026, 7, 1, 8, 0, 0, 123456, UTC)
    assert found.tzinfo is UTC


def test_instants_sort_and_compare_to_the_microsecond_across_zones_and_before_1970(store: Store) -> None:
    moments = [
        datetime(1969, 12, 31, 23, 59, 59, 999_999, UTC),
        datetime(1970, 1, 1, tzinfo=UTC),
        NOON - timedelta(microseconds=1),
        NOON.astimezone(timezone(timedelta(hours=-11))),
        NOON + timedelta(microseconds=1),
        datetime(9999, 12, 31, tzinfo=UTC),
    ]
    with store.write() as conn:
        conn.execute(insert(audit), [{"at": moment, "action": "x"} for moment in reversed(moments)])
    with store.read() as conn:
        assert list(conn.execute(select(audit.c.at).order_by(audit.c.at)).scalars()) == moments
        later = conn.execute(select(audit.c.at).where(audit.c.at > NOON).order_by(audit.c.at)).scalars()
        assert list(later) == moments[-2:]


def test_a_naive_time_is_refused(store: Store) -> None:
    with pytest.raises(StatementError, match="needs a zone"), store.write() as conn:
        conn.execute(insert(audit).values(at=datetime(2026, 1, 5, 12, 0), action="x"))


def test_hostile_text_is_kept_without_what_a_database_can_not_hold(store: Store) -> None:
    with store.write() as conn:
        conn.execute(
            insert(meta).values(key="hostile", value="a\0b\ud800c \N{PILE OF POO} \x1b[31m'; DROP TABLE meta; --")
        )
    with store.read() as conn:
        found = conn.execute(select(meta.c.value).where(meta.c.key == "hostile")).scalar_one()
    assert found == "a\ufffdb\ufffdc \N{PILE OF POO} \x1b[31m'; DROP TABLE meta; --"


def test_json_comes_back_in_the_same_order_with_its_nul_and_its_letters(store: Store) -> None:
    handles = {"zulu": "é \N{PILE OF POO}", "alpha": ["\0", None, 1.5, True]}
    with store.write() as conn:
        conn.execute(insert(users).values(username="ana", handles=handles, created_at=NOON))
    with store.read() as conn:
        found = conn.execute(select(users.c.handles)).scalar_one()
    assert found == handles
    assert list(found) == ["zulu", "alpha"]


def test_json_refuses_what_no_other_reader_of_json_takes() -> None:
    with pytest.raises(ValueError, match="not JSON compliant"):
        to_json({"x": float("nan")})
    with pytest.raises(TypeError, match="timedelta is not JSON"):
        to_json({"x": timedelta(1)})


@given(st.text(st.characters(codec=None)))
def test_cleaned_text_can_be_encoded_has_no_nul_and_is_clean_already(text: str) -> None:
    cleaned = clean(text)
    cleaned.encode()
    assert "\0" not in cleaned
    assert clean(cleaned) == cleaned


@given(st.text())
def test_ordinary_text_is_left_alone(text: str) -> None:
    assert clean(text) == text.replace("\0", "\ufffd")


@given(st.datetimes(timezones=st.timezones()))
def test_microseconds_keep_every_instant(instant: datetime) -> None:
    try:
        in_utc = instant.astimezone(UTC)
    except OverflowError:
        return
    assert instant_of(micros(in_utc)) == in_utc
