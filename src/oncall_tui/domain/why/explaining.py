"""Why somebody was paged, or was not: from what the timeline and the outbox kept, and from the world as it is.

What was kept is told as it was, dated. What is concluded from the directory is said to be so "as it stands now": a
schedule or a team may have been another then.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from oncall_tui.domain.directory.policies import Assign, Policy, Step, TargetKind
from oncall_tui.domain.incident.moves.reaching import audience
from oncall_tui.domain.incident.state import Incident, Run, State
from oncall_tui.domain.schedules import BrokenSchedule, on_call, taken_off_by
from oncall_tui.domain.severity import Urgency
from oncall_tui.domain.time.durations import format_duration
from oncall_tui.domain.why.fates import fate
from oncall_tui.domain.why.kept import EntryKept, PageKept, Reason, Story, Verdict
from oncall_tui.domain.why.placing import GONE, place_of, placed
from oncall_tui.domain.world import World

MUTE, OFF_DUTY = "mute", "off duty"
_ENDS = ("acknowledged", "snoozed", "reassigned", "resolved", "exhausted", "unacknowledged", "undone")


def explain(incident: Incident, world: World, story: Story, username: str, now: datetime) -> Verdict:
    """Why a person was, or was not, paged for an incident."""
    story = placed(incident, story)
    own = [page for page in story.pages if page.user == username]
    reasons = [
        *(_of_page(page, incident, world) for page in own),
        *_led_here(story, own),
        *_quiet(story, own),
        *(reason for index in range(len(incident.runs)) for reason in _of_run(incident, world, story, username, index)),
        *_held_back(story, username),
        *_waiting(incident, username),
        *_contacts(world, username, now),
        *_grouped(story),
        *_ends(incident, story),
    ]
    told = dict.fromkeys(sorted(reasons, key=lambda reason: reason.at))
    return Verdict(username, len(own), tuple(told))


def channels_told(incident: Incident, story: Story) -> tuple[Reason, ...]:
    """Which channels were paged for an incident, and why, in order of time. They are nobody's."""
    return tuple(
        Reason(page.at, f"{page.contact} was paged: {page.because} ({place_of(page, incident)}): {fate(page)}")
        for page in sorted(placed(incident, story).pages, key=lambda page: page.at)
        if page.user is None
    )


def concerned(incident: Incident, world: World, story: Story, now: datetime) -> tuple[str, ...]:
    """Everybody who was paged, and everybody whom the steps lead to as things stand now."""
    names = dict.fromkeys(page.user for page in story.pages if page.user is not None)
    for run in incident.runs:
        for step in run.policy.steps:
            names.update(dict.fromkeys(audience(step.targets, run.policy, world, now).users))
    return tuple(names)


def _led_here(story: Story, own: Sequence[PageKept]) -> Iterator[Reason]:
    """Why the escalation came to where the person was paged: nobody answered, or somebody wanted it so."""
    paged_at = {page.at for page in own}
    for entry in story.entries:
        if entry.kind == "escalated" and entry.at in paged_at:
            yield Reason(entry.at, _said(entry))


def _said(entry: EntryKept) -> str:
    """A line of the timeline, with who is behind it."""
    return entry.text if entry.by is None else f"{entry.by}: {entry.text}"


def _of_page(page: PageKept, incident: Incident, world: World) -> Reason:
    text = f"{page.user} was paged by {page.contact}: {page.because} ({place_of(page, incident)}): {fate(page)}"
    return Reason(page.at, text + _duty(page, world) + _several(page, incident, world))


def _duty(page: PageKept, world: World) -> str:
    """Why the person was on call, when a schedule led to them."""
    _, _, through = page.because.partition("schedule ")
    schedule = world.schedules.get(through.removesuffix(", in turn"))
    if schedule is None:
        return ""
    try:
        stints = [one for one in on_call(schedule, page.at) if one.user == page.user]
    except BrokenSchedule:
        return ""
    if not stints:
        return f"; {schedule.name} has been changed since: they were not on call then as it stands now"
    return f"; on call in {schedule.name}: {', '.join(stints[0].because)}"


def _several(page: PageKept, incident: Incident, world: World) -> str:
    """That several targets of the step led to the person, who was reached once."""
    if page.run == GONE or not 0 < page.step <= len(incident.runs[page.run].policy.steps):
        return ""
    policy = incident.runs[page.run].policy
    targets = policy.steps[page.step - 1].targets
    leading = [str(one) for one in targets if page.user in audience([one], policy, world, page.at).users]
    return f"; {', '.join(leading)} lead to them: once is enough" if len(leading) > 1 else ""


def _quiet(story: Story, own: Sequence[PageKept]) -> Iterator[Reason]:
    """What kept everybody from being paged at first."""
    first = min((page.at for page in own), default=None)
    for entry in story.entries:
        if entry.kind in ("held", "silent", "waiting", "urgency") and (first is None or entry.at <= first):
            yield Reason(entry.at, entry.text)


def _of_run(incident: Incident, world: World, story: Story, username: str, index: int) -> Iterator[Reason]:
    run = incident.runs[index]
    elsewhere = [page for page in story.pages if page.user == username and page.run not in (index, GONE)]
    named = False
    for number, step in enumerate(run.policy.steps, 1):
        there = [page for page in story.pages if (page.run, page.step) == (index, number)]
        if any(page.user == username for page in there):
            named = True
            continue
        began = min((page.at for page in there), default=None)
        leads = _leads(step, run.policy, world, username, began or incident.opened_at)
        named = named or leads is not None
        if leads is not None and leads not in (MUTE, OFF_DUTY) and elsewhere:
            text = f"step {number} of policy {run.policy.name} leads to {username}, too: nobody is paged twice for one"
            yield Reason(began or elsewhere[0].at, text)
        elif began is not None:
            whom = ", ".join(dict.fromkeys(page.user or page.contact for page in there))
            why = _why_not_in(step, leads, username, incident, world, began)
            yield Reason(began, f"step {number} of policy {run.policy.name} began and paged {whom}: {why}")
        elif leads is not None:
            yield from _not_reached(incident, run, number, story, username)
    if not named:
        yield Reason(incident.opened_at, f"no step of policy {run.policy.name} leads to {username}")


