"""Which overrides stand under a cursor, whose shift would be taken, and what the form begins with. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from oncall_tui.domain.time.walltime import instant, wall
from oncall_tui.tui.presenters.calendar import Look
from oncall_tui.tui.schedules.cover_form import Opening
from oncall_tui.tui.schedules.foretold import span
from oncall_tui.tui.schedules.values import Cover, Rota, Way

if TYPE_CHECKING:
    from oncall_tui.domain.schedules import Override
    from oncall_tui.ops.schedules.overrides import OverrideRow


@dataclass(frozen=True, slots=True)
class Takeable:
    """Somebody's shift under the cursor, from now or its start on; `user` None: nobody is on until `end`.

    `end` is None where it goes on for more than a year.
    """

    user: str | None
    start: datetime
    end: datetime | None


def takeable(look: Look, me: str) -> list[Takeable]:
    """The shifts under the cursor that I could take, or the hole that I could fill."""
    from oncall_tui.domain.schedules import next_on_call_at, on_call, stretch

    now = look.now.replace(microsecond=0)
    people = on_call(look.schedule, look.cursor)
    if not people:
        since = stretch(look.schedule, look.cursor).since
        begin = look.cursor.replace(microsecond=0) if since is None else since
        return [Takeable(None, max(begin, now), next_on_call_at(look.schedule, look.cursor))]
    return [Takeable(one.user, max(one.since or now, now), one.until) for one in people if one.user != me]


def taking(look: Look, shift: Takeable, me: str) -> Cover | None:
    """The override that takes a shift; None when it has no end that could be written down."""
    if shift.end is None or shift.end <= shift.start:
        return None
    way = Way.ADD if shift.user is None else Way.SWAP
    return Cover(
        schedule=look.schedule.name, way=way, users=(me,), replaces=shift.user, start=shift.start, end=shift.end
    )


def overrides_at(look: Look, rota: Rota) -> list[OverrideRow]:
    """The overrides in force at the cursor, the last made first."""
    found = [
        row
        for row in rota.overrides
        if row.schedule == look.schedule.name and row.override.start <= look.cursor < row.override.end
    ]
    return sorted(found, key=lambda row: row.number, reverse=True)


def opening_of(look: Look, rota: Rota, me: str, way: Way) -> Opening:
    """What the form begins with: me, from the cursor, in for whoever is on there; somebody for me where I am on."""
    from oncall_tui.domain.schedules import users_on_call

    people = users_on_call(look.schedule, look.cursor)
    on = [me] if me in people else list(people)
    return Opening(
        schedule=look.schedule.name,
        way=way if on or way is not Way.SWAP else Way.ADD,
        who="" if me in people else me,
        replaces=on[0] if on else "",
        start="now" if look.cursor == look.now else spelled(look.cursor, look.zone),
        until="",
        people=rota.users,
        now=look.now,
        zone=look.zone,
    )


def spelled(at: datetime, zone: ZoneInfo) -> str:
    """An instant as somebody would type it: its wall time, unless that would be read as another instant."""
    local = wall(at, zone).replace(second=0, microsecond=0)
    exact = at.replace(second=0, microsecond=0)
    return f"{local:%Y-%m-%d %H:%M}" if instant(local, zone) == exact else f"{exact:%Y-%m-%dT%H:%MZ}"


def brief(one: Override) -> str:
    """An override in a few words."""
    if one.add or one.remove:
        return f"{'+'.join(one.add or one.remove)} {'added' if one.add else 'taken off'}"
    return f"{'+'.join(one.users)} for {one.replaces or 'all'}"


def words_of(cover: Cover, zone: tzinfo) -> str:
    """That an override is made, in a line."""
    who = "+".join(cover.users)
    what = {
        Way.SWAP: f"{who} for {cover.replaces}",
        Way.TAKE_OVER: f"{who} for all",
        Way.ADD: f"{who} added",
        Way.REMOVE: f"{who} taken off",
    }[cover.way]
    return f"{what}, {span(cover.start, cover.end, zone)}"
