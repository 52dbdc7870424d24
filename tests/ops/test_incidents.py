"""From a sender's event to an incident, through to its end, on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection, select

from oncall_tui.domain.directory.people import Role
from oncall_tui.domain.errors import Forbidden, LostRace, Unknown
from oncall_tui.domain.events import TITLE_LIMIT
from oncall_tui.domain.severity import Severity
from oncall_tui.notify.outcome import Outcome, SendResult
from oncall_tui.ops.config import apply
from oncall_tui.ops.delivery import Job
from oncall_tui.ops.incidents.acts import (
    acknowledge,
    acknowledge_all,
    escalate,
    reassign,
    resolve,
    snooze,
    trigger,
)
from oncall_tui.ops.session import Session
from oncall_tui.storage.tables import timeline
from tests.support.house import DELIVERED, House
from tests.support.worlds import T0, minutes

CONFIG = """
version: 1
users:
  - {username: ana, contacts: [{name: push, url: "json://127.0.0.1:9/ana"}, {name: mail, url: "json://127.0.0.1:9/mail"}],
     rules: [{contact: push, delay: 0s}, {contact: mail, delay: 5m}]}
  - {username: bo, contacts: [{name: push, url: "json://127.0.0.1:9/bo"}]}
  - {username: eye, role: viewer}
schedules:
  - name: nights
    timezone: UTC
    layers:
      - {name: fixed, shifts: [{user: bo, start: 2026-03-01T06:00Z, end: 2026-03-01T12:00Z}]}
policies:
  - {name: ladder, remind: 10m, steps: [{delay: 15m, targets: [{user: ana}]}, {delay: 15m, targets: [{user: bo}]}]}
  - {name: nights, remind: off, steps: [{delay: 15m, targets: [{schedule: nights}]}]}
services:
  - {name: checkout, policy: ladder}
  - {name: batch, policy: nights}
integrations:
  - {name: monitor, kind: generic, service: checkout}
  - {name: other, kind: generic, service: checkout}
  - {name: cron, kind: generic, service: batch}
