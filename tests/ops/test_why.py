"""`why`: each sentence true and dated, from the stored timeline and the world as it is."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from oncall_tui.domain.errors import Unknown
from oncall_tui.domain.severity import Severity
from oncall_tui.notify.outcome import Outcome, SendResult
from oncall_tui.ops.config import apply
from oncall_tui.ops.incidents.acts import acknowledge, escalate, reassign, resolve
from oncall_tui.ops.reading.incidents.why import why
from oncall_tui.ops.schedules.overrides import take
from tests.support.house import House
from tests.support.worlds import T0, minutes

CONFIG = """
version: 1
users:
  - username: ana
    contacts:
      - {name: push, url: "json://127.0.0.1:9/ana"}
      - {name: phone, url: "json://127.0.0.1:9/phone"}
    rules: [{contact: push, delay: 0s}, {contact: phone, delay: 5m}]
  - {username: bo, contacts: [{name: push, url: "json://127.0.0.1:9/bo"}]}
  - {username: cy, contacts: [{name: push, url: "json://127.0.0.1:9/cy"}]}
  - {username: dee, contacts: [{name: push, url: "json://127.0.0.1:9/dee"}], rules: [{contact: push, delay: 9m}]}
  - {username: mute}
  - {username: zoe, contacts: [{name: push, url: "json://127.0.0.1:9/zoe"}]}
teams:
  - {name: pair, members: [bo, cy]}
schedules:
  - name: primary
    timezone: UTC
    layers:
      - name: fixed
        shifts:
          - {user: ana, start: 2026-03-01T00:00Z, end: 2026-03-01T12:00Z}
          - {user: bo, start: 2026-03-01T12:00Z, end: 2026-03-01T18:00Z}
policies:
  - name: ladder
    remind: off
    steps:
      - {delay: 15m, targets: [{schedule: primary}, {user: ana}, {user: mute}, {user: dee}]}
      - {delay: 15m, targets: [{user: cy}]}
  - {name: round, remind: off, steps: [{delay: 15m, assign: round_robin, targets: [{team: pair}]}]}
services:
  - {name: checkout, policy: ladder}
  - {name: search, policy: round}
integrations:
  - {name: monitor, kind: generic, service: checkout}
  - {name: finder, kind: generic, service: search}
maintenance:
  - {name: patching, services: [search], start: 2026-03-01T06:00Z, end: 2026-03-01T07:00Z}
