"""What a provider's answer changes: the next contact, or the next step (RULES, Reaching a person)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from oncall_tui.domain.incident.causes import PageResult
from oncall_tui.domain.incident.draft import Draft
from oncall_tui.domain.incident.effects import PageKind
from oncall_tui.domain.incident.moves.escalation import fallback_failed, next_step, start
from oncall_tui.domain.incident.state import Pending, Phase, Place, Sent, State

AFTER_TEMPORARY_FAILURE = timedelta(seconds=60)


def take_result(draft: Draft, result: PageResult) -> None:
    """Write down the answer; go round a contact that fails, unless what it was paged for has ended since."""
    known = [page for page in draft.incident.sent if page.seq == result.seq]
    _mark(draft, result)
    _tell(draft, result)
    if result.delivered or not known or draft.incident.quiet:
        return
    if result.final:
        places = [page.place for page in known if page.place.run >= 0]
        _next_contact_now(draft, result, places)
        for place in places:
            _step_failed(draft, place)
    elif known[0].fate is Sent.OPEN:
        _next_contact_soon(draft, result)


def look_at_failures(draft: Draft) -> None:
    """Let every run go on whose pages have all failed meanwhile, while somebody had taken the incident."""
    if draft.incident.state is State.TRIGGERED and not draft.incident.quiet:
        for index, run in enumerate(draft.incident.runs):
            _step_failed(draft, Place(index, run.step, run.round))


def _mark(draft: Draft, result: PageResult) -> None:
    fate = Sent.DELIVERED if result.delivered else Sent.FAILED if result.final else Sent.RETRYING
    incident = draft.incident
    draft.put(sent=tuple(replace(p, fate=fate) if p.seq == result.seq else p for p in incident.sent))
    if incident.undo is not None:
        # Should the act be undone, the step knows what became of its pages meanwhile.
        kept = tuple(replace(p, fate=fate) if p.seq == result.seq else p for p in incident.undo.sent)
        draft.put(undo=replace(incident.undo, sent=kept))


def _tell(draft: Draft, result: PageResult) -> None:
    who = f"{result.user}, {result.contact}" if result.user else result.contact
    if result.delivered:
        draft.say("delivered", f"paged {who}: delivered in {result.took.total_seconds():.1f} s")
    elif result.final:
        draft.say("failed", f"paging {who} failed for good: {result.answer}")
    else:
        again = f", again in {result.retry_in.total_seconds():.0f} s" if result.retry_in is not None else ""
        draft.say("retry", f"paging {who}: {result.answer}{again}")


def _next_contact_now(draft: Draft, result: PageResult, places: Sequence[Place]) -> None:
    """The person's next rule comes forward; after the last, a contact outside the rules: for the same steps."""
    waiting = _waiting_of(draft, result.user)
    if waiting:
        first = min(waiting, key=lambda pending: pending.due_at)
        draft.put(pending=tuple(p for p in draft.incident.pending if p != first))
        because = f"{result.contact} failed: next rule brought forward"
        for place in (first.place, *places):
            draft.page(first.user, first.contact, place, PageKind.RULE, because)
        return
    outside = _unused_contact(draft, result)
    if outside is not None and result.user is not None:
        for place in (_place(result), *places):
            draft.page(result.user, outside, place, PageKind.RULE, f"{result.contact} failed")


def _next_contact_soon(draft: Draft, result: PageResult) -> None:
    """The next contact goes after a minute, while the retries of this one go on."""
    soon = draft.now + AFTER_TEMPORARY_FAILURE
    waiting = [pending for pending in _waiting_of(draft, result.user) if pending.contact != result.contact]
    if waiting:
        first = min(waiting, key=lambda pending: pending.due_at)
        if first.due_at > soon:
            moved = replace(first, due_at=soon)
            draft.put(pending=tuple(moved if p == first else p for p in draft.incident.pending))
        return
    outside = _unused_contact(draft, result)
    if outside is not None and result.user is not None:
        draft.wait(Pending(result.user, outside, soon, _place(result)))


def _step_failed(draft: Draft, place: Place) -> None:
    """A step whose every page failed for good, with nothing delivered, does not wait out its delay.

    Nor does an assignment; a fallback that failed so has reached nobody, and of what is told once nobody was told.
    """
    run = draft.incident.runs[place.run]
    if (run.step, run.round) != (place.step, place.round):
        return
    here = [page for page in draft.incident.sent if page.place == place]
    hopeless = bool(here) and all(page.fate is Sent.FAILED for page in here)
    if not hopeless or any(pending.place == place for pending in draft.incident.pending):
        return
    match run.phase:
        case Phase.ESCALATING:
            next_step(draft, place.run, f"every page of step {run.step} failed for good: not waiting out its delay")
        case Phase.NOTIFIED:
            next_step(draft, place.run, f"every page of step {run.step} failed for good: nobody was told")
        case Phase.ASSIGNED:
            for index in range(len(draft.incident.runs)):
                draft.say("escalated", "every page of the assignment failed for good: not waiting for an answer")
                start(draft, index)
        case Phase.EXHAUSTED:
            fallback_failed(draft, place.run)
        case _:
            pass


def _waiting_of(draft: Draft, user: str | None) -> list[Pending]:
    return [pending for pending in draft.incident.pending if pending.user == user]


def _unused_contact(draft: Draft, result: PageResult) -> str | None:
    """An enabled contact of the person that this step has not tried."""
    user = draft.world.users.get(result.user) if result.user else None
    if user is None:
        return None
    used = {page.contact for page in draft.incident.sent if page.user == user.username} | {result.contact}
    return next((contact.name for contact in user.contacts if contact.enabled and contact.name not in used), None)


def _place(result: PageResult) -> Place:
    return Place(result.run, result.step, result.round)
