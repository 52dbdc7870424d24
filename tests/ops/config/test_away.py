"""What is added by command beside a file: leave and fixed shifts, exported, applied additively, never lost."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from oncall_tui.domain.errors import InvalidMany
from oncall_tui.domain.schedules import FixedShift
from oncall_tui.domain.schedules.clashes import Leave
from oncall_tui.ops.config import Change, apply, export, plan
from oncall_tui.ops.schedules.leave import add_leave, delete_leave, list_leave
from oncall_tui.ops.schedules.shifts import add_shift, list_shifts
from tests.support.house import House

# Lisbon keeps summer time in August: midnight there is 23:00 UTC of the day before.
FILE = """
version: 1
users:
  - {username: root, role: admin}
  - username: ana
    timezone: Europe/Lisbon
    leave:
      - {start: 2026-08-01T00:00, end: 2026-08-15T00:00, note: the sea}
schedules:
  - name: primary
    timezone: Europe/Lisbon
    layers: [{name: weekly, users: [ana], start: 2026-01-05T09:00, every: 1w}]
"""
SEA = Leave("ana", datetime(2026, 7, 31, 23, tzinfo=UTC), datetime(2026, 8, 14, 23, tzinfo=UTC), "the sea")
XMAS = FixedShift("ana", datetime(2026, 12, 24, 9, tzinfo=UTC), datetime(2026, 12, 26, 9, tzinfo=UTC))


def away(house: House) -> list[Leave]:
    return [row.leave for row in list_leave(house.session)]


def test_leave_of_a_file_is_added_once(house: House) -> None:
    planned = plan(house.session, FILE, addresses=False).changed
    done = apply(house.session, FILE, addresses=False).changed
    assert done == planned
    assert Change("added", "leave", "ana 2026-07-31T23:00:00Z/2026-08-14T23:00:00Z") in done
    assert away(house) == [SEA]
    assert apply(house.session, FILE, addresses=False).changed == ()


def test_leave_is_exported_and_comes_back_in_another_database(house: House) -> None:
    apply(house.session, FILE, addresses=False)
    noted = datetime(2026, 9, 1, tzinfo=UTC), datetime(2026, 9, 2, tzinfo=UTC)
    row = add_leave(house.session, user="ana", start=noted[0], end=noted[1])
    written = export(house.session, with_secrets=True)
    assert apply(house.session, written, addresses=False).changed == ()
    delete_leave(house.session, row.number)
    assert [one.name for one in apply(house.session, written, addresses=False).changed] == [
        "ana 2026-09-01T00:00:00Z/2026-09-02T00:00:00Z"
    ]
    assert away(house) == [SEA, Leave("ana", *noted)]


def test_a_file_takes_no_leave_away_be_it_with_prune(house: House) -> None:
    apply(house.session, FILE, addresses=False)
    without = FILE.replace("      - {start: 2026-08-01T00:00, end: 2026-08-15T00:00, note: the sea}\n", "").replace(
        "    leave:\n", ""
    )
    assert apply(house.session, without, prune=True, addresses=False).changed == ()
    assert away(house) == [SEA]


@pytest.mark.parametrize(
    ("leave", "path", "said"),
    [
        ("{start: 2026-08-02T00:00, end: 2026-08-01T00:00}", "users[1].leave[0].end", "ends after it starts"),
        ("{start: 2026-08-02, end: 2026-08-03T00:00}", "users[1].leave[0].start", "no time of day"),
        ("{start: 2026-08-02T00:00}", "users[1].leave[0].end", ""),
        (
            "{start: 2026-08-02T00:00, end: 2026-08-05T00:00}\n"
            "      - {start: 2026-08-04T00:00, end: 2026-08-06T00:00}",
            "users[1].leave[1]",
            "overlaps users[1].leave[0]",
        ),
        (
            f"{{start: 2026-08-02T00:00, end: 2026-08-03T00:00, note: {'x' * 201}}}",
            "users[1].leave[0].note",
            "at most 200 characters",
        ),
    ],
)
def test_nonsense_is_refused_with_its_path(sqlite_house: House, leave: str, path: str, said: str) -> None:
    text = FILE.replace("{start: 2026-08-01T00:00, end: 2026-08-15T00:00, note: the sea}", leave)
    with pytest.raises(InvalidMany) as refused:
        apply(sqlite_house.session, text, addresses=False)
    assert [error.path for error in refused.value.errors] == [path]
    assert said in refused.value.errors[0].sentence


def test_leave_that_overlaps_what_is_stored_is_refused(sqlite_house: House) -> None:
    apply(sqlite_house.session, FILE, addresses=False)
    with pytest.raises(InvalidMany) as refused:
        apply(sqlite_house.session, FILE.replace("note: the sea", "note: hills"), addresses=False)
    assert [error.path for error in refused.value.errors] == ["users[1].leave[0]"]
    assert away(sqlite_house) == [SEA]


def test_shifts_added_by_command_outlive_a_file_that_does_not_know_them(house: House) -> None:
    apply(house.session, FILE, addresses=False)
    add_shift(house.session, "primary", XMAS)
    assert apply(house.session, FILE, addresses=False).changed == ()
    daily = FILE.replace("every: 1w", "every: 1d")
    assert apply(house.session, daily, addresses=False).changed == (Change("updated", "schedule", "primary"),)
    assert [row.shift for row in list_shifts(house.session, "primary")] == [XMAS]
    with house.store.read() as conn:
        layers = house.directory.world(conn).schedules["primary"].layers
    assert [layer.name for layer in layers] == ["weekly", "shifts"]
    # An export holds them; applied again it changes nothing.
    assert apply(house.session, export(house.session, with_secrets=True), addresses=False).changed == ()


def test_a_file_that_names_their_layer_or_prunes_says_what_is_in_it(house: House) -> None:
    apply(house.session, FILE, addresses=False)
    add_shift(house.session, "primary", XMAS)
    assert apply(house.session, FILE, prune=True, addresses=False).changed == (
        Change("updated", "schedule", "primary"),
    )
    assert list_shifts(house.session, "primary") == ()
    add_shift(house.session, "primary", XMAS)
    named = FILE.replace(
        "every: 1w}]",
        "every: 1w}, {name: shifts, shifts: [{user: ana, start: 2026-12-31T09:00, end: 2027-01-01T09:00}]}]",
    )
    apply(house.session, named, addresses=False)
    assert [row.shift.start for row in list_shifts(house.session, "primary")] == [datetime(2026, 12, 31, 9, tzinfo=UTC)]


def test_a_rotation_that_a_file_leaves_out_is_gone(house: House) -> None:
    two = FILE.replace("every: 1w}]", "every: 1w}, {name: top, users: [ana], start: 2026-01-05T09:00, every: 1d}]")
    apply(house.session, two, addresses=False)
    apply(house.session, FILE, addresses=False)
    with house.store.read() as conn:
        layers = house.directory.world(conn).schedules["primary"].layers
    assert [layer.name for layer in layers] == ["weekly"]
