"""/api/v1/incidents."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query

from oncall_tui.domain.errors import Invalid
from oncall_tui.domain.queue.filters import parse_filter
from oncall_tui.domain.queue.ordering import Order, Sort, read_grouping
from oncall_tui.domain.time.durations import parse_duration
from oncall_tui.intake.rest.bodies import (
    Acknowledging,
    AcknowledgingAll,
    Assigning,
    Escalating,
    Merging,
    NewIncident,
    Noting,
    Resolving,
    Snoozing,
)
from oncall_tui.intake.rest.reach import Asker, instant
from oncall_tui.intake.rest.refusals import refused
from oncall_tui.ops.incidents import acts
from oncall_tui.ops.incidents.acting import Done
from oncall_tui.ops.incidents.merging import merge as merge_into
from oncall_tui.ops.reading.incidents.queue import queue
from oncall_tui.ops.reading.incidents.story import detail
from oncall_tui.ops.reading.shapes import detail_shape, incident_shape, incidents_shape
from oncall_tui.ops.session import Session

PAGE = 500
Number = Annotated[int, Path(gt=0, le=2**63 - 1, description="the incident's number")]
Json = Mapping[str, Any]

incidents = APIRouter(prefix="/incidents", tags=["incidents"])
_NONSENSE = refused(422)
_OPENING = refused(403, 404, 413, 422)
_ACTING = refused(403, 404, 409, 413, 422)


@incidents.get("", summary="List incidents", responses=_NONSENSE)
def list_(
    session: Asker,
    filter: Annotated[str, Query(description="like state:open service:checkout sev>=high @ana text")] = "",
    limit: Annotated[int, Query(ge=1, le=PAGE)] = 100,
    cursor: Annotated[str | None, Query(max_length=200, description="next_cursor of the page before")] = None,
    sort: Annotated[
        Sort, Query(description="what comes first; in any but the usual order there is no cursor")
    ] = Sort.NEED,
    group: Annotated[str, Query(max_length=200, description="by service, team, severity or label:NAME")] = "",
) -> Json:
    """Those that the filter means, open ones unless it says otherwise."""
    order = Order(sort, read_grouping(group))
    return incidents_shape(queue(session, parse_filter(filter), limit=limit, cursor=cursor, order=order))


@incidents.post("", status_code=201, summary="Open an incident by hand", responses=_OPENING)
def open_(session: Asker, body: NewIncident) -> Json:
    """It pages whoever the service's policy reaches first."""
    return _told(
        session,
        acts.trigger(
            session,
            title=body.title,
            service=body.service,
            severity=body.severity,
            key=body.key,
            description=body.description,
        ),
    )


@incidents.post("/acknowledge", summary="Acknowledge all that are triggered", responses=refused(403, 413, 422))
def acknowledge_all(session: Asker, body: AcknowledgingAll | None = None) -> Json:
    """Those that were refused stand under `errors`, beside those that were done."""
    session.actor.may_act()
    wanted = parse_filter(f"state:triggered {body.filter if body is not None else ''}")
    numbers: list[int] = []
    cursor: str | None = None
    while True:
        page = queue(session, wanted, limit=PAGE, cursor=cursor)
        numbers += [row.number for row in page.rows if row.state == "triggered"]
        cursor = page.next_cursor
        if cursor is None:
            break
    done, undone = acts.acknowledge_all(session, numbers)
    answer: dict[str, Any] = {"incidents": [incident_shape(detail(session, one.number).incident) for one in done]}
    if undone:
        answer["errors"] = [
            {"path": str(one.number), "code": one.error.code, "message": one.error.sentence, "mend": one.error.mend}
            for one in undone
        ]
    return answer


@incidents.get("/{number}", summary="Show an incident", responses=refused(404, 422))
def show(session: Asker, number: Number) -> Json:
    """With its timeline and its pages."""
    return detail_shape(detail(session, number))


@incidents.post("/{number}/acknowledge", summary="Acknowledge", responses=_ACTING)
def acknowledge(session: Asker, number: Number, body: Acknowledging | None = None) -> Json:
    """You have it, the paging stops."""
    said = body or Acknowledging()
    return _told(session, acts.acknowledge(session, number, version=said.version, take_over=said.take_over))


@incidents.post("/{number}/resolve", summary="Resolve", responses=_ACTING)
def resolve(session: Asker, number: Number, body: Resolving | None = None) -> Json:
    """It is over."""
    said = body or Resolving()
    return _told(session, acts.resolve(session, number, reason=said.reason, version=said.version))


@incidents.post("/{number}/escalate", summary="Escalate", responses=_ACTING)
def escalate(session: Asker, number: Number, body: Escalating | None = None) -> Json:
    """Page the next step now."""
    return _told(session, acts.escalate(session, number, version=body.version if body is not None else None))


@incidents.post("/{number}/assign", summary="Assign", responses=_ACTING)
def assign(session: Asker, number: Number, body: Assigning) -> Json:
    """To a user, who is paged now, or to a policy."""
    if (body.user is None) == (body.policy is None):
        raise Invalid("an incident goes to a user or to a policy", mend="give exactly one of them", path="user")
    return _told(session, acts.reassign(session, number, user=body.user, policy=body.policy, version=body.version))


@incidents.post("/{number}/snooze", summary="Snooze", responses=_ACTING)
def snooze(session: Asker, number: Number, body: Snoozing) -> Json:
    """Acknowledge until a time; then it is triggered again."""
    if (body.span is None) == (body.until is None):
        raise Invalid("a snooze has an end", mend="give `for` or `until`", path="for")
    span = parse_duration(body.span) if body.span is not None else None
    until = instant(body.until, "until") if body.until is not None else None
    return _told(session, acts.snooze(session, number, span=span, until=until, take_over=body.take_over))


@incidents.post("/{number}/note", summary="Note", responses=_OPENING)
def note(session: Asker, number: Number, body: Noting) -> Json:
    """Write a line on the timeline."""
    return _told(session, acts.note(session, number, body.text))


@incidents.post("/{number}/merge", summary="Merge", responses=_ACTING)
def merge(session: Asker, number: Number, body: Merging) -> Json:
    """It ends; the other one gets its alerts, and is what is answered."""
    return _told(session, merge_into(session, number, body.into, version=body.version))


def _told(session: Session, done: Done) -> Json:
    return incident_shape(detail(session, done.number).incident)
