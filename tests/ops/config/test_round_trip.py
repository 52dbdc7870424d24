"""Any config: the file's world is the world that both databases give back, and its export changes nothing."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from oncall_tui.domain.directory.policies import Target
from oncall_tui.domain.routing import Matcher
from oncall_tui.domain.world import World
from oncall_tui.ops.config import apply, export, validate, world_of
from oncall_tui.ops.config.yaml.writing import write_yaml
from tests.support.house import House

SECTIONS = ("users", "teams", "schedules", "policies", "services", "integrations", "rules", "heartbeats", "maintenance")
EMPTY = write_yaml({"version": 1, **{section: [] for section in SECTIONS}})

NAMES = st.from_regex(r"[a-zé0-9][a-z0-9 ._:#-]{0,8}[a-z0-9]", fullmatch=True)
USERNAMES = st.from_regex(r"[a-z0-9][a-z0-9._-]{0,8}", fullmatch=True)
WORDS = st.text(st.characters(exclude_categories=["Cc", "Cs"]), max_size=20)
SPANS = st.sampled_from(["30s", "90s", "5m", "2h30m", "1d", "1w", "36h"])
ZONES = st.sampled_from(["UTC", "Europe/Lisbon", "America/New_York", "Asia/Kathmandu", "Australia/Lord_Howe"])
DAYS = st.lists(st.sampled_from(["mon", "tue", "wed", "thu", "fri", "sat", "sun"]), min_size=1, max_size=3, unique=True)
CLOCKS = st.sampled_from(["00:00", "08:30", "20:00"])
WALLS = st.sampled_from(["2026-01-05T09:00", "2026-03-29T01:30", "2026-10-25T01:30:30", "2026-05-01T00:00:00Z"])


def entry(required: dict[str, Any], optional: dict[str, Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries(required, optional=optional)


def windows() -> st.SearchStrategy[list[dict[str, Any]]]:
    return st.lists(entry({"days": DAYS, "from": CLOCKS, "to": CLOCKS}, {}), min_size=1, max_size=2)


def rules(services: list[str]) -> st.SearchStrategy[dict[str, Any]]:
    matchers = st.lists(
        st.builds(
            lambda name, operator, value: str(Matcher(name, operator, value)),
            st.sampled_from(["severity", "team", "odd name"]),
            st.sampled_from(["=", "!=", "=~", "!~"]),
            st.sampled_from(["", "pay.*", 'a "b"', "back\\slash", "two\nlines", "é{3}"]),
        ),
        max_size=2,
    )
    texts = st.sampled_from(["$alertname", "${odd name} costs $$5", "plain"])
    return entry(
        {},
        {
            "match": matchers | st.just('payload.a[?b==`1`] != ""'),
            "transform": st.just("tidy-up"),
            "service": st.sampled_from(services),
            "severity": st.sampled_from(["critical", "info"]),
            "urgency": st.sampled_from(["high", "low"]),
            "title": texts,
            "dedup_key": texts,
            "group_key": texts,
            "labels": st.dictionaries(NAMES, texts, max_size=2),
            "hold_for": SPANS,
            "suppress": st.booleans(),
            "continue": st.booleans(),
        },
    )


@st.composite
def users(draw: st.DrawFn, name: str) -> dict[str, Any]:
    contacts = draw(st.lists(NAMES, max_size=3, unique=True))
    made = draw(
        entry(
            {"username": st.just(name)},
            {
                "name": WORDS,
                "email": WORDS,
                "phone": WORDS,
                "timezone": ZONES,
                "role": st.sampled_from(["admin", "responder", "viewer"]),
                "handles": st.dictionaries(NAMES, WORDS, max_size=2),
                "holidays": st.sampled_from(["PT", "PT-11", "DE-BY"]),
            },
        )
    )
    made["contacts"] = [
        draw(
            entry(
                {"name": st.just(one), "url": st.just(f"json://h/{one}".replace(" ", "_"))},
                {"limit": st.just("10/5m"), "updates": st.just(True)},
            )
        )
        for one in contacts
    ]
    if contacts:
        rule = entry(
            {"contact": st.sampled_from(contacts)},
            {"delay": SPANS | st.just("0s"), "urgency": st.sampled_from(["high", "low"])},
        )
        made["rules"] = draw(st.lists(rule, max_size=3))
    return made


@st.composite
def layers(draw: st.DrawFn, name: str, people: list[str]) -> dict[str, Any]:
    more = {"timezone": ZONES, "restrict": windows(), "until": WALLS, "priority": st.integers(-5, 5)}
    if draw(st.booleans()):
        shift = st.sampled_from(people).map(
            lambda user: {"user": user, "start": "2026-01-05T09:00", "end": "2026-01-06T09:00"}
        )
        return draw(entry({"name": st.just(name), "shifts": st.lists(shift, min_size=1, max_size=2)}, more))
    person = st.sampled_from(people)
    slot = st.none() | person | st.lists(person, min_size=2, max_size=2, unique=True) if len(people) > 1 else person
    rotation: dict[str, Any] = {"name": st.just(name), "users": st.lists(slot, min_size=1, max_size=4), "start": WALLS}
    match draw(st.sampled_from(["turns", "cron", "days"])):
        case "turns":
            rotation["every"] = st.sampled_from(["12h", "1d", "2w", "1mo"])
            more["length"] = st.just("8h")
        case "cron":
            rotation["cron"] = st.sampled_from(["0 9 * * MON", "30 1 1 * *"])
        case _:
            rotation |= {"every": st.sampled_from(["1d", "2d", "1w"]), "days": DAYS}
    return draw(entry(rotation, more))


@st.composite
def schedules(draw: st.DrawFn, name: str, people: list[str]) -> dict[str, Any]:
    made: dict[str, Any] = {"name": name, "timezone": draw(ZONES)}
    made["layers"] = [draw(layers(one, people)) for one in draw(st.lists(NAMES, max_size=3, unique=True))]
    person = st.sampled_from(people)
    overrides = []
    for month in draw(st.lists(st.integers(1, 6), max_size=3, unique=True)):
        span = {"start": f"2026-0{month}-10T09:00", "end": f"2026-0{month}-12T09:00"}
        who = draw(
            person.map(lambda user: {"user": user})
            | person.map(lambda user: {"add": user})
            | st.lists(person, min_size=1, max_size=2, unique=True).map(lambda names: {"remove": names})
            | st.lists(person, min_size=1, max_size=2, unique=True).map(lambda names: {"users": names})
        )
        others = [one for one in people if one != who.get("user")]
        if "user" in who and others and draw(st.booleans()):
            who["replaces"] = draw(st.sampled_from(others))
        overrides.append(who | span)
    made["overrides"] = overrides
    if draw(st.booleans()):
        made["temporary"] = [
            {
                "start": "2026-08-01T00:00",
                "end": "2026-08-08T00:00",
                "shifts": [{"user": draw(person), "start": "2026-08-01T00:00", "end": "2026-08-03T00:00"}],
            }
        ]
    notice = entry({"at": CLOCKS}, {"days": DAYS}) | st.just({"on": "change"})
    told = st.tuples(notice, st.sampled_from(["json://h/a", "json://h/c"])).map(lambda pair: pair[0] | {"url": pair[1]})
    handoff = entry(
        {}, {"before": st.lists(SPANS, max_size=2), **dict.fromkeys(("start", "end", "changes"), st.booleans())}
    )
    return made | draw(entry({}, {"handoff": handoff | st.just("off"), "notices": st.lists(told, max_size=3)}))


@st.composite
def configs(draw: st.DrawFn) -> dict[str, Any]:
    people = draw(st.lists(USERNAMES, min_size=1, max_size=4, unique=True))
    team_names, schedule_names, policy_names, service_names, sender_names = (
        draw(st.lists(NAMES, max_size=3, unique=True)) for _ in range(5)
    )
    kinds = [
        ("user", people),
        ("schedule", schedule_names),
        ("team", team_names),
        ("url", ["json://h/a", "json://h/b"]),
    ]
    target = st.sampled_from([{kind: name} for kind, names in kinds for name in names])
    step = entry(
        {"targets": st.lists(target, max_size=3)},
        {"delay": SPANS, "assign": st.sampled_from(["all", "round_robin"])},
    )
    policy_more = {
        "repeat": st.integers(0, 3),
        "remind": SPANS | st.just("off"),
        "steps": st.lists(step, max_size=3),
        "fallback": st.lists(target, max_size=2),
    }
    service_more: dict[str, Any] = {
        "description": WORDS,
        "group_window": SPANS,
        "urgency": st.sampled_from(["severity", "high", "low"]),
        "support_hours": entry({"timezone": ZONES, "windows": windows()}, {}),
        "ack_timeout": SPANS | st.just("off"),
        "hold_for": SPANS | st.just("0s"),
        "runbook": st.sampled_from(["https://wiki.example.com/x", "# Restart\n\n1. `off`\n2. `on: 08:00`\n\n    ---"]),
        "labels": st.dictionaries(NAMES, WORDS, max_size=2),
    }
    if team_names:
        service_more["team"] = st.sampled_from(team_names)
    if policy_names:
        service_more["policy"] = st.sampled_from(policy_names)
    grouping: st.SearchStrategy[dict[str, Any]] = st.sampled_from(
        [{}, {"grouping": "service"}, {"grouping": "labels", "group_labels": ["job", "a b"]}]
    )
    made: dict[str, Any] = {
        "users": [draw(users(name)) for name in people],
        "teams": [
            {
                "name": name,
                "members": draw(st.lists(st.sampled_from(people), unique=True)),
                "policies": draw(st.lists(st.sampled_from(policy_names), unique=True)) if policy_names else [],
            }
            for name in team_names
        ],
        "schedules": [draw(schedules(name, people)) for name in schedule_names],
        "policies": [draw(entry({"name": st.just(name)}, policy_more)) for name in policy_names],
        "services": [draw(entry({"name": st.just(name)}, service_more)) | draw(grouping) for name in service_names],
    }
    if service_names:
        service = st.sampled_from(service_names)
        made["integrations"] = [
            {"name": name, "kind": "generic", "service": draw(service), "key": f"{place:032x}"}
            | ({"options": {"topics": [name]}} if place % 2 else {})
            | {"rules": draw(st.lists(rules(service_names), max_size=2))}
            for place, name in enumerate(sender_names)
        ]
        made["rules"] = [
            draw(rules(service_names)) | {"name": name} for name in draw(st.lists(NAMES, max_size=3, unique=True))
        ]
        made["heartbeats"] = [{"name": "beat", "service": draw(service), "every": "1d", "grace": "1h"}]
    return {"version": 1, **made}


def comparable(world: World) -> World:
    """The world without what only a database knows: channel numbers, who made an override, its revision."""

    def unnumbered(target: Target) -> Target:
        return replace(target, channel=None)

    return replace(
        world,
        revision=0,
        notices={
            name: replace(told, channels=tuple(replace(one, channel=0) for one in told.channels))
            for name, told in world.notices.items()
        },
        policies={
            name: replace(
                policy,
                steps=tuple(replace(step, targets=tuple(map(unnumbered, step.targets))) for step in policy.steps),
                fallback=tuple(map(unnumbered, policy.fallback)),
            )
            for name, policy in world.policies.items()
        },
        schedules={
            name: replace(
                schedule,
                overrides=tuple(replace(one, made_by=None, made_at=None) for one in schedule.overrides),
                temporaries=tuple(replace(one, made_by=None, made_at=None) for one in schedule.temporaries),
            )
            for name, schedule in world.schedules.items()
        },
    )


# Not shrunk: each try is a dozen transactions, and the time limit would come before the answer.
@pytest.mark.unmeasured
@settings(
    max_examples=30,
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(tree=configs())
def test_a_files_world_is_the_databases_world(house: House, tree: dict[str, Any]) -> None:
    text = write_yaml(tree)
    apply(house.session, EMPTY, prune=True, addresses=False)
    apply(house.session, text, addresses=False)
    with house.store.read() as conn:
        stored = house.directory.world(conn)
    assert comparable(stored) == comparable(world_of(validate(text, addresses=False).config))
    for with_secrets in (False, True):
        again = apply(house.session, export(house.session, with_secrets), prune=True, addresses=False)
        assert again.changed == ()
    assert apply(house.session, text, prune=True, addresses=False).changed == ()
