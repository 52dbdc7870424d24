"""What a responder does: acknowledge, escalate, resolve, open: one transaction each."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection

from oncall_tui.domain.errors import Invalid, InvalidMany, OncallError, Unknown
from oncall_tui.domain.events import DESCRIPTION_LIMIT, KEY_LIMIT, Action, Event, cut
from oncall_tui.domain.incident import Incident
from oncall_tui.domain.incident.causes import Acknowledge, Act, Edit, Escalate, Note, Reassign, Resolve, Snooze, Undo
from oncall_tui.domain.intake.grouping import Verdict
from oncall_tui.domain.severity import Severity
from oncall_tui.ops.incidents import keeping
from oncall_tui.ops.incidents.acting import Done, acting
from oncall_tui.ops.intake.events import Taken, take_by_hand
from oncall_tui.ops.session import Session
from oncall_tui.storage.statements.incident.undoing import newer_with_its_key


@dataclass(frozen=True, slots=True)
class Undone:
    """An act of several that was refused, and why."""

    number: int
    error: OncallError


def acknowledge(session: Session, number: int, *, version: int | None = None, take_over: bool = False) -> Done:
    """Take an incident: its paging stops. Raises LostRace, naming who has it, unless `take_over` is said."""
    return _act(session, number, lambda by, _: Acknowledge(by=by, version=version, take_over=take_over), "acknowledged")


def acknowledge_all(session: Session, numbers: Sequence[int]) -> tuple[tuple[Done, ...], tuple[Undone, ...]]:
    """Take each of the incidents, each in its own transaction; those that were refused are told apart."""
    done, undone = [], []
    for number in numbers:
        try:
            done.append(acknowledge(session, number))
        except OncallError as error:
            undone.append(Undone(number, error))
    return tuple(done), tuple(undone)


def resolve(session: Session, number: int, *, reason: str = "fixed", version: int | None = None) -> Done:
    """End an incident for a reason: fixed, cancelled, false alarm, duplicate or merged."""
    return _act(
        session,
        number,
        lambda by, _: Resolve(by=by, reason=reason, version=version),
        f"resolved: {reason}",
        ends=True,
    )


def escalate(session: Session, number: int, *, version: int | None = None) -> Done:
    """Page the next step now. Raises LostRace when the incident is not at the version seen any more.

    Without a version (a command line names none) the one that stands at this instant counts as seen.
    """
    return _act(
        session,
        number,
        lambda by, incident: Escalate(by=by, version=incident.version if version is None else version),
        "escalated",
    )


def reassign(
    session: Session, number: int, *, user: str | None = None, policy: str | None = None, version: int | None = None
) -> Done:
    """Hand an incident to a person, who is paged now, or to a policy, which begins at step 1."""
    return _act(
        session,
        number,
        lambda by, incident: Reassign(
            by=by, version=incident.version if version is None else version, user=user, policy=policy
        ),
        f"reassigned to {user or policy}",
    )


def snooze(
    session: Session,
    number: int,
    *,
    span: timedelta | None = None,
    until: datetime | None = None,
    take_over: bool = False,
) -> Done:
    """Take an incident until a time, or for a span of a week at most; then it is triggered again."""
    end = until if until is not None else session.now() + (timedelta(hours=1) if span is None else span)
    return _act(session, number, lambda by, _: Snooze(by=by, until=end, take_over=take_over), "snoozed")


def undo(session: Session, number: int, *, version: int | None = None) -> Done:
    """Take one's own last act on an incident back, within 60 s. Raises Refused or LostRace with the reason.

    Of a resolve it is the only reopening; of an escalation it works while its page is unsent.
    """

    def work(conn: Connection) -> tuple[Incident, str]:
        keeping.lock_senders(conn, [number])
        newer = newer_with_its_key(conn, number)
        last = keeping.load(conn, number).incident.undo
        incident = apply_act(
            conn,
            session,
            number,
            lambda by, seen: Undo(by=by, version=seen.version if version is None else version, newer=newer),
        )
        return incident, last.act if last is not None else "act"

    incident, word = acting(session, number, work)
    return Done(number, incident.state.value, incident.version, f"#{number} {word} undone: {incident.state.value}")


def edit(
    session: Session,
    number: int,
    *,
    title: str | None = None,
    description: str | None = None,
    severity: Severity | None = None,
    labels: Mapping[str, str | None] | None = None,
) -> Done:
    """Correct what an incident says, also after its end; None leaves a field alone, a label of None goes away."""
    return _act(
        session,
        number,
        lambda by, _: Edit(by=by, title=title, description=description, severity=severity, labels=labels or {}),
        "edited",
    )


def note(session: Session, number: int, text: str) -> Done:
    """Write something down on an incident, also on a resolved one."""
    return _act(session, number, lambda by, _: Note(by=by, text=text), "noted")


def trigger(
    session: Session,
    *,
    title: str,
    service: str,
    severity: Severity = Severity.HIGH,
    key: str | None = None,
    description: str = "",
) -> Done:
    """Open an incident by hand, or count on the one that is open under the same key."""
    session.actor.may_act()
    now = session.now()
    event = _event_by_hand(title, severity, key, description)
    with session.writing() as conn:
        world = session.directory.world(conn)
        if service not in world.services:
            known = ", ".join(sorted(world.services)) or "none yet: add one with 'oncall config apply'"
            raise Unknown(f"there is no service '{service}'", mend=f"services: {known}")
        who = session.actor
        taken = take_by_hand(conn, world, service, event, now, by=who.name, via=who.via, account=who.os_account)
        if taken.number is None:
            raise Unknown("nothing was opened", mend=taken.because)
        incident = keeping.load(conn, taken.number).incident
    return Done(incident.number, incident.state.value, incident.version, _opened(incident, taken))


def _opened(incident: Incident, taken: Taken) -> str:
    """What became of a trigger, in words."""
    if taken.verdict == Verdict.OPEN.value:
        who = f", with {', '.join(incident.assignees)}" if incident.assignees else ""
        return f"#{incident.number} opened{who}"
    because = f": {taken.because}" if taken.because else " under this key already: counted there"
    return f"#{incident.number} is open{because}"


def _event_by_hand(title: str, severity: Severity, key: str | None, description: str) -> Event:
    """What a person typed, as an event. A person can be asked again, so nothing is made up for them, as for senders."""
    errors: list[OncallError] = []
    words = " ".join(title.split())
    named = (key or "").strip()
    if not words:
        errors.append(Invalid("an incident needs a title", path="title", mend="say in a few words what is wrong"))
    if len(named) > KEY_LIMIT:
        errors.append(Invalid(f"a key has at most {KEY_LIMIT} characters", path="key", mend="give a shorter one"))
    if errors:
        raise InvalidMany(errors)
    return Event(
        action=Action.TRIGGER,
        dedup_key=named or None,
        title=words,
        description=cut(description.strip(), DESCRIPTION_LIMIT),
        severity=severity,
    )


def _act(
    session: Session, number: int, cause: Callable[[str, Incident], Act], text: str, *, ends: bool = False
) -> Done:
    def work(conn: Connection) -> Incident:
        if ends:
            keeping.lock_senders(conn, [number])
        return apply_act(conn, session, number, cause)

    incident = acting(session, number, work)
    return Done(number, incident.state.value, incident.version, f"#{number} {text}")


def apply_act(conn: Connection, session: Session, number: int, cause: Callable[[str, Incident], Act]) -> Incident:
    """Apply an act within the caller's transaction; the incident after it."""
    kept = keeping.load(conn, number)
    # Only now: pages made while it waited for the incident came before it, and it takes them back.
    now = session.now()
    asked = cause(session.actor.name, kept.incident)
    world = session.directory.world(conn)
    actor = session.actor
    return keeping.step(conn, kept, world, asked, now, via=actor.via, account=actor.os_account).incident
