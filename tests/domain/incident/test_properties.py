"""What holds whatever happens: every state has its timer, and an acknowledged incident pages only by its time-outs."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from oncall_tui.domain.directory.maintenance import MaintenanceWindow
from oncall_tui.domain.directory.people import ContactMethod, NotificationRule, User
from oncall_tui.domain.directory.policies import Assign, Policy, Step, Target, TargetKind
from oncall_tui.domain.directory.services import Service, SupportHours
from oncall_tui.domain.errors import Refused
from oncall_tui.domain.incident import Advance, Incident, Phase, State, advance
from oncall_tui.domain.incident.causes import (
    Absorb,
    Acknowledge,
    AlertJoined,
    AlertRepeated,
    AlertsResolved,
    Cause,
    Edit,
    Escalate,
    Merge,
    Opened,
    PageResult,
    Reassign,
    Resolve,
    SenderAcknowledged,
    Snooze,
    Tick,
    Undo,
)
from oncall_tui.domain.incident.effects import Page, PageKind
from oncall_tui.domain.incident.moves.reaching import audience, fallback_of
from oncall_tui.domain.incident.state import Fallback
from oncall_tui.domain.incident.timers import due_at, may_rest
from oncall_tui.domain.schedules import Restriction
from oncall_tui.domain.severity import Severity
from oncall_tui.domain.world import World
from tests.support.worlds import T0, minutes, on_call_in, person, shifts, unreachable, user, world_of

NAMES = ("ana", "bo", "cy", "mute")
SCHEDULE = shifts("primary", ("ana", T0 + minutes(20), T0 + minutes(60)), ("bo", T0 + minutes(90), T0 + minutes(300)))

SUPPORT = SupportHours("UTC", (Restriction((6,), timedelta(hours=3, minutes=25), timedelta(hours=4)),))
WINDOWS = tuple(
    MaintenanceWindow(name=name, services=("checkout",), start=T0 + minutes(start), end=T0 + minutes(end))
    for name, start, end in (("early", -5, 12), ("long", 0, 50), ("later", 40, 70))
)

targets = st.sampled_from(
    [*(user(name) for name in NAMES), user("ghost"), on_call_in("primary"), Target(TargetKind.CHANNEL, "hook", 1)]
)
steps = st.builds(
    Step,
    st.lists(targets, max_size=2).map(tuple),
    st.integers(1, 40).map(minutes),
    st.sampled_from(list(Assign)),
)
policies = st.builds(
    Policy,
    st.just("p"),
    st.lists(steps, max_size=3).map(tuple),
    st.integers(0, 2),
    st.sampled_from([None, minutes(7), minutes(10)]),
    st.lists(targets, max_size=2).map(tuple),
)


@st.composite
def people(draw: st.DrawFn) -> tuple[User, ...]:
    made = [unreachable("mute")]
    for name in NAMES[:3]:
        rules = draw(
            st.lists(
                st.builds(NotificationRule, st.sampled_from(["push", "phone"]), st.integers(0, 20).map(minutes)),
                max_size=3,
            )
        )
        made.append(replace(person(name, "push", "phone"), rules=tuple(rules)))
    return tuple(made)


@st.composite
def worlds(draw: st.DrawFn) -> World:
    service = Service(
        name="checkout",
        policy="p",
        ack_timeout=draw(st.sampled_from([None, minutes(30)])),
        hold_for=draw(st.sampled_from([minutes(0), minutes(4)])),
        support_hours=draw(st.sampled_from([None, SUPPORT])),
    )
    world = world_of(*draw(people()), policy=draw(policies), service=service, schedules=(SCHEDULE,))
    windows = draw(st.lists(st.sampled_from(WINDOWS), unique=True, max_size=2))
    return replace(world, maintenance={window.name: window for window in windows})


def make_cause(kind: str, incident: Incident, now: datetime, number: int) -> Cause:
    """One cause of a kind, aimed at the incident as it stands."""
    by = NAMES[number % 3]
    severity = list(Severity)[number % 5]
    match kind:
        case "ack":
            return Acknowledge(by=by, take_over=number % 2 == 0)
        case "escalate":
            return Escalate(by=by, version=incident.version)
        case "resolve":
            return Resolve(by=by)
        case "reassign":
            return Reassign(by=by, version=incident.version, user=NAMES[number % 4])
        case "snooze":
            return Snooze(by=by, until=now + minutes(5 + number), take_over=True)
        case "undo":
            last = incident.undo
            return Undo(by=last.by if last else by, version=incident.version, newer=7 if number % 5 == 0 else None)
        case "edit":
            return Edit(by=by, title="other", severity=severity, labels={"tier": str(number)})
        case "merge":
            return Merge(by=by, version=incident.version, into=2)
        case "absorb":
            return Absorb(by=by, number=3, title="other", severity=severity)
        case "sender_ack":
            return SenderAcknowledged("prometheus")
        case "joined":
            return AlertJoined("another", severity, "prometheus", "grouped")
        case "repeated":
            return AlertRepeated(severity)
        case "alerts_resolved":
            return AlertsResolved(("one",), number % 2, "prometheus")
        case "failed" | "delivered" | "retry":
            page = incident.sent[number % len(incident.sent)] if incident.sent else None
            return PageResult(
                seq=page.seq if page else 99,
                user=page.user if page else "ana",
                contact=page.contact if page else "push",
                run=0,
                step=page.place.step if page else 1,
                round=page.place.round if page else 1,
                delivered=kind == "delivered",
                final=kind == "failed",
                answer="no",
                took=timedelta(seconds=1),
            )
        case _:
            return Tick()


KINDS = (
    "ack", "escalate", "resolve", "reassign", "snooze", "sender_ack", "joined", "repeated", "alerts_resolved",
    "failed", "failed", "delivered", "retry", "tick", "undo", "undo", "undo", "edit", "merge", "absorb", "change",
)  # fmt: skip
happenings = st.lists(st.tuples(st.sampled_from(KINDS), st.integers(0, 40), st.integers(0, 30)), max_size=14)


def check(before: Incident, cause: Cause, done: Advance, world: World, now: datetime) -> None:
    """What must hold after every single step."""
    after = done.incident
    pages = [effect for effect in done.effects if isinstance(effect, Page)]
    assert done.next_due_at == due_at(after)
    assert done.next_due_at is not None or may_rest(after), "a state that moves by itself has a timer"
    assert done.next_due_at is None or done.next_due_at > now, "what is due is done"
    assert len({(page.user, page.contact) for page in pages}) == len(pages), "nothing is doubled"
    for page in pages:
        if page.user is not None:
            enabled = {contact.name for contact in world.users[page.user].contacts if contact.enabled}
            assert page.contact in enabled
    if after.state is State.ACKNOWLEDGED:
        urgent = all(page.kind in (PageKind.URGENT, PageKind.RULE) and page.user in after.assignees for page in pages)
        assert urgent, "acknowledged pages only its holder, when it turned urgent"
        assert all(run.phase is Phase.STOPPED for run in after.runs)
    if after.state is State.RESOLVED:
        assert not pages
        assert done.next_due_at is None
    if before.state is State.ACKNOWLEDGED and isinstance(cause, Tick) and pages:
        ended = (before.ack_ends_at, before.snoozed_until)
        own_pending = any(pending.due_at <= now for pending in before.pending)
        urgent_now = before.urgency_at is not None and before.urgency_at <= now
        assert own_pending or urgent_now or any(end is not None and end <= now for end in ended), "its time-outs only"
    if after.quiet and after.state is State.TRIGGERED:
        assert not pages, "held or in maintenance nobody is paged"
    if isinstance(cause, Tick):
        assert advance(after, world, Tick(), now).effects == (), "what is done is done once"
        check_rest(after, world, now)
    moved = isinstance(cause, Escalate | Reassign) or position(before) != position(after)
    assert after.version == before.version + moved


def check_rest(incident: Incident, world: World, now: datetime) -> None:
    """Who has reached nobody could reach nobody."""
    for run in incident.runs:
        if run.phase is Phase.WAITING:
            assert not any(audience(step.targets, run.policy, world, now) for step in run.policy.steps)
        if run.phase is Phase.EXHAUSTED and run.fallback is Fallback.UNREACHED:
            assert not audience(fallback_of(run.policy, world), run.policy, world, now)


def changed(world: World, name: str) -> World:
    """The world with this person's contacts enabled or disabled, all of them."""
    one = world.users[name]
    contacts = tuple(replace(contact, enabled=not contact.enabled) for contact in one.contacts)
    return replace(world, users={**world.users, name: replace(one, contacts=contacts or (ContactMethod("push"),))})


