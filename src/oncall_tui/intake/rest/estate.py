"""/api/v1: who is on call, schedules and their shifts, users, services, and what was turned away."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Query

from oncall_tui.domain.errors import Invalid, Unknown
from oncall_tui.domain.schedules import FixedShift, resolve
from oncall_tui.domain.time.walltime import format_instant
from oncall_tui.intake.rest.bodies import NewShift, NewUser
from oncall_tui.intake.rest.reach import Asker, instant
from oncall_tui.intake.rest.refusals import refused
from oncall_tui.ops import reading
from oncall_tui.ops.contacts.people import add_user, remove_user
from oncall_tui.ops.intake import rejected
from oncall_tui.ops.reading.shapes import coverage_shape, on_call_shape, service_shape, step_shape, user_shape
from oncall_tui.ops.reading.who import on_call_rows, schedule_named, steps_now
from oncall_tui.ops.schedules.shifts import OWN_LAYER, ShiftRow, add_shift, delete_shifts, list_shifts

SHOWN = timedelta(days=14)
LONGEST = timedelta(days=3660)
Json = Mapping[str, Any]
From = Annotated[datetime | None, Query(alias="from", description="an instant; UTC without a zone")]
Until = Annotated[datetime | None, Query(description="an instant; UTC without a zone")]

estate = APIRouter()
_NONSENSE = refused(422)
_READING = refused(404, 422)


@estate.get("/who", tags=["on call"], summary="Who is on call", responses=_READING)
def who(
    session: Asker,
    at: Annotated[datetime | None, Query(description="an instant; now unless said")] = None,
    schedule: str | None = None,
    service: str | None = None,
    team: str | None = None,
) -> Json:
    """For each schedule; with a service, also whom its steps reach."""
    when = instant(at, "at") if at is not None else session.now().replace(microsecond=0)
    with session.reading() as conn:
        world = session.directory.world(conn)
    rows = on_call_rows(world, when, schedule=schedule, service=service, team=team)
    answer: dict[str, Any] = {"at": format_instant(when), "on_call": [on_call_shape(row) for row in rows]}
    if service is not None:
        answer["steps"] = [
            step_shape(policy.policy, number, step)
            for policy in steps_now(world, service, when)
            for number, step in enumerate(policy.steps, 1)
        ]
    return answer


@estate.get("/schedules", tags=["on call"], summary="List schedules")
def schedules(session: Asker) -> Json:
    """By name."""
    return {"schedules": [{"name": one.name, "timezone": one.timezone} for one in reading.schedules(session)]}


@estate.get("/schedules/{name}", tags=["on call"], summary="Show a schedule", responses=_READING)
def schedule(session: Asker, name: str, since: From = None, until: Until = None) -> Json:
    """Its shifts and gaps in [from, until): two weeks from now unless said."""
    with session.reading() as conn:
        known = schedule_named(session.directory.world(conn), name)
    start = instant(since, "from") if since is not None else session.now().replace(microsecond=0)
    end = instant(until, "until") if until is not None else start + SHOWN
    if not start < end <= start + LONGEST:
        raise Invalid("a span ends after its start, ten years later at most", mend="give another", path="until")
    return coverage_shape(name, resolve(known, start, end))


@estate.get("/schedules/{name}/shifts", tags=["on call"], summary="List fixed shifts", responses=_READING)
def shifts(session: Asker, name: str, since: From = None, until: Until = None, user: str | None = None) -> Json:
    """Those that share an instant with [from, until)."""
    start = instant(since, "from") if since is not None else None
    end = instant(until, "until") if until is not None else None
    return _shifts(name, list_shifts(session, name, user=user, start=start, end=end))


@estate.post(
    "/schedules/{name}/shifts",
    status_code=201,
    tags=["on call"],
    summary="Add a fixed shift",
    responses=refused(403, 404, 409, 413, 422),
)
def new_shift(session: Asker, name: str, body: NewShift) -> Json:
    """Put a user on call from one instant to another."""
    shift = FixedShift(body.user, instant(body.start, "start"), instant(body.end, "end"))
    layer = body.layer or OWN_LAYER
    add_shift(session, name, shift, layer=layer)
    return {"schedule": name, **_shift(ShiftRow(layer, shift))}


@estate.delete(
    "/schedules/{name}/shifts",
    tags=["on call"],
    summary="Delete fixed shifts",
    responses=refused(403, 404, 422),
)
def no_shifts(
    session: Asker,
    name: str,
    since: Annotated[datetime, Query(alias="from")],
    until: datetime,
    user: str | None = None,
) -> Json:
    """Those that lie wholly in [from, until); what is answered is what was deleted."""
    start, end = instant(since, "from"), instant(until, "until")
    return _shifts(name, delete_shifts(session, name, start=start, end=end, user=user).rows)


@estate.get("/users", tags=["users"], summary="List users")
def users(session: Asker) -> Json:
    """By name; addresses are redacted."""
    return {"users": [user_shape(row) for row in reading.users(session)]}


@estate.get("/users/{username}", tags=["users"], summary="Show a user", responses=_READING)
def user(session: Asker, username: str) -> Json:
    """With contacts and rules."""
    found = next((row for row in reading.users(session) if row.username == username), None)
    if found is None:
        raise Unknown(f"there is no user '{username}'", mend="GET /api/v1/users lists them", path="username")
    return user_shape(found)


@estate.post("/users", status_code=201, tags=["users"], summary="Add a user", responses=refused(403, 409, 413, 422))
def new_user(session: Asker, body: NewUser) -> Json:
    """Admins may."""
    values = {key: value for key, value in body.model_dump(mode="json", exclude={"username"}).items() if value}
    add_user(session, body.username, **values)
    return user(session, body.username)


@estate.delete("/users/{username}", tags=["users"], summary="Remove a user", responses=refused(403, 404, 409, 422))
def no_user(session: Asker, username: str) -> Json:
    """Admins may. Refused, with every reason, while they are on call, in a rotation, or hold incidents."""
    remove_user(session, username)
    return {"removed": username}


@estate.get("/services", tags=["services"], summary="List services")
def services(session: Asker) -> Json:
    """With their policies and how many incidents are open."""
    return {"services": [service_shape(row) for row in reading.services(session)]}


@estate.get("/events/rejected", tags=["events"], summary="What was turned away", responses=_NONSENSE)
def turned_away(session: Asker, limit: Annotated[int, Query(ge=1, le=1000)] = 100) -> Json:
    """Newest first."""
    with session.reading() as conn:
        return {"rejected": [rejected.rejected_shape(row) for row in rejected.newest(conn, limit)]}


def _shifts(name: str, rows: tuple[ShiftRow, ...]) -> Json:
    return {"schedule": name, "shifts": [_shift(row) for row in rows]}


def _shift(row: ShiftRow) -> Json:
    return {
        "layer": row.layer,
        "user": row.shift.user,
        "start": format_instant(row.shift.start),
        "end": format_instant(row.shift.end),
    }
