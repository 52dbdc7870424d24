"""What happened to an incident, as a scenario to be played again under today's config."""

from __future__ import annotations

from datetime import timedelta

from oncall_tui.domain.errors import Refused
from oncall_tui.domain.events import Action
from oncall_tui.domain.simulation import Act, Deed, Happening, Scenario, Trigger
from oncall_tui.ops.reading.incidents.story import detail
from oncall_tui.ops.reading.incidents.story_rows import IncidentDetail, TimelineRow
from oncall_tui.ops.session import Session
from oncall_tui.storage.statements.intake.events import of_incident

_DEEDS = {"acknowledged": Deed.ACKNOWLEDGE, "resolved": Deed.RESOLVE}
_SAID = {Action.ACKNOWLEDGE.value: Deed.ACKNOWLEDGE, Action.RESOLVE.value: Deed.RESOLVE}


def scenario_of(session: Session, number: int) -> Scenario:
    """What senders posted for an incident, and which people took or ended it, up to its end or to now.

    An alert's text and severity are those it has now: what each single event said is not kept apart. Raises Unknown,
    and Refused when nothing is kept of what was posted.
    """
    found = detail(session, number)
    people, posted = _people(session), _posted(session, found)
    if not posted:
        raise Refused(f"nothing is kept of what was posted for #{number}", mend="replay a younger incident")
    happenings: list[Happening] = [
        *posted,
        *(_act(line) for line in found.timeline if line.kind in _DEEDS and line.by in people),
    ]
    ended_at = found.incident.resolved_at
    until = session.now() if ended_at is None else ended_at + timedelta(microseconds=1)
    in_time = tuple(sorted((one for one in happenings if one.at < until), key=lambda one: one.at))
    return Scenario(service=found.incident.service, happenings=in_time, until=until)


def _people(session: Session) -> frozenset[str]:
    with session.reading() as conn:
        return frozenset(session.directory.world(conn).users)


def _posted(session: Session, found: IncidentDetail) -> list[Happening]:
    with session.reading() as conn:
        events = of_incident(conn, found.incident.number)
    alerts = {alert.key: alert for alert in found.alerts}
    opener = next((line.by for line in found.timeline if line.kind == "triggered"), None)
    made: list[Happening] = []
    for event in events:
        if event.action == Action.NOTE.value:
            continue
        if event.action in _SAID:
            made.append(Act(at=event.received_at, do=_SAID[event.action], key=event.dedup_key))
            continue
        alert = alerts.get(event.dedup_key)
        made.append(
            Trigger(
                at=event.received_at,
                key=event.dedup_key,
                title=alert.title if alert is not None else found.incident.title,
                severity=alert.severity if alert is not None else found.incident.severity,
                labels=dict(found.incident.labels),
                by=opener if event.integration_id is None else None,
            )
        )
    return made


def _act(line: TimelineRow) -> Act:
    return Act(at=line.at, do=_DEEDS[line.kind], by=line.by, take_over=True)
