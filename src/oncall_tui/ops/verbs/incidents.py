"""The commands on incidents. Each is run for one incident, with the version that was on the screen."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from oncall_tui.domain.errors import Invalid
from oncall_tui.domain.queue.filters import VIEWS
from oncall_tui.domain.queue.ordering import Sort
from oncall_tui.domain.time.durations import parse_duration
from oncall_tui.ops.verbs.kinds import Asks, Said, Scope, Takes, Target, Verb

if TYPE_CHECKING:
    from oncall_tui.ops.incidents.acting import Done
    from oncall_tui.ops.session import Session

REASONS = ("fixed", "cancelled", "false alarm", "duplicate")
POLICY = "policy:"


def _acknowledge(session: Session, target: Target, said: Said) -> Done:  # noqa: ARG001 - nothing is said
    from oncall_tui.ops.incidents import acts

    return acts.acknowledge(session, target.number, version=target.version, take_over=target.take_over)


def _escalate(session: Session, target: Target, said: Said) -> Done:  # noqa: ARG001 - nothing is said
    from oncall_tui.ops.incidents import acts

    return acts.escalate(session, target.number, version=target.version)


def _resolve(session: Session, target: Target, said: Said) -> Done:
    from oncall_tui.ops.incidents import acts

    reason = said.text.strip().lower() or REASONS[0]
    if reason not in REASONS:
        raise Invalid(f"{reason!r} is no reason", mend=f"one of {', '.join(REASONS)}")
    return acts.resolve(session, target.number, reason=reason, version=target.version)


def _snooze(session: Session, target: Target, said: Said) -> Done:
    from oncall_tui.domain.time.walltime import wall
    from oncall_tui.domain.time.when import read_when
    from oncall_tui.ops.incidents import acts

    words = said.text.strip()
    try:
        end = said.at + parse_duration(words.removeprefix("+"))
    except Invalid:
        end = read_when(words, said.at, said.zone)
    done = acts.snooze(session, target.number, until=end, take_over=target.take_over)
    return replace(done, text=f"{done.text} until {wall(end, said.zone):%a %d %b %H:%M}")


def _assign(session: Session, target: Target, said: Said) -> Done:
    from oncall_tui.ops.incidents import acts

    whom = said.text.strip().removeprefix("@")
    if not whom:
        raise Invalid("nobody was named", mend=f"name a user, or {POLICY}NAME")
    if whom.startswith(POLICY):
        return acts.reassign(session, target.number, policy=whom.removeprefix(POLICY).strip(), version=target.version)
    return acts.reassign(session, target.number, user=whom, version=target.version)


def _note(session: Session, target: Target, said: Said) -> Done:
    from oncall_tui.ops.incidents import acts

    return acts.note(session, target.number, said.text.strip())


def _merge(session: Session, target: Target, said: Said) -> Done:
    from oncall_tui.ops.incidents.merging import merge

    into = said.text.strip().removeprefix("#")
    if not (into.isascii() and into.isdigit()):
        raise Invalid(f"{said.text.strip()!r} is no incident number", mend="write the number, like 412")
    return merge(session, target.number, int(into), version=target.version)


def _undo(session: Session, target: Target, said: Said) -> Done:  # noqa: ARG001 - nothing is said
    from oncall_tui.ops.incidents import acts

    return acts.undo(session, target.number, version=target.version)


_ON = Scope.INCIDENTS

INCIDENT_VERBS = (
    Verb(
        id="incident.acknowledge",
        name="ack",
        keys=("a",),
        hint="ack",
        scope=_ON,
        title="acknowledge: it is yours, the paging stops; asks nothing",
        cli="ack",
        done="acknowledged",
        run=_acknowledge,
    ),
    Verb(
        id="incident.escalate",
        name="escalate",
        keys=("e",),
        hint="escalate",
        scope=_ON,
        title="escalate: pages the next step now; says whom, then asks",
        asks=Asks.YES,
        cli="escalate",
        done="escalated",
        run=_escalate,
    ),
    Verb(
        id="incident.resolve",
        name="resolve",
        keys=("r",),
        hint="resolve",
        scope=_ON,
        title="resolve, for a reason",
        takes=Takes.REASON,
        cli="resolve",
        done="resolved",
        run=_resolve,
    ),
    Verb(
        id="incident.snooze",
        name="snooze",
        keys=("z",),
        hint="snooze",
        scope=_ON,
        title="acknowledge it until a time: 2h, fri 9am, tomorrow 08:00; then it is triggered again",
        takes=Takes.UNTIL,
        cli="snooze",
        done="snoozed",
        run=_snooze,
    ),
    Verb(
        id="incident.assign",
        name="assign",
        keys=("s",),
        hint="assign",
        scope=_ON,
        title="hand it to somebody, who is paged now, or to a policy",
        takes=Takes.SOMEBODY,
        cli="assign",
        done="assigned",
        run=_assign,
    ),
    Verb(
        id="incident.note",
        name="note",
        keys=("n",),
        hint="note",
        scope=_ON,
        title="write something down on its timeline",
        takes=Takes.TEXT,
        cli="note",
        done="noted",
        run=_note,
    ),
    Verb(
        id="incident.merge",
        name="merge",
        keys=("m",),
        scope=_ON,
        title="merge it into another incident, which takes its alerts",
        takes=Takes.INCIDENT,
        cli="merge",
        done="merged",
        run=_merge,
    ),
    Verb(
        id="incident.undo",
        name="undo",
        keys=("u",),
        scope=_ON,
        title="take your last act back, for a minute; of a resolve it is the only reopening",
        cli="undo",
        done="undone",
        run=_undo,
    ),
    Verb(
        id="incident.acknowledge_all",
        name="ack-all",
        keys=("A",),
        scope=_ON,
        title="acknowledge all that match and are triggered; asks with the count",
        asks=Asks.COUNT,
        cli="ack",
        done="acknowledged",
    ),
    Verb(
        id="incident.new",
        name="new",
        keys=("c",),
        hint="new",
        scope=_ON,
        title="open a new incident by hand",
        cli="trigger",
    ),
    Verb(
        id="incidents.select",
        name="select",
        keys=("space",),
        hint="select",
        scope=_ON,
        title="select; the verbs then act on all selected",
    ),
    Verb(
        id="incidents.filter",
        name="filter",
        keys=("/",),
        hint="filter",
        scope=_ON,
        title="filter: state: service: team: sev>= urgency: label:k=v since:24h @me @nobody #412 words",
        takes=Takes.FILTER,
        cli="incidents",
    ),
    Verb(
        id="incidents.view",
        name="view",
        keys=("v",),
        scope=_ON,
        title=f"a filter by its name: {', '.join(VIEWS)}",
        takes=Takes.VIEW,
    ),
    Verb(
        id="incidents.sort",
        name="sort",
        keys=(",",),
        scope=_ON,
        title=f"what comes first: {', '.join(Sort)}",
        takes=Takes.SORT,
    ),
    Verb(
        id="incidents.group",
        name="group",
        keys=("b",),
        scope=_ON,
        title="group by service, team, severity, label:NAME; none ends it",
        takes=Takes.GROUP,
    ),
    Verb(
        id="incidents.utc",
        name="utc",
        keys=("U",),
        scope=_ON,
        title="times in UTC, or again in my zone",
    ),
    Verb(
        id="incidents.select_all",
        name="select-all",
        keys=("*",),
        scope=_ON,
        title="select all that are shown, or none when all are",
    ),
    Verb(
        id="incidents.runbook",
        name="runbook",
        keys=("o",),
        scope=_ON,
        title="its runbook: opened where it is written here; an address is shown and copied",
    ),
    Verb(
        id="incidents.copy",
        name="copy",
        keys=("y",),
        scope=_ON,
        title="copy number, title and link; the text is shown as well",
    ),
)
