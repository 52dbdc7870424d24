"""The virtual clock by itself: timers at their instants, answers to pages, versions seen."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from oncall_tui.domain.directory.policies import Policy
from oncall_tui.domain.errors import Refused
from oncall_tui.domain.incident import Incident
from oncall_tui.domain.incident.causes import Acknowledge, Escalate
from oncall_tui.domain.incident.effects import Page
from oncall_tui.domain.severity import Severity, Urgency
from oncall_tui.domain.simulation import Answer, Stage
from oncall_tui.domain.world import World
from tests.support.worlds import T0, minutes, person, step, user, world_of

LADDER = Policy("p", (step(user("ana"), delay=5), step(user("bo"), delay=10)), remind=None)


def incident(number: int = 1, at: datetime = T0) -> Incident:
    return Incident(
        number=number,
        service="checkout",
        title="5xx",
        severity=Severity.CRITICAL,
        urgency=Urgency.HIGH,
        opened_at=at,
    )


def world() -> World:
    return world_of(person("ana"), person("bo"), policy=LADDER)


def who(stage: Stage) -> list[tuple[float, int, str | None]]:
    return [((due.at - T0) / minutes(1), due.incident, due.page.user) for due in stage.pages]


def test_each_incident_has_its_own_timers() -> None:
    stage = Stage(world(), T0)
    stage.open(incident(), "monitor")
    stage.play(T0 + minutes(2))
    stage.open(incident(2, T0 + minutes(2)), "monitor")
    stage.play(T0 + minutes(7))
    assert who(stage) == [(0, 1, "ana"), (2, 2, "ana"), (5, 1, "bo")]
    stage.play(T0 + minutes(7) + timedelta(microseconds=1))
    assert who(stage)[-1] == (7, 2, "bo")


def test_what_is_due_at_the_end_is_not_played() -> None:
    stage = Stage(world(), T0)
    stage.open(incident(), "monitor")
    stage.play(T0 + minutes(5))
    assert who(stage) == [(0, 1, "ana")]
    assert (stage.now, stage.due_at) == (T0 + minutes(5), T0 + minutes(5))


def test_a_timer_set_anew_does_not_fire_at_its_old_time() -> None:
    stage = Stage(world(), T0)
    stage.open(incident(), "monitor")
    stage.play(T0 + minutes(3))
    stage.apply(1, Escalate(by="ana", version=stage.incidents[1].version))
    stage.play(T0 + minutes(12))
    assert who(stage) == [(0, 1, "ana"), (3, 1, "bo")]
    assert stage.due_at == T0 + minutes(13), "bo has the ten minutes of step 2"


def test_a_page_is_tried_again_by_the_outboxs_own_waits_and_given_up_after_an_hour() -> None:
    tried: list[float] = []

    def provider(page: Page, now: datetime) -> Answer:
        tried.append((now - T0).total_seconds())
        return Answer.LATER

    alone = world_of(person("ana"), policy=Policy("p", (step(user("ana"), delay=120),), remind=None))
    stage = Stage(alone, T0, provider)
    stage.open(incident(), "monitor")
    stage.send()
    stage.play(T0 + minutes(70))
    # 5, 10, 20, 40, 60 and 120 seconds, then every 300 until the page is an hour old.
    assert tried[:8] == [0, 5, 15, 35, 75, 135, 255, 555]
    assert tried[-1] == 255 + 12 * 300 == 3855
    assert len(tried) == 7 + 12


def test_an_acknowledgement_takes_back_what_is_tried_again() -> None:
    tried: list[datetime] = []

    def provider(page: Page, now: datetime) -> Answer:
        tried.append(now)
        return Answer.LATER

    stage = Stage(world(), T0, provider)
    stage.open(incident(), "monitor")
    stage.send()
    stage.play(T0 + timedelta(seconds=6))
    stage.apply(1, Acknowledge(by="bo"))
    stage.play(T0 + minutes(90))
    assert tried == [T0, T0 + timedelta(seconds=5)]


def test_the_version_that_somebody_saw() -> None:
    stage = Stage(world(), T0)
    stage.open(incident(), "monitor")
    stage.play(T0 + minutes(9))
    opened, escalated = stage.version_at(1, T0), stage.incidents[1].version
    assert opened < escalated
    assert stage.version_at(1, T0 - minutes(1)) == 0
    assert stage.version_at(1, T0 + minutes(5) - timedelta(microseconds=1)) == opened
    assert stage.version_at(1, T0 + minutes(5)) == escalated
    stage.apply(1, Acknowledge(by="ana"))
    assert stage.version_at(1, T0 + minutes(9)) == escalated, "who acts at the same instant has not seen it"


def test_pages_without_end_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("oncall_tui.domain.simulation.stage.MOST_PAGES", 50)
    busy = world_of(person("ana"), policy=Policy("p", (step(user("ana"), delay=600),), remind=timedelta(seconds=1)))
    stage = Stage(busy, T0)
    stage.open(incident(), "monitor")
    with pytest.raises(Refused, match="more than 50 pages"):
        stage.play(T0 + minutes(5))
