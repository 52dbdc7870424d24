"""What a sender says when there is nothing to say it of, and how a page that is missing is told."""

from __future__ import annotations

from oncall_tui.domain.directory.policies import Policy
from oncall_tui.domain.incident import Incident
from oncall_tui.domain.incident.causes import Resolve, SenderAcknowledged
from oncall_tui.domain.severity import Severity, Urgency
from oncall_tui.domain.simulation import Act, Deed, Scenario, Stage, simulate
from oncall_tui.domain.simulation.expectations import Paged, PageLike, failure
from oncall_tui.domain.simulation.register import Alerts
from oncall_tui.domain.world import World
from tests.support.worlds import T0, minutes, person, step, user, world_of


def world() -> World:
    policy = Policy("p", (step(user("ana"), delay=5),), remind=None)
    return world_of(person("ana"), person("bo"), policy=policy)


def test_a_word_without_a_key_needs_one_open_incident() -> None:
    said = Act(at=T0, do=Deed.ACKNOWLEDGE)
    found = simulate(world(), Scenario(service="checkout", happenings=(said,), until=T0 + minutes(1)))
    assert [(refused.at, refused.do) for refused in found.rejected] == [(T0, Deed.ACKNOWLEDGE)]
    assert found.pages == ()


def test_a_word_about_what_a_person_has_resolved_changes_nothing() -> None:
    stage = Stage(world(), T0)
    opened = Incident(
        number=1, service="checkout", title="5xx", severity=Severity.HIGH, urgency=Urgency.HIGH, opened_at=T0
    )
    stage.open(opened, "prometheus")
    resolved = stage.apply(1, Resolve(by="bo"))
    Alerts(stage).source("prometheus", by_hand=False).tell(1, SenderAcknowledged("prometheus"))
    assert stage.incidents[1] is resolved


def test_a_page_that_nobody_in_particular_should_have_is_missed_in_few_words() -> None:
    found = simulate(world(), Scenario(service="checkout", happenings=(), until=T0 + minutes(1)))
    said = failure(Paged(PageLike(contact="push")), found)
    assert said is not None
    assert said.endswith("there is none")
