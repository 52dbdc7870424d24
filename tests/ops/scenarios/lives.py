"""Random teams and random days of theirs, as config files and scenarios; everything that hypothesis draws shrinks."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from oncall_tui.domain.severity import Severity
from oncall_tui.domain.simulation import Act, Deed, FailDelivery, Happening, How, Maintain, Scenario, Trigger
from tests.support.worlds import T0

NAMES = ("ana", "bo", "cy", "mute", "vi")
CONTACTS = ("push", "phone")
KEYS = ("k1", "k2")
Plain = dict[str, Any]


def instant(minutes: int) -> str:
    return f"{T0 + timedelta(minutes=minutes):%Y-%m-%dT%H:%MZ}"


targets = st.sampled_from(
    [
        *({"user": name} for name in NAMES[:4]),
        {"schedule": "primary"},
        {"schedule": "primary"},
        {"team": "all"},
        {"url": "json://127.0.0.1:9/room"},
    ]
)
minutes_text = st.integers(1, 30).map(lambda count: f"{count}m")


@st.composite
def users(draw: st.DrawFn) -> list[Plain]:
    made: list[Plain] = [{"username": "mute"}, {"username": "vi", "role": "viewer"}]
    for name in NAMES[:3]:
        contacts = [{"name": contact, "url": f"json://127.0.0.1:9/{name}/{contact}"} for contact in CONTACTS]
        rule = st.fixed_dictionaries(
            {"contact": st.sampled_from(CONTACTS), "delay": st.sampled_from(["0s", "30s", "3m", "10m"])},
            optional={"urgency": st.sampled_from(["high", "low"])},
        )
        made.append({"username": name, "contacts": contacts, "rules": draw(st.lists(rule, max_size=3))})
    made[2]["role"] = "admin"
    return made


@st.composite
def schedules(draw: st.DrawFn) -> list[Plain]:
    start = draw(st.integers(0, 60))
    fixed = {
        "name": "fixed",
        "shifts": [
            {"user": draw(st.sampled_from(NAMES[:4])), "start": instant(start), "end": instant(start + 40)},
            {"user": draw(st.sampled_from(NAMES[:3])), "start": instant(start + 60), "end": instant(start + 200)},
        ],
    }
    turns = {"name": "turns", "users": ["ana", ["bo", "cy"], None], "start": "2026-03-01T02:30", "every": "1h"}
    return [
        {"name": "primary", "timezone": "Europe/Berlin", "layers": draw(st.sampled_from([[fixed], [turns, fixed]]))}
    ]


@st.composite
def policies(draw: st.DrawFn, name: str) -> Plain:
    step = st.fixed_dictionaries(
        {
            "delay": minutes_text,
            "targets": st.lists(targets, max_size=3, unique_by=str),
            "assign": st.sampled_from(["all", "all", "round_robin"]),
        }
    )
    return {
        "name": name,
        "repeat": draw(st.integers(0, 2)),
        "remind": draw(st.sampled_from(["off", "7m", "10m"])),
        "steps": draw(st.lists(step, max_size=3)),
        "fallback": draw(st.lists(targets, max_size=2, unique_by=str)),
    }


@st.composite
def services(draw: st.DrawFn) -> Plain:
    made: Plain = {
        "name": "checkout",
        "team": "all",
        "grouping": draw(st.sampled_from(["dedup_key", "labels", "service"])),
        "group_labels": ["job"],
        "ack_timeout": draw(st.sampled_from(["off", "30m"])),
        "hold_for": draw(st.sampled_from(["0s", "0s", "4m"])),
        "urgency": draw(st.sampled_from(["severity", "severity", "high", "low"])),
    }
    if draw(st.booleans()):
        made["policy"] = "one"  # else both of the team's
    if draw(st.integers(0, 3)) == 0:
        window = {"days": ["sun"], "from": "04:30", "to": "06:00"}
        made["support_hours"] = {"timezone": "Europe/Berlin", "windows": [window]}
    return made


@st.composite
def configs(draw: st.DrawFn) -> Plain:
    """A team, and the service checkout with the integration monitor."""
    made: Plain = {
        "version": 1,
        "users": draw(users()),
        "teams": [{"name": "all", "members": ["ana", "bo", "mute"], "policies": ["one", "two"]}],
        "schedules": draw(schedules()),
        "policies": [draw(policies("one")), draw(policies("two"))],
        "services": [draw(services())],
        "integrations": [{"name": "monitor", "kind": "generic", "service": "checkout", "key": "k" * 32}],
    }
    if draw(st.integers(0, 3)) == 0:
        begin = draw(st.integers(-10, 40))
        window = {"name": "patching", "services": ["checkout"], "start": instant(begin), "end": instant(begin + 20)}
        made["maintenance"] = [window]
    return made


@st.composite
def triggers(draw: st.DrawFn, at: datetime) -> Trigger:
    return Trigger(
        at=at,
        title=draw(st.sampled_from(["5xx", "disk"])),
        severity=draw(st.sampled_from(list(Severity))),
        key=draw(st.sampled_from(KEYS)),
        labels={"job": draw(st.sampled_from(["db", "web"]))},
        group=draw(st.sampled_from([None, None, "g"])),
        started_at=draw(st.sampled_from([None, T0])),
        by=draw(st.sampled_from([None, None, None, "bo"])),
    )


@st.composite
def acts(draw: st.DrawFn, at: datetime) -> Act:
    do = draw(st.sampled_from(list(Deed)))
    by: str | None = draw(st.sampled_from(["ana", "bo", "cy", "vi"]))
    if do in (Deed.ACKNOWLEDGE, Deed.RESOLVE) and draw(st.integers(0, 3)) == 0:
        by = None
    to_policy = draw(st.integers(0, 3)) == 0
    return Act(
        at=at,
        do=do,
        by=by,
        key=draw(st.sampled_from(KEYS)) if by is None else draw(st.sampled_from([None, *KEYS])),
        as_of=draw(st.sampled_from([None, at, at - timedelta(minutes=3)])),
        take_over=draw(st.booleans()),
        user=None if to_policy else draw(st.sampled_from(NAMES[:4])),
        policy="two" if to_policy else None,
        until=at + timedelta(minutes=draw(st.sampled_from([5, 25]))) if do is Deed.SNOOZE else None,
    )


@st.composite
def failures(draw: st.DrawFn, at: datetime) -> FailDelivery:
    until = draw(st.sampled_from([None, at + timedelta(minutes=12)]))
    contact = draw(st.sampled_from([None, *CONTACTS]))
    how = draw(st.sampled_from(list(How)))
    return FailDelivery(at=at, user=draw(st.sampled_from(NAMES[:3])), contact=contact, how=how, until=until)


@st.composite
def happenings(draw: st.DrawFn, at: datetime) -> Happening:
    match draw(st.integers(0, 11)):
        case 0 | 1:
            return draw(triggers(at))
        case 2 | 3:
            return draw(failures(at))
        case 4:
            return Maintain(at=at, span=timedelta(minutes=draw(st.integers(1, 30))), by="ana")
        case _:
            return draw(acts(at))


@st.composite
def scenarios(draw: st.DrawFn) -> Scenario:
    """Up to a dozen things in some hours; some at one instant, many at instants at which timers are due."""
    at = T0
    made: list[Happening] = [draw(triggers(at))]
    for _ in range(draw(st.integers(0, 10))):
        at += timedelta(minutes=draw(st.sampled_from([1, 1, 2, 3, 5, 5, 7, 10, 12, 30])))
        made.append(draw(happenings(at)))
        if isinstance(made[-1], Act) and made[-1].do is Deed.ESCALATE and draw(st.booleans()):
            made.append(draw(acts(at)))  # a race
        if isinstance(made[-1], Trigger) and draw(st.booleans()):
            made.append(draw(failures(at)))  # for what has just been sent
    return Scenario(service="checkout", happenings=tuple(made), until=at + timedelta(minutes=draw(st.integers(1, 120))))
