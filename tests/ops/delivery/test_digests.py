"""Many pages to one contact as one message: over its limit, or stale after an outage."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

from oncall_tui.domain.events import Action, Event
from oncall_tui.domain.severity import Severity
from oncall_tui.notify.outcome import Outcome, SendResult
from oncall_tui.notify.words.digests import DigestFacts, digest_text
from oncall_tui.ops.delivery import Job, claiming
from oncall_tui.ops.incidents.acts import acknowledge, resolve
from oncall_tui.ops.intake.events import Posted, take_all
from oncall_tui.ops.reading import detail
from oncall_tui.ops.reading.shapes import page_shape
from oncall_tui.storage.statements.delivery import digests
from oncall_tui.storage.tables import contact_methods, pages
from tests.ops.delivery.outboxes import CONFIG, LATER, answers, claimed, column, ids, inside, limited, pass_lease, told
from tests.support.house import House
from tests.support.worlds import T0, minutes

SECOND = timedelta(seconds=1)


@pytest.fixture
def house(database_url: str, tmp_path: Path) -> Iterator[House]:
    with House(database_url, CONFIG, tmp_path) as made:
        yield made


def post(house: House, count: int, severity: Severity = Severity.HIGH) -> None:
    for number in range(count):
        house.post(key=None, title=f"disk {number} full", severity=severity)


def rows_read(node: dict[str, Any]) -> int:
    """How many rows the steps of a plan of PostgreSQL have given or thrown away, indexes included."""
    own = (node["Actual Rows"] + node.get("Rows Removed by Filter", 0)) * node["Actual Loops"]
    return int(own) + sum(map(rows_read, node.get("Plans", ())))


class TestLimit:
    """More pages for one contact than its limit become one message."""

    def test_what_is_over_the_limit_waits_for_a_digest(self, house: House) -> None:
        limited(house, "2/5m")
        post(house, 5)
        assert ids(claimed(house)) == ["1-1", "2-1"]
        states = column(house, "state")
        assert [states[f"{n}-1"] for n in range(1, 6)] == ["sending", "sending", "bundled", "bundled", "bundled"]
        assert set(list(column(house, "digest").values())[2:]) == {"d3-1"}

    def test_it_goes_out_before_sixty_seconds_are_over_with_all_that_came_meanwhile(self, house: House) -> None:
        limited(house, "1/5m")
        post(house, 2)
        (single,) = claimed(house)
        house.answer(single)
        house.clock.set(T0 + 30 * SECOND)
        post(house, 1)
        assert claimed(house) == ()
        house.clock.set(T0 + 49 * SECOND)
        assert claimed(house) == ()
        house.clock.set(T0 + 50 * SECOND)
        (digest,) = claimed(house)
        assert (digest.page, inside(digest), told(digest)) == ("d2-1", ["2-1", "3-1"], [2, 3])
        assert house.answer(digest)
        assert set(column(house, "state").values()) == {"delivered"}
        assert answers(house, "3-1") == [(1, "delivered", "200 OK")]
        assert house.kinds(3)[-1] == "delivered", "each incident is told"

    def test_one_that_is_late_takes_all_that_waits(self, house: House, monkeypatch: pytest.MonkeyPatch) -> None:
        """Claims that have fallen behind must not make a message each of the few pages that they look at."""
        monkeypatch.setattr(claiming, "AT_ONCE", 2)
        monkeypatch.setattr(claiming, "ROUNDS", 1)
        limited(house, "1/5m")
        post(house, 6)
        post(house, 1, Severity.CRITICAL)
        house.clock.set(T0 + 50 * SECOND)
        assert ids(claimed(house)) == ["7-1"], "the first page of a critical incident goes alone"
        (digest,) = claimed(house)
        assert inside(digest) == ["1-1", "2-1", "3-1", "4-1", "5-1", "6-1"]

    def test_the_window_slides_and_a_digest_counts_as_one(self, house: House) -> None:
        limited(house, "2/1m")
        post(house, 4)
        for job in claimed(house):
            house.answer(job)
        house.clock.set(T0 + 50 * SECOND)
        (digest,) = claimed(house)
        house.answer(digest)
        house.clock.set(T0 + 60 * SECOND)
        post(house, 2)
        assert ids(claimed(house)) == ["5-1"], "the digest of ten seconds ago is the other"

    def test_it_waits_for_a_provider_at_rest_and_keeps_nobody_else_waiting(self, house: House) -> None:
        limited(house, "1/5m")
        post(house, 2)
        (single,) = claimed(house)
        house.answer(single)
        house.clock.set(T0 + 50 * SECOND)
        with house.store.write() as conn:
            digests.rest(conn, single.provider, T0 + minutes(2), "429 Too Many Requests")
        house.post(key=None, title="slow", integration="other")
        (other,) = claimed(house, limit=1)
        assert other.page == "3-1"
        house.answer(other)
        assert claimed(house) == ()
        house.clock.set(T0 + minutes(2))
        (digest,) = claimed(house)
        assert inside(digest) == ["2-1"]

    def test_one_whose_provider_rests_keeps_no_other_digest_waiting(self, house: House) -> None:
        with house.store.write() as conn:
            conn.execute(update(contact_methods).values(limit_text="1/5m"))
        for integration, severity in (("monitor", Severity.HIGH), ("other", Severity.LOW)):
            for _ in range(2):
                house.post(key=None, integration=integration, severity=severity)
        first, second = claimed(house)
        house.answer(first)
        house.answer(second)
        with house.store.write() as conn:
            digests.rest(conn, first.provider, T0 + minutes(2), "429 Too Many Requests")
        house.clock.set(T0 + 50 * SECOND)
        (digest,) = claimed(house, limit=1)
        assert inside(digest) == ["4-1"], "the other one, be it the less severe"

    def test_the_first_page_of_a_critical_incident_never_waits(self, house: House) -> None:
        limited(house, "1/5m")
        post(house, 1)
        claimed(house)
        post(house, 2, Severity.CRITICAL)
        assert ids(claimed(house)) == ["2-1", "3-1"]

    def test_its_reminder_does(self, house: House) -> None:
        limited(house, "1/1h")
        post(house, 1, Severity.CRITICAL)
        for job in claimed(house):
            house.answer(job)
        house.pass_to(10)
        assert claimed(house) == ()
        assert column(house, "state")["1-2"] == "bundled"

    def test_an_acknowledgement_takes_a_page_out_of_its_digest(self, house: House) -> None:
        limited(house, "1/5m")
        post(house, 3)
        claimed(house)
        acknowledge(house.as_user("ana"), 2)
        house.clock.set(T0 + 50 * SECOND)
        digest = next(job for job in claimed(house) if job.page == "d2-1")
        assert inside(digest) == ["3-1"]

    def test_without_a_limit_nothing_is_bundled(self, house: House) -> None:
        post(house, 5)
        assert len(claimed(house)) == 5


class TestAtLeastOnce:
    """A digest is repeated under its id after a crash, and tried again after a refusal to take it now."""

    def test_a_crash_between_send_and_bookkeeping_repeats_it_under_its_id(self, house: House) -> None:
        digest = self.digest_of_two(house)
        pass_lease(house)
        again = next(job for job in claimed(house, worker="w2") if job.page == "d2-1")
        assert (inside(again), again.facts.possible_repeat) == (inside(digest), True)
        assert not house.answer(digest), "the lease is the other worker's"
        assert house.answer(again, worker="w2")
        assert [answers(house, page)[-1] for page in ("2-1", "3-1")] == [(2, "delivered", "200 OK")] * 2

    def test_a_retry_keeps_its_id_and_nothing_joins_it(self, house: House) -> None:
        digest = self.digest_of_two(house)
        house.answer(digest, LATER)
        post(house, 1)
        claimed(house)
        assert column(house, "digest")["4-1"] == "d4-1"
        house.clock.move(timedelta(seconds=10))
        (again,) = claimed(house)
        assert (again.page, inside(again), again.tries) == ("d2-1", ["2-1", "3-1"], 2)

    def test_a_refusal_brings_everybodys_next_contact(self, house: House) -> None:
        digest = self.digest_of_two(house)
        house.answer(digest, SendResult(Outcome.REFUSED, "410 Gone"))
        assert ids(claimed(house)) == ["2-2", "3-2"]
        assert column(house, "contact")["3-2"] == "mail"

    def test_a_digest_that_kills_its_worker_twice_is_taken_apart(self, house: House) -> None:
        self.digest_of_two(house)
        pass_lease(house)
        claimed(house, worker="w2")
        pass_lease(house)
        taken = claimed(house, worker="w3")
        assert "d2-1" not in ids(taken)
        assert column(house, "digest")["2-1"] is None
        assert ids(taken)[:1] == ["2-1"], "one at a time: the one to blame is found"
        assert "3-1" not in ids(taken)

    def digest_of_two(self, house: House) -> Job:
        limited(house, "1/5m")
        post(house, 3)
        (single,) = claimed(house)
        house.answer(single)
        house.clock.set(T0 + 50 * SECOND)
        (digest,) = claimed(house)
        assert digest.page == "d2-1"
        return digest


class TestAfterAnOutage:
    """What could not go out for long is one message a person; nothing that is over is paged."""

    def test_stale_pages_become_one_digest_the_worst_first(self, house: House) -> None:
        post(house, 2, Severity.MEDIUM)
        post(house, 1, Severity.HIGH)
        house.post(key="for bo", integration="other")
        house.clock.set(T0 + minutes(30))
        jobs = claimed(house)
        assert sorted(ids(jobs)) == ["4-1", "d3-1"]
        digest = next(job for job in jobs if job.page == "d3-1")
        assert told(digest) == [3, 1, 2]
        house.answer(digest)
        states = column(house, "state")
        assert [states[f"{number}-1"] for number in (1, 2, 3, 4)] == ["delivered", "delivered", "delivered", "sending"]

    def test_critical_incidents_are_still_told_one_by_one(self, house: House) -> None:
        post(house, 2, Severity.CRITICAL)
        post(house, 3)
        house.clock.set(T0 + minutes(30))
        assert sorted(ids(claimed(house))) == ["1-1", "2-1", "d3-1"]

    def test_but_no_flood_of_them(self, house: House) -> None:
        post(house, 20, Severity.CRITICAL)
        house.clock.set(T0 + minutes(30))
        jobs = claimed(house)
        assert sorted(ids(jobs)) == ["1-1", "2-1", "3-1", "4-1", "5-1", "d6-1"]

    def test_which_are_first_is_looked_up_by_their_incidents_however_many_wait(self, house: House) -> None:
        """Fifty thousand critical pages of one contact took PostgreSQL minutes, and a statement has 15 seconds."""
        many = 300
        event = Event(action=Action.TRIGGER, dedup_key="", title="5xx", severity=Severity.CRITICAL)
        posts = [Posted("monitor", (replace(event, dedup_key=f"k{number}"),), "{}") for number in range(many)]
        with house.store.write() as conn:
            take_all(conn, house.directory.world(conn), posts, house.clock.now())
            rank = Severity.CRITICAL.rank
            assert len(digests.to_contact(conn, 1, T0, T0, least_rank=rank)) == many
            given = {"contact": 1, "now": T0, "before": T0, "least_rank": rank}
            sql = str(digests._TO_CONTACT.params(given).compile(conn, compile_kwargs={"literal_binds": True}))
            if house.store.dialect == "sqlite":
                steps = [row[3] for row in conn.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}")]
                assert any("pages_1 USING INDEX ix_pages_number" in step for step in steps), steps
                return
            (plan,) = conn.exec_driver_sql(f"EXPLAIN (ANALYZE, FORMAT JSON) {sql}").scalar_one()
        assert rows_read(plan["Plan"]) < 20 * many

    def test_several_pages_of_one_incident_are_told_once(self, house: House) -> None:
        post(house, 2)
        house.pass_to(20)
        house.clock.set(T0 + minutes(30))
        (digest,) = claimed(house)
        assert inside(digest) == ["1-1", "2-1", "1-2", "2-2", "1-3", "2-3"]
        assert told(digest) == [1, 2]

    def test_nothing_that_is_over_is_paged(self, house: House) -> None:
        post(house, 3)
        resolve(house.as_user("ana"), 1)
        acknowledge(house.as_user("ana"), 2)
        house.clock.set(T0 + minutes(30))
        assert ids(claimed(house)) == ["3-1"]

    def test_a_single_stale_page_goes_as_it_is(self, house: House) -> None:
        post(house, 1)
        house.clock.set(T0 + minutes(9))
        assert ids(claimed(house)) == ["1-1"]


def test_a_digest_tells_what_how_many_and_how_to_take_them(house: House) -> None:
    limited(house, "1/5m")
    post(house, 3)
    claimed(house)
    house.clock.set(T0 + 50 * SECOND)
    digest = next(job for job in claimed(house) if job.page == "d2-1")
    assert isinstance(digest.facts, DigestFacts)
    message = digest_text(digest.facts)
    assert message.title == "[DIGEST] 2 incidents: 2 high"
    assert message.body.splitlines() == [
        "2 pages in one message: more than this contact's limit.",
        "",
        "#2 high checkout: disk 1 full",
        "  triggered, since Sun 1 Mar 03:00 UTC (just now)",
        "#3 high checkout: disk 2 full",
        "  triggered, since Sun 1 Mar 03:00 UTC (just now)",
        "",
        "Acknowledge: oncall ack 2 3",
        "Page d2-1",
    ]
    assert (message.page_id, message.urgent) == ("d2-1", True)


def test_a_page_tells_its_digest_and_that_its_contact_is_not_verified(house: House) -> None:
    limited(house, "1/5m")
    post(house, 3)
    claimed(house)
    with house.store.write() as conn:
        conn.execute(update(contact_methods).where(contact_methods.c.id == 1).values(verified_at=None))
    (page,) = detail(house.session, 3).pages
    assert (page.state, page.digest, page.bundled) == ("bundled", "d2-1", ("2-1", "3-1"))
    assert page.marks == ("in digest d2-1 of 2", "not verified")
    shape = page_shape(page)
    assert (shape["digest"], shape["verified"]) == ({"id": "d2-1", "pages": ["2-1", "3-1"]}, False)
    assert "digest" not in page_shape(detail(house.session, 1).pages[0])


def test_workers_that_claim_at_once_keep_one_limit_and_one_digest(house: House) -> None:
    limited(house, "5/5m")
    post(house, 40)

    def claim_all(worker: str) -> list[str]:
        taken: list[str] = []
        for _ in range(60):
            taken += ids(claimed(house, limit=4, worker=worker))
            if "pending" not in column(house, "state").values():
                return taken
        raise AssertionError(f"{worker} never came to an end: {column(house, 'state')}")

    with ThreadPoolExecutor(4) as pool:
        alone = [page for taken in pool.map(claim_all, ("w1", "w2", "w3", "w4")) for page in taken]
    assert len(alone) == len(set(alone)) == 5
    assert len({digest for digest in column(house, "digest").values() if digest}) == 1


def test_what_has_raised_is_bundled_no_more(house: House) -> None:
    """Else a digest that is taken apart would be put together again, for ever."""
    limited(house, "1/5m")
    post(house, 3)
    with house.store.write() as conn:
        conn.execute(update(pages).values(faults=2))
    house.clock.set(T0 + minutes(30))
    assert ids(claimed(house)) == ["1-1"], "one at a time"
    assert set(column(house, "digest").values()) == {None}
