"""What is still worth sending of what fell due, however long ago: nothing that has since become untrue."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from oncall_tui.domain.notices.values import Due, DueToChannel, Moment, ShiftNotice
from oncall_tui.domain.schedules import Schedule, stint, users_on_call

END_LATEST = timedelta(hours=12)
"""How long after a shift its holder is still told that it has ended."""
CLOCK_LATEST = timedelta(hours=6)
"""How long after its clock time a channel is still told."""


def worth_sending(schedule: Schedule, due: Due, now: datetime) -> Due:
    """The notices to send at `now` of those that have fallen due.

    Of what announces a shift the latest counts; once the shift has started it becomes "you are on call", and falls away
    with the shift. Who has come on again is not told of an end. A channel is told the latest only.
    """
    people = {one.key: one for one in _people(schedule, due.shifts, now)}
    channels: dict[tuple[int, bool], DueToChannel] = {}
    for told in due.channels:
        if told.notice.at is None or now - told.due_at < CLOCK_LATEST:
            channels[told.notice.channel, told.notice.at is None] = told
    in_order = sorted(people.values(), key=lambda one: (one.due_at, one.user))
    return Due(tuple(in_order), tuple(channels.values()))


def _people(schedule: Schedule, due: Iterable[ShiftNotice], now: datetime) -> Iterator[ShiftNotice]:
    announced: dict[tuple[str, datetime], ShiftNotice] = {}
    for one in due:
        match one.moment:
            case Moment.BEFORE if now < one.boundary:
                announced[one.user, one.boundary] = one
            case Moment.BEFORE | Moment.START:
                around = stint(schedule, one.user, now)
                if around is not None and around.since == one.boundary:
                    yield ShiftNotice(
                        schedule=one.schedule,
                        user=one.user,
                        moment=Moment.START,
                        boundary=one.boundary,
                        due_at=one.boundary,
                    )
            case _:
                if now - one.boundary < END_LATEST and one.user not in users_on_call(schedule, now):
                    yield one
    yield from announced.values()
