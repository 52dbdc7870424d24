"""What is claimed first, and what waits: importance, bulkheads, providers at rest, poison."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import update

from oncall_tui.domain.severity import Severity
from oncall_tui.notify.outcome import Outcome, SendResult
from oncall_tui.ops.contacts.methods import enable_contact
from oncall_tui.ops.delivery import Providers, is_something_due
from oncall_tui.ops.incidents.acts import acknowledge, reassign
from oncall_tui.storage.statements.delivery import leasing
from oncall_tui.storage.tables import incidents
from tests.ops.delivery.outboxes import CONFIG, LATER, answers, claimed, column, ids, pass_lease, sign, texts
from tests.support.house import House
from tests.support.worlds import T0, minutes

ONE, TWO = "json://one.example", "json://two.example"


@pytest.fixture
def house(database_url: str, tmp_path: Path) -> Iterator[House]:
    with House(database_url, CONFIG, tmp_path) as made:
        yield made


class TestImportance:
    """Severity, then first pages before reminders, then age."""

    def test_the_worst_first_then_the_oldest(self, house: House) -> None:
        house.post(key="a", severity=Severity.MEDIUM)
        house.clock.move(timedelta(seconds=1))
        house.post(key="b", severity=Severity.CRITICAL)
        house.clock.move(timedelta(seconds=1))
        house.post(key="c", severity=Severity.CRITICAL)
        assert ids(claimed(house)) == ["2-1", "3-1", "1-1"]

    def test_first_pages_go_before_older_reminders(self, house: House) -> None:
        house.post(key="a")
        (first,) = claimed(house)
        house.answer(first)
        house.pass_to(10)
        house.clock.move(timedelta(seconds=1))
        house.post(key="b")
        assert column(house, "kind") == {"1-1": "first", "1-2": "reminder", "2-1": "first"}
        assert ids(claimed(house)) == ["2-1", "1-2"]

    def test_a_page_that_waits_goes_sooner_once_its_incident_is_worse(self, house: House) -> None:
        house.post(key="a", severity=Severity.MEDIUM)
        house.clock.move(timedelta(seconds=1))
        house.post(key="b", severity=Severity.HIGH)
        house.clock.move(timedelta(seconds=1))
        house.post(key="a", severity=Severity.CRITICAL)
        assert ids(claimed(house)) == ["1-1", "2-1"]

    def test_what_a_vanished_worker_held_comes_in_its_place(self, house: House) -> None:
        house.post(key="a", severity=Severity.HIGH)
        assert ids(claimed(house)) == ["1-1"]
        house.post(key="b", severity=Severity.CRITICAL)
        house.post(key="c", severity=Severity.MEDIUM)
        pass_lease(house)
        assert ids(claimed(house, limit=2)) == ["2-1", "1-1"]
        assert ids(claimed(house)) == ["3-1"]

    def test_the_first_are_read_from_their_index_however_many_wait(self, sqlite_url: str, tmp_path: Path) -> None:
        with House(sqlite_url, CONFIG, tmp_path) as house, house.store.read() as conn:
            ready, _ = leasing._SEE_DUE._prepare(conn.dialect)
            given = {"now": T0, "most": 64, "without": [], "most_deaths": 3}
            plan = [row[3] for row in conn.exec_driver_sql(f"EXPLAIN QUERY PLAN {ready.sql}", ready.given(given))]
        assert "SEARCH pages USING INDEX ix_pages_leased (lease_until>? AND lease_until<?)" in plan
        read = plan.index("SCAN pages USING INDEX ix_pages_pending")
        assert not any("TEMP B-TREE" in step for step in plan[read : plan.index("UNION ALL")])


class TestBulkhead:
    """One provider never takes all of our threads."""

    def test_a_full_provider_is_passed_over_and_others_are_not(self, house: House) -> None:
        for key in "abc":
            house.post(key=key, severity=Severity.CRITICAL)
        house.post(key="d", integration="other")
        jobs = claimed(house, limit=3, providers=Providers(each=2))
        assert ids(jobs) == ["1-1", "2-1", "4-1"]
        assert [job.provider for job in jobs] == [ONE, ONE, TWO]
        full = Providers(each=2, under_way={ONE: 2, TWO: 1})
        assert not due(house, full)
        assert claimed(house, providers=full) == ()
        assert due(house, Providers(each=2, under_way={ONE: 1}))

    def test_a_provider_in_doubt_gets_little(self, house: House) -> None:
        for key in "abc":
            house.post(key=key)
        doubted = Providers(each=8, in_doubt=frozenset({ONE}), each_in_doubt=2)
        assert ids(claimed(house, providers=doubted)) == ["1-1", "2-1"]


class TestRest:
    """A provider that says when to come back is left alone until then: by every worker, and it alone."""

    def test_every_queued_page_to_it_waits_and_no_other(self, house: House) -> None:
        house.post(key="a")
        (job,) = claimed(house)
        house.post(key="b")
        house.post(key="c", integration="other")
        house.answer(job, SendResult(Outcome.RETRY_LATER, "429 Too Many Requests", timedelta(seconds=30)))
        (other,) = claimed(house, worker="w2")
        assert other.page == "3-1"
        house.answer(other, worker="w2")
        assert column(house, "due_at")["2-1"] == T0 + timedelta(seconds=30)
        assert "wants to be left alone: 429 Too Many Requests, again in 30 s" in texts(house, 2)[-1]
        assert answers(house, "2-1") == []
        house.clock.set(T0 + timedelta(seconds=31))
        assert ids(claimed(house)) == ["1-1", "2-1"]

    def test_the_next_contact_does_not_wait_for_it(self, house: House) -> None:
        house.post(key="a")
        (job,) = claimed(house)
        house.answer(job, SendResult(Outcome.RETRY_LATER, "429", timedelta(minutes=5)))
        house.post(key="b")
        claimed(house)
        house.pass_to(1)
        assert ids(claimed(house)) == ["1-2", "2-2"], "a minute later ana's mail, on another provider"

    def test_no_longer_than_five_minutes(self, house: House) -> None:
        house.post()
        (job,) = claimed(house)
        house.answer(job, SendResult(Outcome.RETRY_LATER, "429", timedelta(days=11_574)))
        assert column(house, "due_at")["1-1"] == T0 + minutes(5)


class TestPoison:
    """What raises or kills three times is set aside, seen by everybody; the rest goes on."""

    def test_a_page_whose_worker_vanishes_three_times_is_set_aside(self, house: House) -> None:
        house.post()
        for worker in ("w1", "w2", "w3"):
            assert ids(claimed(house, worker=worker)) == ["1-1"]
            pass_lease(house)
        assert claimed(house) == ()
        (mail,) = claimed(house)
        assert (mail.page, mail.place.contact) == ("1-2", "mail"), "the next contact at once"
        assert column(house, "state")["1-1"] == "quarantined"
        assert column(house, "faults")["1-1"] == 3
        vanished = "its worker vanished while sending it:"
        assert answers(house, "1-1") == [(n, "unknown", f"{vanished} w{n}") for n in (1, 2, 3)]
        assert f"failed for good: set aside: {vanished} w3" in " ".join(texts(house, 1))

    def test_who_was_in_flight_with_it_is_not_set_aside(self, house: House) -> None:
        """After two deaths pages go one at a time, so that the third counts against one of them only."""
        house.post(key="a")
        house.post(key="b")
        assert ids(claimed(house, worker="w1")) == ["1-1", "2-1"]
        pass_lease(house)
        assert ids(claimed(house, worker="w2")) == ["1-1", "2-1"]
        pass_lease(house)
        assert ids(claimed(house, worker="w3")) == ["1-1"]
        assert not due(house, Providers(suspect_under_way=True))
        pass_lease(house)
        assert "2-1" in ids(claimed(house, worker="w4"))
        assert column(house, "state")["1-1"] == "quarantined"

    def test_a_worker_thought_dead_that_answers_takes_its_fault_back(self, house: House) -> None:
        house.post()
        (slow,) = claimed(house, worker="w1")
        pass_lease(house)
        claimed(house, worker="w2")
        assert column(house, "faults") == {"1-1": 1}
        assert not house.answer(slow, worker="w1")
        assert column(house, "faults") == {"1-1": 0}

    def test_workers_that_live_on_after_their_leases_ran_out_set_nothing_aside(self, house: House) -> None:
        """They were late, not dead: of three lapses only the one whose worker has said nothing since may be a death."""
        house.post()
        for worker in ("w1", "w2", "w3"):
            sign(house, worker)
            assert ids(claimed(house, worker=worker)) == ["1-1"]
            pass_lease(house)
        sign(house, "w1")
        sign(house, "w2")
        (job,) = claimed(house, worker="w4")
        assert (job.page, job.facts.possible_repeat) == ("1-1", True)
        assert house.answer(job, worker="w4")
        assert column(house, "state") == {"1-1": "delivered"}

    def test_a_late_worker_that_has_answered_is_not_excused_twice(self, house: House) -> None:
        house.post()
        (slow,) = claimed(house, worker="w1")
        pass_lease(house)
        for worker in ("w2", "w3", "w4"):
            claimed(house, worker=worker)
            pass_lease(house)
            if worker == "w2":
                house.answer(slow, worker="w1")
                sign(house, "w1")
        claimed(house, worker="w5")
        assert column(house, "state")["1-1"] == "quarantined", "w2, w3 and w4 are dead"

    def test_a_page_that_can_not_be_worded_keeps_no_other_from_going_out(self, house: House) -> None:
        house.post(key="a", severity=Severity.CRITICAL)
        house.post(key="b")
        with house.store.write() as conn:
            conn.execute(update(incidents).where(incidents.c.number == 1).values(document="{}"))
        assert ids(claimed(house)) == ["2-1"]
        for _ in range(2):
            house.clock.move(timedelta(seconds=15))
            claimed(house)
        assert column(house, "state")["1-1"] == "quarantined"
        assert [outcome for _, outcome, _ in answers(house, "1-1")] == ["retry_later"] * 3
        assert house.kinds(1)[-1] == "fault"


class TestTruth:
    """What the attempts say."""

    def test_an_unknown_outcome_makes_the_next_try_a_possible_repeat(self, house: House) -> None:
        house.post()
        (job,) = claimed(house)
        house.answer(job, SendResult(Outcome.UNKNOWN, "no answer within 10 s"))
        house.clock.set(T0 + minutes(0.2))
        (again,) = claimed(house)
        assert (again.page, again.facts.possible_repeat) == ("1-1", True)
        assert answers(house, "1-1") == [(1, "unknown", "no answer within 10 s")]

    def test_the_hour_of_retries_begins_with_the_first_try(self, house: House) -> None:
        """After an outage of two hours the first fault must not be the last."""
        house.post()
        house.clock.set(T0 + minutes(120))
        (job, *_) = claimed(house)
        house.answer(job, LATER)
        assert column(house, "state")["1-1"] == "pending"
        house.clock.set(T0 + minutes(181))
        (again, *_) = claimed(house)
        house.answer(again, LATER)
        assert column(house, "state")["1-1"] == "failed"

    def test_an_acknowledged_page_is_no_more_sent_by_whoever_takes_over(self, house: House) -> None:
        house.post()
        claimed(house)
        acknowledge(house.as_user("ana"), 1)
        pass_lease(house)
        assert claimed(house) == ()
        assert column(house, "state") == {"1-1": "cancelled"}

    def test_what_fails_after_the_incident_was_handed_on_is_not_tried_again(self, house: House) -> None:
        house.post()
        (job, *_) = claimed(house)
        reassign(house.as_user("ana"), 1, user="bo")
        house.answer(job, LATER)
        assert column(house, "state") == {"1-1": "cancelled", "1-2": "pending"}

    def test_what_an_answer_brings_about_is_of_when_it_is_written(self, house: House) -> None:
        """A reminder is overdue since T0 + 10 m when the answer, which has waited a minute, lets time go on."""
        house.post()
        house.clock.set(T0 + minutes(30))
        (job, *_) = claimed(house)
        house.clock.set(T0 + minutes(31))
        house.answer(job, ended_at=T0 + minutes(30))
        assert column(house, "created_at") == {"1-1": T0, "1-2": T0 + minutes(31)}
        assert column(house, "finished_at")["1-1"] == T0 + minutes(30)

    def test_what_fails_after_an_acknowledgement_is_not_tried_again_though_its_clock_is_behind(
        self, house: House
    ) -> None:
        """The acknowledgement comes from a host whose clock is two seconds behind that of the worker that paged."""
        house.post()
        (job, *_) = claimed(house)
        house.clock.set(T0 - timedelta(seconds=2))
        acknowledge(house.as_user("ana"), 1)
        house.clock.set(T0 + timedelta(seconds=1))
        house.answer(job, LATER)
        assert column(house, "state")["1-1"] == "cancelled"


def due(house: House, providers: Providers) -> bool:
    """Whether a claim would find something."""
    with house.store.read() as conn:
        return is_something_due(conn, house.clock.now(), providers)


def test_what_waits_for_a_contact_that_is_disabled_meanwhile_goes_nowhere(house: House) -> None:
    """The retry of the push has no address any more, and is refused for good: the next contact goes at once."""
    house.post()
    (job,) = claimed(house)
    assert job.sealed_address is not None
    house.answer(job, LATER)
    enable_contact(house.session, "ana", "push", enabled=False)
    house.clock.move(timedelta(seconds=10))
    assert [one.sealed_address for one in claimed(house)] == [None]
