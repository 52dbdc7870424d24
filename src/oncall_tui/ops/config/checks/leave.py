"""When people are away, as a config file writes it under each user: read, judged, told apart from what is stored."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations

from oncall_tui.domain.schedules.clashes import LONGEST_NOTE, Leave
from oncall_tui.domain.time.walltime import format_instant, parse_wall_or_instant, zone
from oncall_tui.ops.config.checks.found import Found
from oncall_tui.ops.config.entries.document import Config
from oncall_tui.ops.config.entries.people import UserEntry

Plain = dict[str, str]


def leave_of_config(config: Config) -> tuple[Leave, ...]:
    """Everybody's leave in a checked file."""
    return tuple(one for user in config.users or () for one in leave_of_user(user))


def leave_of_user(user: UserEntry) -> tuple[Leave, ...]:
    """One user's leave; wall times are in their own zone."""
    local = zone(user.timezone or "UTC")
    return tuple(
        Leave(
            user.username,
            parse_wall_or_instant(one.start, local),
            parse_wall_or_instant(one.end, local),
            one.note,
        )
        for one in user.leave
        if one.start and one.end
    )


def check_leave(user: UserEntry, path: str, found: Found) -> None:
    """Leave ends after it starts, and does not overlap."""
    spans = leave_of_user(user)
    if len(spans) < len(user.leave):
        return  # the shape of one is wrong, which is said already
    for place, one in enumerate(spans):
        at = f"{path}.leave[{place}]"
        if one.end <= one.start:
            found.wrong(f"{at}.end", "leave ends after it starts", "give a later end")
        if len(one.note) > LONGEST_NOTE:
            found.wrong(f"{at}.note", f"a note has at most {LONGEST_NOTE} characters", "shorten it")
    for (first, earlier), (second, later) in combinations(enumerate(spans), 2):
        if overlap(earlier, later):
            sentence = f"it overlaps {path}.leave[{first}]"
            found.wrong(f"{path}.leave[{second}]", sentence, "make one of the two, or let them meet")


def new_leave(wanted: Sequence[Leave], known: Sequence[Leave]) -> Iterator[tuple[int, Leave, Leave | None]]:
    """What is not stored with all its fields: its place, itself, and the stored leave that it overlaps, if any."""
    for place, one in enumerate(wanted):
        if one not in known:
            yield place, one, next((other for other in known if overlap(one, other)), None)


def overlap(one: Leave, other: Leave) -> bool:
    """Whether they share an instant."""
    return one.start < other.end and other.start < one.end


def leave_entry(one: Leave) -> Plain:
    """It as a file writes it."""
    return {"start": format_instant(one.start), "end": format_instant(one.end)} | (
        {"note": one.note} if one.note else {}
    )
