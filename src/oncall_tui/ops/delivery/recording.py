"""Write down what a provider answered, and what follows from it, while the lease is ours."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from oncall_tui.domain.delivery.retrying import LONGEST_ASKED, next_try
from oncall_tui.domain.incident import Incident
from oncall_tui.domain.incident.causes import PageResult
from oncall_tui.domain.world import World
from oncall_tui.notify.outcome import Outcome
from oncall_tui.ops.delivery.giving_up import ALONE_FROM, TRIES_THAT_RAISED
from oncall_tui.ops.delivery.jobs import Answer, Job, Leased
from oncall_tui.ops.delivery.telling import note_fault, tell_admins
from oncall_tui.ops.directory import Directory
from oncall_tui.ops.incidents import keeping
from oncall_tui.ops.incidents.writing import Kept
from oncall_tui.storage.drivers.direct import in_one_go
from oncall_tui.storage.statements.delivery import digests, leasing, marking, outbox

TELL_AFTER_TRIES = 4
"""Half a minute of trying in vain: from then on admins are told that a provider fails."""


def record(
    conn: Connection, directory: Directory, answers: Sequence[Answer], *, worker: str, now: datetime
) -> list[bool]:
    """Write down attempts and what follows from them; of each answer, whether the lease was ours.

    What follows from them follows at `now`: an answer may have waited for the database, and whatever else has fallen
    due for its incident meanwhile is not to be dated back.
    Without the lease only the attempt is kept: another worker speaks for the page now. Raises what the engine raises
    for any of them; nothing may be kept of the transaction then.
    """
    ours = [False] * len(answers)
    parts = sorted(
        ((place, answer, page) for place, answer in enumerate(answers) for page in answer.pages),
        key=lambda part: part[2].number,
    )
    for part in _written_before(conn, parts):
        parts.remove(part)
        ours[part[0]] = True
    with in_one_go(conn):
        marking.add_attempts(conn, [_attempt(page, answer, worker) for _, answer, page in parts])
        # The incidents first, then the pages, as every act does it: else the two could wait for each other.
        loaded = keeping.load_all(conn, (page.number for _, _, page in parts))
        sent = marking.hold(conn, {page.page for _, _, page in parts})
        world_now = directory.asked(conn)
    world = world_now()
    known = loaded()
    tokens = {row.id: row.lease_token for row in sent()}
    causes: list[tuple[Kept, PageResult, datetime]] = []
    delivered: dict[str, tuple[str, datetime]] = {}
    for place, answer, page in parts:
        if tokens.get(page.page) != answer.job.token:
            marking.exonerate(conn, page.page)
            continue
        ours[place] = True
        kept = known[page.number]
        fate = _fate(conn, answer, page, over=_is_over(kept.incident, page))
        if fate.delivered:
            delivered[page.page] = answer.job.token, answer.ended_at
        else:
            marking.finish(conn, page.page, answer.job.token, **fate.values)
        cause = replace(
            page.place,
            delivered=fate.delivered,
            final=fate.final,
            answer=fate.answer,
            took=answer.ended_at - answer.started_at,
            retry_in=fate.wait,
        )
        causes.append((kept, cause, max(now, answer.ended_at)))
    held = [answer for answer, is_ours in zip(answers, ours, strict=True) if is_ours]
    with in_one_go(conn):
        marking.delivered(conn, delivered)
        marking.note_contacts(conn, _heard_of_contacts(held))
    keeping.step_all(conn, causes, world, via="engine")
    _note_providers(conn, world, held)
    return ours


def _is_over(incident: Incident, page: Leased) -> bool:
    """Whether the incident was taken from whom the page is for while it was under way: it is not tried again then.

    Told by the incident itself, not by instants: whoever took it may have done so on a host whose clock is behind.
    """
    return all(sent.seq != page.place.seq for sent in incident.sent)


_Part = tuple[int, Answer, Leased]


def _written_before(conn: Connection, parts: Sequence[_Part]) -> list[_Part]:
    """Those of the answers handed in again that were written although the answer to that COMMIT was lost."""
    doubtful = [part for part in parts if part[1].again]
    if not doubtful:
        return []
    known = marking.tried(conn, {page.page for _, _, page in doubtful})
    return [part for part in doubtful if (part[2].page, part[2].tries, part[1].started_at) in known]


def record_apart(conn: Connection, answer: Answer, page: Leased, *, worker: str, error: str) -> bool:
    """Write down an attempt whose incident the engine fails on: what was delivered must not be sent again and again."""
    result, ended_at = answer.result, answer.ended_at
    if _written_before(conn, [(0, answer, page)]):
        return True
    marking.add_attempts(conn, [_attempt(page, answer, worker)])
    if result.outcome is Outcome.DELIVERED:
        values: dict[str, Any] = {"state": outbox.DELIVERED, "finished_at": ended_at}
        told = f"page {page.page} was delivered"
    elif result.outcome is Outcome.REFUSED or page.faults + 1 >= TRIES_THAT_RAISED:
        values = {"state": outbox.QUARANTINED, "finished_at": ended_at, "faults": page.faults + 1}
        told = f"page {page.page} was set aside: {result.answer}"
    else:
        again = ended_at + (next_try(page.tries, timedelta(0), 0.5, result.retry_after) or timedelta(0))
        values = {"state": outbox.PENDING, "due_at": again, "faults": page.faults + 1}
        told = f"page {page.page}: {result.answer}"
    if not marking.finish(conn, page.page, answer.job.token, **values):
        return False
    note_fault(conn, page.number, ended_at, f"{told}; the engine failed on it: {error}")
    return True


class _Fate:
    """What becomes of one page after an attempt."""

    __slots__ = ("answer", "delivered", "final", "values", "wait")

    def __init__(
        self, values: Mapping[str, Any], answer: str, *, delivered: bool = False, wait: timedelta | None = None
    ) -> None:
        self.values = values
        self.answer = answer
        self.delivered = delivered
        self.wait = wait
        self.final = not delivered and wait is None


def _fate(conn: Connection, answer: Answer, page: Leased, *, over: bool) -> _Fate:
    job, result, now, fault = answer.job, answer.result, answer.ended_at, answer.fault
    if result.outcome is Outcome.DELIVERED:
        return _Fate({"state": outbox.DELIVERED, "finished_at": now}, result.answer, delivered=True)
    faults = page.faults + fault
    if faults >= TRIES_THAT_RAISED:
        values = {"state": outbox.QUARANTINED, "finished_at": now, "faults": faults}
        return _Fate(values, f"set aside after {faults} tries that failed here: {result.answer}")
    wait = None
    if result.outcome is not Outcome.REFUSED:
        # Counted from the first try: a page that could not be tried during an outage still has its hour.
        since = max(page.created_at, marking.first_try_at(conn, page.page) or page.created_at)
        wait = next_try(page.tries, now - since, answer.jitter, result.retry_after)
    if wait is None:
        return _Fate({"state": outbox.FAILED, "finished_at": now, "faults": faults}, result.answer)
    if over:
        return _Fate({"state": outbox.CANCELLED, "finished_at": now}, result.answer)
    values = {"state": outbox.PENDING, "due_at": now + wait, "faults": faults}
    if result.outcome is Outcome.UNKNOWN:
        values["possible_repeat"] = True
    if fault and faults >= ALONE_FROM and job.page != page.page:
        values["digest"] = None  # whichever of its pages is to blame, the others go out without it
    return _Fate(values, result.answer, wait=wait)


def _attempt(page: Leased, answer: Answer, worker: str) -> dict[str, Any]:
    return {
        "page_id": page.page,
        "n": page.tries,
        "started_at": answer.started_at,
        "ended_at": answer.ended_at,
        "outcome": answer.result.outcome.value,
        "answer": answer.result.answer,
        "worker": worker,
    }


def _heard_of_contacts(answers: Iterable[Answer]) -> dict[int, marking.Noted]:
    """What answers tell of contacts, beside the pages."""
    noted: dict[int, marking.Noted] = {}
    for answer in sorted(answers, key=lambda one: one.ended_at):
        contact, result = answer.job.contact_id, answer.result
        if contact is not None:
            delivered = result.outcome is Outcome.DELIVERED
            known = noted.get(contact, marking.Noted())
            noted[contact] = known.then(answer.ended_at, delivered=delivered, answer=result.answer)
    return noted


def _note_providers(conn: Connection, world: World, answers: Iterable[Answer]) -> None:
    """What failures tell of providers, beside the pages."""
    for answer in sorted(answers, key=lambda one: one.ended_at):
        job, result = answer.job, answer.result
        if job.provider and result.outcome is Outcome.RETRY_LATER and result.retry_after:
            until = answer.ended_at + min(result.retry_after, LONGEST_ASKED)
            digests.rest(conn, job.provider, until, result.answer)
        if not answer.fault and result.outcome is not Outcome.DELIVERED and job.tries >= TELL_AFTER_TRIES:
            tell_admins(conn, world, job, result, answer.ended_at)


def renew(conn: Connection, jobs: Sequence[Job], until: datetime) -> int:
    """Hold the leases of jobs in flight longer; how many pages are still ours."""
    return leasing.renew(conn, [job.token for job in jobs], until)
