"""RULES, Incidents: keys, grouping, and words that come too late."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from oncall_tui.domain.directory.services import Grouping, Service
from oncall_tui.domain.events import Action, Event
from oncall_tui.domain.intake.grouping import KnownAlert, OpenIncident, Verdict, group_key_of, place
from tests.support.worlds import T0, minutes

SERVICE = Service(name="checkout")
FIRING = Event(action=Action.TRIGGER, dedup_key="k1", title="5xx", started_at=T0)
OPEN = KnownAlert(number=7, open=True)
BY_HAND = KnownAlert(number=7, open=False, started_at=T0, closed_at=T0, closed_by_hand=True)


def candidate(number: int = 9, group_key: str | None = None) -> OpenIncident:
    return OpenIncident(number=number, group_key=group_key, last_event_at=T0)


def test_a_new_key_opens_and_a_known_open_one_repeats() -> None:
    assert place(FIRING, SERVICE, None, (), T0).verdict is Verdict.OPEN
    repeat = place(FIRING, SERVICE, OPEN, (), T0)
    assert (repeat.verdict, repeat.number) == (Verdict.REPEAT, 7)


@pytest.mark.parametrize("action", [Action.ACKNOWLEDGE, Action.RESOLVE])
@pytest.mark.parametrize("known", [None, BY_HAND])
def test_words_about_unknown_or_closed_keys_change_nothing(action: Action, known: KnownAlert | None) -> None:
    late = place(replace(FIRING, action=action), SERVICE, known, (), T0)
    assert (late.verdict, late.number) == (Verdict.NOTHING, None)
    assert "k1" in late.because


@pytest.mark.parametrize(
    ("action", "verdict"), [(Action.ACKNOWLEDGE, Verdict.ACKNOWLEDGE), (Action.RESOLVE, Verdict.RESOLVE)]
)
def test_words_about_open_keys_land(action: Action, verdict: Verdict) -> None:
    assert place(replace(FIRING, action=action), SERVICE, OPEN, (), T0).verdict is verdict


def test_a_note_is_told_on_the_open_incident_of_its_key_and_changes_nothing() -> None:
    note = place(replace(FIRING, action=Action.NOTE), SERVICE, OPEN, (), T0)
    assert (note.verdict, note.number, note.because) == (Verdict.NOTHING, 7, "a note")


def test_a_change_opens_nothing_whatever_is_open() -> None:
    change = place(replace(FIRING, action=Action.CHANGE), SERVICE, OPEN, (candidate(),), T0)
    assert (change.verdict, change.number) == (Verdict.NOTHING, None)
    assert "beside the incidents" in change.because


class TestAfterResolve:
    """The same key opens a new incident, unless the same occurrence was resolved by hand."""

    def test_closed_by_its_sender_it_opens_anew(self) -> None:
        known = replace(BY_HAND, closed_by_hand=False)
        assert place(FIRING, SERVICE, known, (), T0).verdict is Verdict.OPEN

    def test_the_same_occurrence_resolved_by_hand_opens_nothing_for_half_an_hour(self) -> None:
        early = T0 + timedelta(minutes=29, seconds=59)
        assert place(FIRING, SERVICE, BY_HAND, (), early).verdict is Verdict.STILL_FIRING
        assert place(FIRING, SERVICE, BY_HAND, (), T0 + minutes(30)).verdict is Verdict.OPEN

    def test_another_occurrence_opens(self) -> None:
        again = replace(FIRING, started_at=T0 + minutes(1))
        assert place(again, SERVICE, BY_HAND, (), T0).verdict is Verdict.OPEN

    def test_a_sender_without_occurrences_opens(self) -> None:
        assert place(replace(FIRING, started_at=None), SERVICE, BY_HAND, (), T0).verdict is Verdict.OPEN
        assert place(FIRING, SERVICE, replace(BY_HAND, closed_at=None), (), T0).verdict is Verdict.OPEN


class TestGrouping:
    """Which alerts become one incident, and the reason that is said."""

    def test_the_senders_group(self) -> None:
        event = replace(FIRING, group_key="g1")
        joined = place(event, SERVICE, None, (candidate(8, "other"), candidate(9, "g1")), T0)
        assert (joined.verdict, joined.number) == (Verdict.JOIN, 9)
        assert joined.because == "grouped because the group is the same: g1"
        assert place(event, SERVICE, None, (candidate(8, "other"),), T0).verdict is Verdict.OPEN

    def test_labels_within_a_rolling_window(self) -> None:
        service = replace(SERVICE, grouping=Grouping.LABELS, group_labels=("team",), group_window=minutes(5))
        event = replace(FIRING, labels={"team": "pay"})
        key = group_key_of(event, service)
        within = place(event, service, None, (candidate(9, key),), T0 + minutes(5))
        assert (within.verdict, within.because) == (Verdict.JOIN, "grouped because team are the same")
        assert place(event, service, None, (candidate(9, key),), T0 + minutes(5.1)).verdict is Verdict.OPEN
        assert group_key_of(replace(event, labels={"team": "web"}), service) != key

    def test_a_service_has_one_open_incident(self) -> None:
        service = replace(SERVICE, grouping=Grouping.SERVICE)
        assert group_key_of(FIRING, service) is None
        assert place(FIRING, service, None, (), T0).verdict is Verdict.OPEN
        joined = place(FIRING, service, None, (candidate(9),), T0)
        assert (joined.verdict, joined.because) == (Verdict.JOIN, "grouped because checkout has an open incident")

    def test_healthy_resolves_all_of_a_service(self) -> None:
        healthy = Event(action=Action.RESOLVE, dedup_key=None)
        service = replace(SERVICE, grouping=Grouping.SERVICE)
        assert place(healthy, service, None, (candidate(9),), T0).verdict is Verdict.RESOLVE_ALL
        assert place(healthy, service, None, (), T0).verdict is Verdict.NOTHING
        assert place(healthy, SERVICE, None, (candidate(9),), T0).verdict is Verdict.NOTHING
        keyless_ack = replace(healthy, action=Action.ACKNOWLEDGE)
        assert place(keyless_ack, service, None, (candidate(9),), T0).verdict is Verdict.NOTHING