"""


@pytest.fixture
def house(database_url: str, tmp_path: Path) -> Iterator[House]:
    with House(database_url, CONFIG, tmp_path) as made:
        yield made


class TestKeys:
    """One open alert per integration and key."""

    def test_a_repeat_counts_and_pages_nobody(self, house: House) -> None:
        for _ in range(5):
            house.post()
        assert house.open == [(1, "triggered")]
        assert house.paged == [(0, "ana")]
        assert (house.alert_count(1), house.column(1, "events"), house.column(1, "alerts")) == (5, 5, 1)

    def test_the_same_key_from_another_integration_is_another_incident(self, house: House) -> None:
        assert house.post().number != house.post(integration="other").number

    def test_without_a_key_each_is_unique_and_the_key_is_told(self, house: House) -> None:
        first, second = house.post(key=None), house.post(key=None)
        assert first.number != second.number
        assert first.dedup_key
        assert first.dedup_key != second.dedup_key

    def test_a_repeat_refreshes_the_text_and_raises_the_severity(self, house: House) -> None:
        house.post(title="5xx at 2 %")
        house.post(title="5xx at 9 %", severity=Severity.CRITICAL)
        house.post(title="5xx at 3 %", severity=Severity.LOW)
        assert (house.column(1, "title"), house.column(1, "severity")) == ("5xx at 3 %", "critical")

    def test_resolve_then_the_same_key_opens_a_linked_one(self, house: House) -> None:
        house.post()
        assert house.post("resolve").verdict == "resolve"
        assert house.open == []
        second = house.post()
        assert second.number == 2
        assert house.column(2, "previous") == 1

    def test_words_about_unknown_keys_are_kept_and_change_nothing(self, house: House) -> None:
        for action in ("acknowledge", "resolve"):
            taken = house.post(action, key="never seen")
            assert (taken.number, taken.verdict) == (None, "nothing")
        assert house.open == []

    def test_a_senders_note_is_told_on_its_incident_and_a_title_is_cut_to_its_limit(self, house: House) -> None:
        house.post(title="x" * (TITLE_LIMIT + 1))
        assert house.post("note", title="the disk, perhaps").verdict == "nothing"
        assert (house.kinds(1)[-1], house.open) == ("note", [(1, "triggered")])
        assert house.column(1, "title") == "x" * (TITLE_LIMIT - 1) + "…"

    def test_resolved_by_hand_the_same_occurrence_opens_nothing(self, house: House) -> None:
        house.post(started_at=T0)
        resolve(house.as_user("ana"), 1)
        assert house.post(started_at=T0).verdict == "still_firing"
        house.pass_to(1)
        assert [house.post(started_at=T0).verdict for _ in range(3)] == ["still_firing"] * 3
        assert house.kinds(1).count("still_firing") <= 2, "said, and not said again with each re-send"
        house.pass_to(31)
        assert house.post(started_at=T0).verdict == "open"

    def test_a_gone_integration_is_unknown(self, house: House) -> None:
        with pytest.raises(Unknown):
            house.post(integration="ghost")

    def test_a_group_resolves_when_all_of_it_has(self, house: House) -> None:
        house.post(key="a", group="g")
        assert house.post(key="b", group="g").verdict == "join"
        house.post("resolve", key="a")
        assert house.open == [(1, "triggered")]
        house.post("resolve", key="b")
        assert house.open == []

    def test_its_sender_acknowledges(self, house: House) -> None:
        house.post()
        house.post("acknowledge")
        assert house.column(1, "acknowledged_by") == "integration monitor"
        assert house.page_states == ["cancelled"]


class TestActs:
    """What responders do."""

    def test_acknowledging_cancels_queued_pages_in_its_transaction(self, house: House) -> None:
        house.post()
        assert house.page_states == ["pending"]
        done = acknowledge(house.as_user("bo"), 1)
        assert (done.state, done.text) == ("acknowledged", "#1 acknowledged")
        assert house.page_states == ["cancelled"]
        assert house.claimed() == ()

    def test_the_timeline_says_who_how_and_when(self, house: House) -> None:
        house.post()
        acknowledge(house.as_user("bo"), 1)
        assert house.kinds(1) == ["triggered", "paged", "acknowledged"]

    def test_opening_by_hand_says_by_which_way_and_the_account(self, house: House) -> None:
        trigger(house.as_user("ana"), title="smoke", service="checkout")
        with house.store.read() as conn:
            row = conn.execute(select(timeline).where(timeline.c.kind == "triggered")).one()
        assert (row.by, row.via, row.os_account) == ("ana", "test", "ana")

    def test_acknowledge_all_tells_the_refused_apart(self, house: House) -> None:
        for key in "abc":
            house.post(key=key)
        acknowledge(house.as_user("ana"), 2)
        done, undone = acknowledge_all(house.as_user("bo"), (1, 2, 3, 99))
        assert [one.number for one in done] == [1, 3]
        assert [(one.number, type(one.error)) for one in undone] == [(2, LostRace), (99, Unknown)]

    def test_escalate_reassign_snooze(self, house: House) -> None:
        house.post()
        escalate(house.as_user("ana"), 1)
        assert house.column(1, "assignees") == ["bo"]
        with pytest.raises(LostRace):
            escalate(house.as_user("ana"), 1, version=1)
        reassign(house.as_user("bo"), 1, user="ana")
        assert house.column(1, "assignees") == ["ana"]
        snooze(house.as_user("ana"), 1, span=timedelta(hours=2))
        assert house.timers == T0 + minutes(120)
        snooze(house.as_user("ana"), 1, until=T0 + minutes(90))
        assert house.timers == T0 + minutes(90)

    def test_triggering_by_hand(self, house: House) -> None:
        done = trigger(house.as_user("ana"), title="smoke", service="checkout", severity=Severity.CRITICAL, key="s")
        assert done.number == 1
        assert trigger(house.as_user("bo"), title="smoke", service="checkout", key="s").number == 1
        assert trigger(house.as_user("bo"), title="smoke", service="batch", key="s").number == 2
        with pytest.raises(Unknown, match="no service 'ghost'"):
            trigger(house.as_user("ana"), title="x", service="ghost")

    def test_viewers_and_strangers_may_only_look(self, house: House) -> None:
        house.post()
        with pytest.raises(Forbidden):
            acknowledge(house.as_user("eye", Role.VIEWER), 1)
        stranger = house.session.as_actor(
            type(house.session.actor)(username=None, role=Role.VIEWER, os_account="nobody", via="test")
        )
        with pytest.raises(Forbidden, match="'nobody' is nobody the team knows"):
            trigger(stranger, title="x", service="checkout")


def test_nobody_on_call_waits_unassigned_until_somebody_comes(house: House) -> None:
    house.post(integration="cron")
    assert (house.paged, house.column(1, "assignees"), house.column(1, "phase")) == ([], [], "waiting")
    house.pass_to(179)
    assert house.paged == []
    house.pass_to(181)
    assert house.paged == [(180, "bo")]
    assert house.column(1, "assignees") == ["bo"]


def test_a_change_of_the_directory_wakes_what_waits(house: House) -> None:
    house.post(integration="cron")
    apply(house.session, CONFIG.replace("2026-03-01T06:00Z", "2026-03-01T02:00Z"))
    house.pass_to(1)
    assert house.paged == [(0, "bo")]


def test_a_change_of_the_directory_wakes_an_exhausted_policy_that_reached_nobody(house: House) -> None:
    quiet = """