def _leads(step: Step, policy: Policy, world: World, username: str, at: datetime) -> str | None:
    """Through which target a step leads to a person at an instant, as things stand now; None when it does not."""
    found = audience(step.targets, policy, world, at)
    if username in found.users:
        return found.users[username]
    if f"{username} has no enabled contact method" in found.nowhere:
        return MUTE
    schedules = [t.name for t in step.targets if t.name in world.schedules and t.kind is TargetKind.SCHEDULE]
    return OFF_DUTY if any(_turns_up(world, name, username) for name in schedules) else None


def _took_over(step: Step, world: World, username: str, at: datetime) -> Iterator[str]:
    """What else than the layers kept a person from being on call in a step's schedules."""
    for target in step.targets:
        schedule = world.schedules.get(target.name) if target.kind is TargetKind.SCHEDULE else None
        said = taken_off_by(schedule, username, at) if schedule is not None else None
        if said is not None:
            yield f"{target.name}: {said}"


def _turns_up(world: World, schedule: str, username: str) -> bool:
    """Whether a person stands in a schedule at all."""
    known = world.schedules[schedule]
    slots = (slot for layer in known.layers if layer.rotation is not None for slot in layer.rotation.slots)
    people = {user for slot in slots for user in slot}
    people.update(shift.user for layer in known.layers for shift in layer.shifts)
    people.update(user for override in known.overrides for user in override.puts_on)
    return username in people


def _why_not_in(step: Step, leads: str | None, username: str, incident: Incident, world: World, began: datetime) -> str:
    """Why a step that paged others did not page this person."""
    names = ", ".join(str(target) for target in step.targets)
    match leads:
        case None:
            return f"{names}: nothing of it leads to {username}"
        case "mute":
            return f"{username} has no enabled contact method, as it stands now"
        case "off duty":
            off = f"{username} was not on call in {names} then, as it stands now"
            return off + "".join(f"; {said}" for said in _took_over(step, world, username, began))
    if step.assign is Assign.ROUND_ROBIN:
        return f"the step goes round, and it was not {username}'s turn"
    first = min((rule.delay for rule in world.users[username].plan(incident.urgency)), default=timedelta(0))
    if first:
        return f"{username}'s first notification rule waits {format_duration(first)}, and was not needed any more"
    return f"{username} is a target of it as it stands now, and was not then"


def _not_reached(incident: Incident, run: Run, number: int, story: Story, username: str) -> Iterator[Reason]:
    """Why a step that leads to this person has paged nobody."""
    for entry in story.entries:
        if entry.kind == "passed_over" and entry.text.startswith(f"step {number} passed over"):
            yield Reason(entry.at, entry.text)
            return
    head = f"step {number} of policy {run.policy.name}, which leads to {username}, has paged nobody"
    if incident.state is State.RESOLVED and incident.resolved_at is not None:
        yield Reason(incident.resolved_at, f"{head}: resolved by {incident.resolved_by} before ({incident.resolution})")
    elif incident.acknowledged_at is not None:
        by = incident.acknowledged_by
        yield Reason(incident.acknowledged_at, f"{head}: {by} acknowledged before, which stops the escalation")
    elif incident.urgency is Urgency.LOW:
        yield Reason(incident.opened_at, f"{head}: urgency is low, which notifies once and does not escalate")
    elif run.step_due_at is not None:
        yield Reason(run.step_due_at, f"{head} yet: step {run.step} is current until then")
    else:
        yield Reason(incident.opened_at, f"{head} yet")


def _held_back(story: Story, username: str) -> Iterator[Reason]:
    """What the timeline kept about this person by name."""
    for entry in story.entries:
        if entry.kind in ("skipped", "passed_over", "reassigned", "refused") and username in _words(entry):
            yield Reason(entry.at, _said(entry))


def _words(entry: EntryKept) -> set[str]:
    return {word.strip(",;:.") for word in entry.text.split()} | ({entry.by} if entry.by is not None else set())


def _waiting(incident: Incident, username: str) -> Iterator[Reason]:
    for rule in incident.pending:
        if rule.user == username:
            yield Reason(rule.due_at, f"{username}'s notification rule for {rule.contact} is due then")


def _contacts(world: World, username: str, now: datetime) -> Iterator[Reason]:
    user = world.users.get(username)
    if user is None:
        yield Reason(now, f"there is no user {username} any more")
        return
    if not user.contacts:
        yield Reason(now, f"{username} has no contact method")
    for contact in user.contacts:
        if not contact.enabled:
            yield Reason(now, f"{username}'s contact {contact.name} is disabled: it is not used")


def _grouped(story: Story) -> Iterator[Reason]:
    for entry in story.entries:
        if entry.kind == "joined":
            yield Reason(entry.at, f"a new alert joined ({entry.text}): on an open incident that pages nobody")


def _ends(incident: Incident, story: Story) -> Iterator[Reason]:
    """What ended the paging, for everybody."""
    for entry in story.entries:
        if entry.kind in _ENDS:
            yield Reason(entry.at, _said(entry))
    if incident.silent_until is not None and incident.state is State.TRIGGERED:
        yield Reason(incident.silent_until, "its maintenance ends then, and step 1 begins if it is still open")
