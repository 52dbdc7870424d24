"""The one builder of domain values: from entries as a config file writes them, whether a file or a database holds them.

An entry is a mapping with the keys of docs/configuration.md; an absent key means its default. A channel target bears
`channel` and `display` instead of its `url`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from oncall_tui.domain.directory.maintenance import MaintenanceWindow
from oncall_tui.domain.directory.people import ContactMethod, NotificationRule, Role, Team, User
from oncall_tui.domain.directory.policies import Assign, Policy, Step, Target, TargetKind
from oncall_tui.domain.directory.services import Grouping, Integration, Service, SupportHours, UrgencyRule
from oncall_tui.domain.errors import Invalid
from oncall_tui.domain.notices import SILENT, ChannelNotice, Handoff, ScheduleNotices
from oncall_tui.domain.notices.values import EVERY_DAY
from oncall_tui.domain.routing import Rule, parse_matchers
from oncall_tui.domain.schedules import FixedShift, Layer, Override, Restriction, Rotation, Schedule, Temporary
from oncall_tui.domain.severity import Severity, Urgency
from oncall_tui.domain.time.durations import parse_duration, parse_turn
from oncall_tui.domain.time.walltime import parse_wall, parse_wall_or_instant, wall, zone

Plain = Mapping[str, Any]
WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_DAY_NUMBERS = {day: number for number, day in enumerate(WEEK)}

span = lru_cache(maxsize=4096)(parse_duration)


def span_or_off(text: str) -> timedelta | None:
    """The duration; None for `off`."""
    return None if text == "off" else span(text)


def user_of(entry: Plain) -> User:
    """A user with contacts and rules."""
    return User(
        username=entry["username"],
        name=entry.get("name", ""),
        role=Role(entry.get("role", Role.RESPONDER)),
        timezone=entry.get("timezone", "UTC"),
        contacts=tuple(
            ContactMethod(contact["name"], contact.get("enabled", True), contact.get("verified", True))
            for contact in entry.get("contacts", ())
        ),
        rules=tuple(
            NotificationRule(
                rule["contact"],
                span(rule.get("delay", "0s")),
                Urgency(rule["urgency"]) if rule.get("urgency") else None,
            )
            for rule in entry.get("rules", ())
        ),
        holidays=entry.get("holidays"),
    )


def team_of(entry: Plain) -> Team:
    """A team."""
    return Team(entry["name"], tuple(entry.get("members", ())), tuple(entry.get("policies", ())))


def target_of(entry: Plain) -> Target:
    """What a step points at."""
    if "channel" in entry:
        return Target(TargetKind.CHANNEL, entry["display"], entry["channel"])
    kind = next(kind for kind in (TargetKind.USER, TargetKind.SCHEDULE, TargetKind.TEAM) if entry.get(kind.value))
    return Target(kind, entry[kind.value])


def policy_of(entry: Plain) -> Policy:
    """A policy with its steps."""
    return Policy(
        entry["name"],
        tuple(
            Step(
                tuple(map(target_of, step.get("targets", ()))),
                span(step.get("delay", "15m")),
                Assign(step.get("assign", Assign.ALL)),
            )
            for step in entry.get("steps", ())
        ),
        entry.get("repeat", 0),
        span_or_off(entry.get("remind", "10m")),
        tuple(map(target_of, entry.get("fallback", ()))),
    )


def service_of(entry: Plain) -> Service:
    """A service."""
    hours = entry.get("support_hours")
    return Service(
        name=entry["name"],
        description=entry.get("description", ""),
        team=entry.get("team"),
        policy=entry.get("policy"),
        grouping=Grouping(entry.get("grouping", Grouping.DEDUP_KEY)),
        group_labels=tuple(entry.get("group_labels", ())),
        group_window=span(entry.get("group_window", "5m")),
        urgency=UrgencyRule(entry.get("urgency", UrgencyRule.SEVERITY)),
        support_hours=SupportHours(zone(hours["timezone"]).key, windows_of(hours["windows"])) if hours else None,
        ack_timeout=span_or_off(entry.get("ack_timeout", "off")),
        hold_for=span(entry.get("hold_for", "0s")),
        runbook=entry.get("runbook"),
        labels=dict(entry.get("labels", ())),
    )


def integration_of(entry: Plain) -> Integration:
    """An integration, without its key."""
    name = entry["name"]
    return Integration(
        name,
        entry["kind"],
        entry["service"],
        entry.get("enabled", True),
        entry.get("options") or {},
        tuple(rule_of(rule, f"{place} of {name}") for place, rule in enumerate(entry.get("rules") or (), start=1)),
    )


def rule_of(entry: Plain, usual_name: str) -> Rule:
    """A rule of routing. One that can't be read is there as a broken one: it is passed over, and that is said."""
    name = str(entry.get("name") or usual_name) if isinstance(entry, Mapping) else usual_name
    try:
        return Rule(
            name=name,
            match=parse_matchers(entry.get("match", "")),
            transform=entry.get("transform"),
            service=entry.get("service"),
            severity=Severity(entry["severity"]) if entry.get("severity") else None,
            urgency=Urgency(entry["urgency"]) if entry.get("urgency") else None,
            title=entry.get("title"),
            dedup_key=entry.get("dedup_key"),
            group_key=entry.get("group_key"),
            labels=dict(entry.get("labels") or {}),
            hold_for=span(entry["hold_for"]) if entry.get("hold_for") else None,
            suppress=bool(entry.get("suppress", False)),
            go_on=bool(entry.get("continue", False)),
        )
    except Invalid as error:
        return Rule(name=name, broken=error.sentence)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        return Rule(name=name, broken=f"it can't be read ({type(error).__name__})")


