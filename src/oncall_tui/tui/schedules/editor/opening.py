"""A stored schedule as the texts of a draft, and the draft of a new one. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from oncall_tui.domain.schedules import Layer, Restriction, Schedule, editing
from oncall_tui.domain.time.durations import format_duration, format_turn
from oncall_tui.domain.time.walltime import format_instant, instant, wall
from oncall_tui.tui.schedules.editor.draft import Draft, DraftLayer
from oncall_tui.tui.schedules.editor.typed import WEEK, days_text, slot_text, windows_text


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """What the editor begins with; `on_now` is whose turn it is in each layer."""

    draft: Draft
    on_now: dict[int, str]
    people: Sequence[str]
    zones: Sequence[str]
    zone: ZoneInfo
    now: datetime
    new_layer: Callable[[str], DraftLayer]


def draft_of(schedule: Schedule) -> Draft:
    """The schedule as somebody would type it."""
    try:
        local = ZoneInfo(schedule.timezone)
    except (ValueError, OSError, KeyError):  # a broken one: its zone is there to be mended
        local = ZoneInfo("UTC")
    return Draft(
        name=schedule.name,
        timezone=schedule.timezone,
        layers=tuple(_layer(layer, local) for layer in schedule.layers),
        seen=schedule,
    )


def new_draft(timezone: str, now: datetime) -> Draft:
    """An empty schedule with one weekly layer, from Monday morning of this week."""
    return Draft(name="", timezone=timezone, layers=(new_layer("weekly", now, ZoneInfo(timezone)),))


def opened(draft: Draft, now: datetime, *, people: Sequence[str], zones: Sequence[str]) -> Opened:
    """What the editor begins with."""
    try:
        local = ZoneInfo(draft.timezone)
    except (ValueError, OSError, KeyError):
        local = ZoneInfo("UTC")
    return Opened(
        draft=draft,
        on_now=_on_now(draft, now),
        people=people,
        zones=zones,
        zone=local,
        now=now,
        new_layer=lambda name: new_layer(name, now, local),
    )


def _on_now(draft: Draft, now: datetime) -> dict[int, str]:
    """Whose turn it is in each layer, by the layer's place."""
    if draft.seen is None:
        return {}
    found = {}
    for number, layer in enumerate(draft.layers):
        place = editing.current_place(draft.seen, layer.origin, now)
        if place is not None:
            found[number] = layer.people[place]
    return found


def new_layer(name: str, now: datetime, local: ZoneInfo) -> DraftLayer:
    """A layer without people that hands off weekly, on Monday at nine."""
    today = wall(now, local).date()
    monday = today.fromordinal(today.toordinal() - today.weekday())
    return DraftLayer(name=name, start=f"{monday.isoformat()} 09:00")


def _layer(layer: Layer, local: ZoneInfo) -> DraftLayer:
    rotation = layer.rotation
    turn = ""
    if rotation is not None and rotation.cron is not None:
        turn = f"cron {rotation.cron}"
    elif rotation is not None and rotation.every is not None:
        turn = format_turn(rotation.every)
    return DraftLayer(
        name=layer.name,
        people=tuple(slot_text(slot) for slot in rotation.slots) if rotation is not None else (),
        start=_wall_text(rotation.start) if rotation is not None else "",
        turn=turn,
        length=format_duration(rotation.length) if rotation is not None and rotation.length is not None else "",
        days=days_text(WEEK[day] for day in rotation.days) if rotation is not None and rotation.days else "",
        restrict=windows_text(_window(one) for one in layer.restrict),
        until=instant_text(layer.until, local) if layer.until is not None else "",
        timezone=layer.timezone or "",
        priority="" if layer.priority is None else str(layer.priority),
        shifts=layer.shifts,
        origin=layer.name,
    )


def _window(one: Restriction) -> dict[str, object]:
    return {"days": [WEEK[day] for day in one.days], "from": _clock(one.start), "to": _clock(one.end)}


def _clock(span: timedelta) -> str:
    hours, minutes = divmod(span // timedelta(minutes=1), 60)
    return f"{hours:02}:{minutes:02}"


def _wall_text(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M}" if not at.second else at.isoformat()


def instant_text(at: datetime, local: ZoneInfo) -> str:
    """An instant as its wall time; the instant itself where its wall time would be read as another."""
    shown = wall(at, local)
    return _wall_text(shown) if instant(shown, local) == at and not at.microsecond else format_instant(at)
