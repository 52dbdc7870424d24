"""Events as they are meant when they arrive."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from oncall_tui.domain.events import Action, Event, as_of

NOW = datetime(2026, 3, 1, 3, 0, tzinfo=UTC)
FIVE = timedelta(minutes=5)


def test_a_trigger_that_has_ended_is_a_resolve() -> None:
    event = Event(action=Action.TRIGGER, dedup_key="k", expires_at=NOW, lasts=FIVE)
    ended = as_of(event, NOW)
    assert (ended.action, ended.expires_at) == (Action.RESOLVE, None)
    assert as_of(event, NOW - FIVE) is event


def test_without_an_end_it_lasts_as_long_as_it_says() -> None:
    assert as_of(Event(action=Action.TRIGGER, dedup_key="k", lasts=FIVE), NOW).expires_at == NOW + FIVE
    endless = Event(action=Action.TRIGGER, dedup_key="k")
    assert as_of(endless, NOW) is endless


@pytest.mark.parametrize("action", [Action.RESOLVE, Action.ACKNOWLEDGE])
def test_other_words_have_no_end(action: Action) -> None:
    event = Event(action=action, dedup_key="k", expires_at=NOW, lasts=FIVE)
    assert as_of(event, NOW) is event