def maintenance_of(entry: Plain) -> MaintenanceWindow:
    """A maintenance window."""
    utc = zone("UTC")
    return MaintenanceWindow(
        name=entry["name"],
        services=tuple(entry["services"]),
        start=parse_wall_or_instant(entry["start"], utc),
        end=parse_wall_or_instant(entry["end"], utc),
        every=parse_turn(entry["every"]) if entry.get("every") else None,
        until=parse_wall_or_instant(entry["until"], utc) if entry.get("until") else None,
    )


def schedule_of(entry: Plain) -> Schedule:
    """A schedule. Raises Invalid when a zone, a time or a turn in it can't be read."""
    local = zone(entry["timezone"])
    return Schedule(
        name=entry["name"],
        timezone=local.key,
        layers=tuple(layer_of(layer, local) for layer in entry.get("layers", ())),
        overrides=tuple(override_of(override, local) for override in entry.get("overrides", ())),
        temporaries=tuple(temporary_of(temporary, local) for temporary in entry.get("temporary", ())),
    )


def notices_of(entry: Plain) -> ScheduleNotices:
    """Whom a schedule tells; a channel bears `channel` and `display` instead of its `url`."""
    handoff = entry.get("handoff")
    usual = Handoff()
    if handoff == "off":
        told = SILENT
    elif handoff is None:
        told = usual
    else:
        before = handoff.get("before")
        told = Handoff(
            before=usual.before if before is None else tuple(map(span, before)),
            start=handoff.get("start", True),
            end=handoff.get("end", True),
            changes=handoff.get("changes", True),
        )
    return ScheduleNotices(told, tuple(map(_channel_notice_of, entry.get("notices", ()))))


def _channel_notice_of(entry: Plain) -> ChannelNotice:
    days = entry.get("days")
    return ChannelNotice(
        entry["channel"],
        entry["display"],
        _since_midnight(entry["at"]) if entry.get("at") else None,
        tuple(_DAY_NUMBERS[day] for day in days) if days is not None else EVERY_DAY,
    )


def layer_of(entry: Plain, local: ZoneInfo) -> Layer:
    """A layer of a schedule in the zone `local`."""
    until = entry.get("until")
    return Layer(
        name=entry["name"],
        rotation=_rotation_of(entry, zone(entry["timezone"]) if entry.get("timezone") else local),
        shifts=_shifts_of(entry.get("shifts", ()), local),
        restrict=windows_of(entry.get("restrict", ())),
        until=parse_wall_or_instant(until, local) if until else None,
        timezone=entry.get("timezone"),
        priority=entry.get("priority"),
    )


def _rotation_of(entry: Plain, local: ZoneInfo) -> Rotation | None:
    if entry.get("users") is None:
        return None
    start = parse_wall(entry["start"])
    days = entry.get("days")
    return Rotation(
        slots=tuple(map(_slot_of, entry["users"])),
        start=start if start.tzinfo is None else wall(start, local),
        every=parse_turn(entry["every"]) if entry.get("every") else None,
        cron=entry.get("cron"),
        length=span(entry["length"]) if entry.get("length") else None,
        days=tuple(_DAY_NUMBERS[day] for day in days) if days is not None else None,
    )


def _slot_of(slot: object) -> tuple[str, ...]:
    if slot is None:
        return ()
    return (slot,) if isinstance(slot, str) else tuple(slot)  # type: ignore[arg-type]  # a list of usernames


def _shifts_of(entries: Sequence[Plain], local: ZoneInfo) -> tuple[FixedShift, ...]:
    return tuple(
        FixedShift(
            entry["user"], parse_wall_or_instant(entry["start"], local), parse_wall_or_instant(entry["end"], local)
        )
        for entry in entries
    )


def windows_of(entries: Sequence[Plain]) -> tuple[Restriction, ...]:
    """Weekly windows."""
    return tuple(
        Restriction(
            tuple(_DAY_NUMBERS[day] for day in entry["days"]),
            _since_midnight(entry["from"]),
            _since_midnight(entry["to"]),
        )
        for entry in entries
    )


def _since_midnight(text: str) -> timedelta:
    hours, minutes = text.split(":")
    return timedelta(hours=int(hours), minutes=int(minutes))


def override_of(entry: Plain, local: ZoneInfo) -> Override:
    """An override; `made_by` and `made_at` are known only of stored ones."""
    return Override(
        start=parse_wall_or_instant(entry["start"], local),
        end=parse_wall_or_instant(entry["end"], local),
        users=(*((entry["user"],) if entry.get("user") else ()), *entry.get("users", ())),
        replaces=entry.get("replaces"),
        add=tuple(entry.get("add", ())),
        remove=tuple(entry.get("remove", ())),
        made_by=entry.get("made_by"),
        made_at=entry.get("made_at"),
    )


def temporary_of(entry: Plain, local: ZoneInfo) -> Temporary:
    """A temporary schedule."""
    return Temporary(
        parse_wall_or_instant(entry["start"], local),
        parse_wall_or_instant(entry["end"], local),
        _shifts_of(entry.get("shifts", ()), local),
        entry.get("made_by"),
        entry.get("made_at"),
    )