version: 1
policies: [{name: quiet, remind: off, steps: [{delay: 5m, targets: [{user: bo}]}], fallback: [{user: eye}]}]
services: [{name: quiet, policy: quiet}]
integrations: [{name: quiet, kind: generic, service: quiet}]
"""
    apply(house.session, quiet, addresses=False)
    house.post(integration="quiet")
    house.pass_to(10)
    assert (house.paged, house.timers) == ([(0, "bo")], None)
    reachable = 'version: 1\nusers: [{username: eye, contacts: [{name: push, url: "json://127.0.0.1:9/eye"}]}]\n'
    apply(house.session, reachable, addresses=False)
    house.pass_to(11)
    assert house.paged[1:] == [(10, "eye")]


def test_a_change_of_the_directory_wakes_a_policy_that_waits_beside_one_that_does_not(house: House) -> None:
    """The team's first policy is exhausted and quiet by then, and the second has waited for a contact of eye's."""
    two = """
version: 1
teams: [{name: pair, policies: [tried, waiting]}]
policies:
  - {name: tried, remind: off, steps: [{delay: 5m, targets: [{user: bo}]}], fallback: [{user: bo}]}
  - {name: waiting, remind: off, steps: [{delay: 5m, targets: [{user: eye}]}]}
services: [{name: shared, team: pair}]
integrations: [{name: both, kind: generic, service: shared}]
"""
    apply(house.session, two, addresses=False)
    house.post(integration="both")
    house.pass_to(10)
    assert (house.paged, house.timers) == ([(0, "bo"), (5, "bo")], None)
    reachable = 'version: 1\nusers: [{username: eye, contacts: [{name: push, url: "json://127.0.0.1:9/eye"}]}]\n'
    apply(house.session, reachable, addresses=False)
    house.pass_to(11)
    assert house.paged[2:] == [(10, "eye")]


def test_reminders_come_every_ten_minutes_until_acknowledged(house: House) -> None:
    apply(house.session, CONFIG.replace("delay: 15m, targets: [{user: ana}]", "delay: 10h, targets: [{user: bo}]"))
    house.post()
    house.pass_to(25)
    assert house.paged == [(0, "bo"), (10, "bo"), (20, "bo")]
    acknowledge(house.as_user("bo"), 1)
    house.pass_to(300)
    assert len(house.paged) == 3


class TestDelivery:
    """Leases, answers and what follows from them."""

    def test_a_page_is_claimed_once_and_marked(self, house: House) -> None:
        house.post()
        (job,) = house.claimed("w1")
        assert house.claimed("w2") == ()
        assert job.page == "1-1"
        assert job.number == 1
        assert house.answer(job)
        assert house.page_states == ["delivered"]
        assert house.kinds(1)[-1] == "delivered"

    def test_a_lease_that_ran_out_is_sent_again_under_the_same_id(self, house: House) -> None:
        house.post()
        (first,) = house.claimed("w1")
        house.clock.set(T0 + timedelta(seconds=11))
        (second,) = house.claimed("w2")
        assert (second.page, second.tries, second.facts.possible_repeat) == (first.page, 2, True)

    def test_who_lost_the_lease_may_not_mark(self, house: House) -> None:
        house.post()
        (first,) = house.claimed("w1")
        house.clock.set(T0 + timedelta(seconds=11))
        (second,) = house.claimed("w2")
        assert not house.answer(first, worker="w1")
        assert house.page_states == ["sending"]
        assert house.answer(second, worker="w2")

    def test_a_failed_try_waits_and_is_tried_again(self, house: House) -> None:
        house.post()
        (job,) = house.claimed()
        house.answer(job, SendResult(Outcome.RETRY_LATER, "503", None))
        assert house.page_states == ["pending"]
        assert house.claimed() == ()
        house.clock.set(T0 + timedelta(seconds=6))
        (again,) = house.claimed()
        assert (again.page, again.tries, again.facts.possible_repeat) == (job.page, 2, False)

    def test_retry_after_is_honoured_up_to_five_minutes(self, house: House) -> None:
        house.post()
        (job,) = house.claimed()
        house.answer(job, SendResult(Outcome.RETRY_LATER, "429", timedelta(hours=5)))
        house.clock.set(T0 + timedelta(seconds=299))
        assert house.claimed() == ()
        house.clock.set(T0 + timedelta(seconds=300))
        assert len(house.claimed()) == 1

    def test_a_refusal_brings_the_next_contact_forward(self, house: House) -> None:
        house.post()
        (job,) = house.claimed()
        house.answer(job, SendResult(Outcome.REFUSED, "404", None))
        assert house.page_states == ["failed", "pending"]
        (mail,) = house.claimed()
        assert mail.place.contact == "mail"
        house.answer(mail, SendResult(Outcome.REFUSED, "404", None))
        assert house.paged[-1] == (0, "bo")

    def test_retries_end_after_an_hour(self, house: House) -> None:
        house.post()
        (job,) = house.claimed()
        house.answer(job, SendResult(Outcome.RETRY_LATER, "503", None))
        house.clock.set(T0 + minutes(61))
        (again, *_) = house.claimed()
        house.answer(again, SendResult(Outcome.RETRY_LATER, "503", None))
        assert house.page_states[0] == "failed"

    def test_an_answer_after_the_acknowledgement_is_written_down(self, house: House) -> None:
        house.post()
        (job,) = house.claimed()
        acknowledge(house.as_user("ana"), 1)
        assert house.page_states == ["sending"]
        assert house.answer(job, DELIVERED)
        assert house.kinds(1)[-1] == "delivered"
        assert house.column(1, "state") == "acknowledged"

    def test_a_try_that_failed_meanwhile_is_not_repeated_after_the_acknowledgement(self, house: House) -> None:
        house.post()
        (job,) = house.claimed()
        acknowledge(house.as_user("ana"), 1)
        house.answer(job, SendResult(Outcome.RETRY_LATER, "503", None))
        assert house.page_states == ["cancelled"]
        house.clock.set(T0 + minutes(10))
        assert house.claimed() == ()

    def test_an_acknowledgement_that_had_to_wait_came_when_it_was_done(
        self, house: House, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """It is asked for before bo's page and ana's mail are made, and gets the database with both on their way."""
        house.post()
        house.pass_to(15 - 1 / 60)
        for job in house.claimed():
            house.answer(job)
        on_its_way: list[Job] = []
        write = Session.writing

        @contextmanager
        def late(session: Session) -> Iterator[Connection]:
            house.pass_to(15)
            on_its_way.extend(house.claimed())
            with write(session) as conn:
                yield conn

        with monkeypatch.context() as waiting:
            waiting.setattr(Session, "writing", late)
            acknowledge(house.as_user("ana"), 1)
        assert house.column(1, "acknowledged_at") == T0 + minutes(15)
        for job in on_its_way:
            house.answer(job, SendResult(Outcome.RETRY_LATER, "503", None))
        house.clock.move(minutes(1))
        assert sorted(str(page.place.user) for job in on_its_way for page in job.pages) == ["ana", "bo"]
        assert house.claimed() == ()

    def test_a_page_whose_sender_died_is_not_sent_after_the_acknowledgement(self, house: House) -> None:
        house.post()
        house.claimed("dies")
        acknowledge(house.as_user("ana"), 1)
        house.clock.set(T0 + timedelta(seconds=11))
        assert house.claimed("w2") == ()
        assert house.page_states == ["cancelled"]

    def test_the_worst_severity_goes_first(self, house: House) -> None:
        house.post(key="a", severity=Severity.MEDIUM)
        house.post(key="b", severity=Severity.CRITICAL)
        assert [job.number for job in house.claimed()] == [2, 1]