"""


@pytest.fixture
def house(database_url: str, tmp_path: Path) -> Iterator[House]:
    with House(database_url, CONFIG, tmp_path) as made:
        yield made


def said(house: House, user: str, number: int = 1) -> list[tuple[float, str]]:
    (verdict,) = why(house.session, number, user).verdicts
    return [((reason.at - T0) / minutes(1), reason.text) for reason in verdict.reasons]


def test_who_was_on_call_is_told_through_which_layer_and_what_became_of_it(house: House) -> None:
    house.post()
    (job,) = house.claimed()
    house.answer(job)
    sentences = said(house, "ana")
    assert sentences[0] == (
        0,
        "ana was paged by push: step 1: schedule primary (policy ladder, step 1, round 1): delivered at "
        "2026-03-01T03:00:00Z; on call in primary: layer fixed, fixed shift; schedule primary, ana lead to them: "
        "once is enough",
    )
    assert (5, "ana's notification rule for phone is due then") in sentences


def test_who_was_not_on_call_then(house: House) -> None:
    house.post()
    verdict = why(house.session, 1, "bo").verdicts[0]
    assert verdict.pages == 0
    assert said(house, "bo") == [
        (
            0,
            "step 1 of policy ladder began and paged ana: bo was not on call in schedule primary, ana, mute, dee "
            "then, as it stands now",
        )
    ]


def test_whose_shift_another_took(house: House) -> None:
    take(house.as_user("cy"), "primary", until=T0 + minutes(60))
    house.post()
    assert said(house, "ana")[0][1].startswith("ana was paged by push: step 1 (policy ladder")  # a target by herself
    off = CONFIG.replace("[{schedule: primary}, {user: ana}, {user: mute}, {user: dee}]", "[{schedule: primary}]")
    apply(house.session, off, addresses=False)
    house.post(key="k2")
    assert said(house, "ana", 2)[0] == (
        0,
        "step 1 of policy ladder began and paged cy: ana was not on call in schedule primary then, as it stands now; "
        "primary: override by cy: cy for ana",
    )


@pytest.mark.parametrize(
    ("outcome", "told"),
    [
        (Outcome.REFUSED, "failed for good at 2026-03-01T03:00:00Z (410 Gone)"),
        (Outcome.RETRY_LATER, "tried once in vain (410 Gone), again at 2026-03-01T03:00:05Z"),
    ],
)
def test_what_the_provider_said(house: House, outcome: Outcome, told: str) -> None:
    house.post()
    (job,) = house.claimed()
    house.answer(job, SendResult(outcome, "410 Gone", None))
    assert told in said(house, "ana")[0][1]


def test_a_page_that_went_into_a_digest(house: House) -> None:
    apply(
        house.session,
        CONFIG.replace('zoe"}]', 'zoe", limit: 1/5m}]').replace("{user: cy}", "{user: zoe}"),
        addresses=False,
    )
    for key in ("a", "b", "c"):
        house.post(key=key)
        escalate(house.as_user("ana"), len(house.open))
    house.claimed()
    assert "waits for a digest of 2 pages, which goes at 2026-03-01T03:00:50Z" in said(house, "zoe", 2)[0][1]
    house.clock.move(timedelta(seconds=50))
    (digest,) = (job for job in house.claimed() if len(job.pages) > 1)
    house.answer(digest)
    assert "delivered at 2026-03-01T03:00:50Z in a digest of 2 pages" in said(house, "zoe", 2)[0][1]


def test_who_has_no_contact_and_whose_rule_waited(house: House) -> None:
    house.post()
    acknowledge(house.as_user("ana"), 1)
    muted, waited = [text for _, text in said(house, "mute")], [text for _, text in said(house, "dee")]
    assert "mute has no enabled contact method" in muted
    assert "mute has no contact method" in muted
    assert any("dee's first notification rule waits 9m, and was not needed any more" in text for text in waited)


def test_who_came_later_in_the_policy(house: House) -> None:
    house.post()
    house.pass_to(3)
    assert said(house, "cy")[-1] == (
        15,
        "step 2 of policy ladder, which leads to cy, has paged nobody yet: step 1 is current until then",
    )
    acknowledge(house.as_user("ana"), 1)
    assert (
        3,
        "step 2 of policy ladder, which leads to cy, has paged nobody: ana acknowledged before, "
        "which stops the escalation",
    ) in said(house, "cy")
    resolve(house.as_user("ana"), 1)
    assert any("has paged nobody: resolved by ana before (fixed)" in text for _, text in said(house, "cy"))


def test_low_urgency_does_not_escalate(house: House) -> None:
    house.post(severity=Severity.LOW)
    assert any("urgency is low, which notifies once" in text for _, text in said(house, "cy"))


def test_whom_nothing_leads_to(house: House) -> None:
    house.post()
    texts = [text for _, text in said(house, "zoe")]
    assert "no step of policy ladder leads to zoe" in texts


def test_who_was_paged_by_the_policy_before_the_one_that_has_it_now(house: House) -> None:
    house.post()
    house.clock.move(minutes(1))
    reassign(house.as_user("zoe"), 1, policy="round")
    assert "ana was paged by push: step 1: schedule primary (an earlier policy): taken back" in said(house, "ana")[0][1]
    assert (1, "step 1 of policy round began and paged bo: team pair: nothing of it leads to ana") in said(house, "ana")


def test_the_last_resort_is_no_step(house: House) -> None:
    """The ladder ends at 30 minutes; zoe is an admin by then, and no step leads to her."""
    apply(house.session, CONFIG.replace("{username: zoe, ", "{username: zoe, role: admin, "), addresses=False)
    house.post()
    house.pass_to(31)
    reasons = said(house, "zoe")
    assert (
        30,
        "zoe was paged by push: policy exhausted (policy ladder, after its last round): not sent yet",
    ) in reasons
    assert (0, "no step of policy ladder leads to zoe") in reasons
    assert (15, "step 2 of policy ladder began and paged cy: cy: nothing of it leads to zoe") in reasons


def test_whose_turn_it_was_not(house: House) -> None:
    house.post(integration="finder")
    assert said(house, "cy")[0] == (
        0,
        "step 1 of policy round began and paged bo: the step goes round, and it was not cy's turn",
    )


def test_maintenance_is_told_with_its_end(house: House) -> None:
    house.clock.set(T0 + minutes(190))
    house.post(integration="finder")
    assert said(house, "bo")[0] == (
        190,
        "opened in maintenance: nobody is paged before 2026-03-01T07:00:00Z",
    )


def test_a_new_alert_pages_nobody_and_says_so(house: House) -> None:
    house.post(key="a", group="g")
    house.pass_to(1)
    house.post(key="b", group="g", title="disk")
    assert any(at == 1 and "on an open incident that pages nobody" in text for at, text in said(house, "ana"))


def test_reassigned_taken_back_and_second(house: House) -> None:
    house.post()
    reassign(house.as_user("ana"), 1, user="zoe")
    house.pass_to(1)
    acknowledge(house.as_user("zoe"), 1)
    texts = [text for _, text in said(house, "zoe")]
    assert "ana: reassigned to zoe" in texts
    assert any("taken back at 2026-03-01T03:01:00Z before it was sent" in text for text in texts)


def test_everybody_concerned(house: House) -> None:
    house.post()
    found = why(house.session, 1)
    assert [verdict.user for verdict in found.verdicts] == ["ana", "dee", "cy"]
    escalate(house.as_user("ana"), 1)
    assert {verdict.user: verdict.pages for verdict in why(house.session, 1).verdicts} == {"ana": 1, "dee": 0, "cy": 1}


def test_unknown_incidents_and_people(house: House) -> None:
    with pytest.raises(Unknown, match="no incident #1"):
        why(house.session, 1)
    house.post()
    with pytest.raises(Unknown, match="no user 'ghost'"):
        why(house.session, 1, "ghost")