def position(incident: Incident) -> tuple[object, ...]:
    """What an act's version guards."""
    steps = [(run.step, run.round, run.phase is Phase.EXHAUSTED) for run in incident.runs]
    return incident.state, incident.assignees, steps


@settings(max_examples=200, deadline=None)
@given(worlds(), st.sampled_from(list(Severity)), happenings)
def test_every_state_has_its_timer_and_pages_only_when_it_may(
    world: World, severity: Severity, plan: list[tuple[str, int, int]]
) -> None:
    now = T0
    service = world.services["checkout"]
    incident = Incident(
        number=1,
        service="checkout",
        title="5xx",
        severity=severity,
        urgency=service.urgency_of(severity, now),
        opened_at=now,
    )
    done = advance(incident, world, Opened("prometheus"), now)
    check(incident, Opened("prometheus"), done, world, now)
    for kind, after_minutes, number in plan:
        until = now + minutes(after_minutes)
        while done.next_due_at is not None and done.next_due_at <= until:
            now, before = done.next_due_at, done.incident
            done = advance(before, world, Tick(), now)
            check(before, Tick(), done, world, now)
        now, before = until, done.incident
        world = changed(world, NAMES[number % 4]) if kind == "change" else world
        cause = make_cause(kind, before, now, number)
        try:
            done = advance(before, world, cause, now)
        except Refused:
            continue
        check(before, cause, done, world, now)


@settings(max_examples=100, deadline=None)
@given(worlds())
def test_unanswered_it_comes_to_rest_loudly_or_keeps_reminding(world: World) -> None:
    """Left alone for two days, every policy ends exhausted (and reminding), waiting, or on its way: never silent."""
    incident = Incident(
        number=1,
        service="checkout",
        title="5xx",
        severity=Severity.CRITICAL,
        urgency=world.services["checkout"].urgency_of(Severity.CRITICAL, T0),
        opened_at=T0,
    )
    done = advance(incident, world, Opened("prometheus"), T0)
    while done.next_due_at is not None and done.next_due_at <= T0 + timedelta(days=2):
        before = done.incident
        now = done.next_due_at
        done = advance(before, world, Tick(), now)
        was, is_ = before.runs[0], done.incident.runs[0]
        if was.phase is is_.phase is Phase.ESCALATING and was.step:
            assert (is_.round, is_.step) >= (was.round, was.step), "escalation never goes backwards"
    assert done.incident.phase in (Phase.EXHAUSTED, Phase.WAITING, Phase.ESCALATING)
