"""Which timers are right for an incident, at each edge."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from oncall_tui.domain.directory.policies import Policy
from oncall_tui.domain.incident import Incident, Phase, Run, State
from oncall_tui.domain.incident.auditing import Flaw, flaw_of
from oncall_tui.domain.severity import Severity, Urgency
from tests.support.worlds import T0, minutes

PUT_OFF = minutes(6)
MICROSECOND = timedelta(microseconds=1)
DUE = T0 + minutes(10)
ESCALATING = Incident(
    number=1,
    service="checkout",
    title="5xx",
    severity=Severity.HIGH,
    urgency=Urgency.HIGH,
    opened_at=T0,
    runs=(Run(policy=Policy("p"), phase=Phase.ESCALATING, step=1, step_due_at=DUE),),
)
STUCK = replace(ESCALATING, runs=(replace(ESCALATING.runs[0], step_due_at=None),))


def flaw(incident: Incident, timer: datetime | None, now: datetime, shown: datetime | None = DUE) -> Flaw | None:
    return flaw_of(incident, timer=timer, shown=shown, now=now, put_off=PUT_OFF)


@pytest.mark.parametrize(
    ("timer", "now", "found"),
    [
        (DUE, T0, None),
        (T0, T0, None),  # earlier: somebody wants it looked at
        (None, T0, Flaw.MISSING),
        (DUE + MICROSECOND, T0, Flaw.LATE),
        (DUE + PUT_OFF, DUE, None),  # due, and put off
        (DUE + PUT_OFF + MICROSECOND, DUE, Flaw.LATE),
        (DUE + PUT_OFF, DUE - MICROSECOND, Flaw.LATE),  # nobody puts off what is not due
    ],
)
def test_a_due_incident_needs_its_timer(timer: datetime | None, now: datetime, found: Flaw | None) -> None:
    assert flaw(ESCALATING, timer, now) is found


def test_the_due_time_for_queries_must_be_its_own() -> None:
    assert flaw(ESCALATING, DUE, T0, shown=None) is Flaw.SHOWN_WRONG
    assert flaw(ESCALATING, None, T0, shown=None) is Flaw.MISSING, "the worse one is told"


def test_without_a_due_time_only_what_may_rest_is_right() -> None:
    acknowledged = replace(STUCK, state=State.ACKNOWLEDGED)
    assert flaw(STUCK, None, T0, shown=None) is Flaw.STUCK
    assert flaw(acknowledged, None, T0, shown=None) is None
    assert flaw(acknowledged, T0, T0, shown=None) is None, "a timer more only means one look more"
    assert flaw(acknowledged, None, T0, shown=DUE) is Flaw.SHOWN_WRONG
