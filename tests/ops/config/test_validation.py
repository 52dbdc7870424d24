"""Everything that is wrong with a file, all at once, each with its path."""

from __future__ import annotations

from textwrap import dedent

import pytest

from oncall_tui.domain.errors import Invalid, InvalidMany
from oncall_tui.ops.config import Names, validate
from tests.support.configs import WHOLE

PEOPLE = """
version: 1
users:
  - {username: ana, role: admin, contacts: [{name: push, url: "json://h/x"}]}
  - {username: bo, contacts: [{name: push, url: "json://h/x"}]}
"""


def found(text: str) -> dict[str, str]:
    """The problems of a file: path → sentence."""
    with pytest.raises(InvalidMany) as refused:
        validate(text, addresses=False)
    assert [problem.path for problem in refused.value.parts if not problem.mend] == []
    return {problem.path: problem.sentence for problem in refused.value.parts}


def warned(text: str) -> dict[str, str]:
    """The warnings about a file."""
    return {warning.path: warning.sentence for warning in validate(text, addresses=False).warnings}


def test_every_key_there_is_can_be_used() -> None:
    config = validate(WHOLE, addresses=False).config
    assert config.plain() == validate(WHOLE, addresses=False).config.plain()
    assert [schedule.name for schedule in config.schedules or ()] == ["primary"]


def test_all_problems_at_once_each_with_its_path() -> None:
    text = """
    version: 2
    users:
      - {usernam: ana, name: 5, contacts: [{name: push, url: nope, limit: x}], role: amdin,
         rules: [{contact: psh, delay: 5}]}
      - just text
      - {username: "a b", handles: {slack: 1}}
    teams: 5
    schedules:
      - name: x
        timezone: Mars/Olympus
        layers:
          - {name: a, users: [bo, [1]], start: 2026-13-05T09:00, every: 1x}
          - {name: b, users: [bo], start: 2026-01-05T09:00, every: 1d,
             restrict: [{days: [mo], from: 8, to: "25:00"}], priority: "1"}
          - {name: c, users: [nobody], start: 2026-01-05T09:00, every: 1d, length: 2d}
    policies: [{name: p, repeat: -1, remind: false, steps: [{delay: 0s, targets: [{usr: ana}]}]}]
    polices: []
    """
    problems = found(dedent(text))
    assert set(problems) == {
        "version",
        "users[0].username",
        "users[0].usernam",
        "users[0].name",
        "users[0].role",
        "users[0].contacts[0].url",
        "users[0].contacts[0].limit",
        "users[0].rules[0].delay",
        "users[0].rules[0].contact",
        "users[1]",
        "users[2].username",
        "users[2].handles.slack",
        "teams",
        "schedules[0].timezone",
        "schedules[0].layers[0].users[1]",
        "schedules[0].layers[0].start",
        "schedules[0].layers[0].every",
        "schedules[0].layers[1].users[0]",
        "schedules[0].layers[1].restrict[0].days[0]",
        "schedules[0].layers[1].restrict[0].from",
        "schedules[0].layers[1].restrict[0].to",
        "schedules[0].layers[1].priority",
        "schedules[0].layers[2].users[0]",
        "schedules[0].layers[2].length",
        "policies[0].repeat",
        "policies[0].remind",
        "policies[0].steps[0].delay",
        "policies[0].steps[0].targets[0].usr",
        "polices",
    }


def test_an_unknown_key_names_the_one_that_was_meant() -> None:
    with pytest.raises(InvalidMany) as refused:
        validate("version: 1\nusers: [{username: ana, tiemzone: UTC}]", addresses=False)
    [problem] = refused.value.parts
    assert (problem.code, problem.mend) == ("unknown_key", "did you mean 'timezone'?")


@pytest.mark.parametrize("text", ["", "[]", "just text", "5"])
def test_no_mapping_is_no_config(text: str) -> None:
    with pytest.raises(Invalid, match="mapping"):
        validate(text, addresses=False)


def test_version_is_required() -> None:
    assert set(found("users: []")) == {"version"}


class TestReferences:
    """Names must lead somewhere: in the file, or among what is stored."""

    TEXT = """
version: 1
teams: [{name: t, members: [ana, zoe], policies: [gone]}]
schedules:
  - name: s
    timezone: UTC
    layers:
      - {name: l, users: [zoe, [ana, yan]], start: 2026-01-05T09:00, every: 1d}
      - {name: f, shifts: [{user: wim, start: 2026-01-05T09:00, end: 2026-01-06T09:00}]}
    overrides: [{user: vera, replaces: uwe, start: 2026-01-05T09:00, end: 2026-01-06T09:00}]
policies:
  - {name: p, steps: [{targets: [{user: tom}, {schedule: ss}, {team: tt}]}], fallback: [{user: sue}]}
services: [{name: v, team: tx, policy: px}]
integrations: [{name: i, kind: generic, service: vx}]
heartbeats: [{name: h, service: hx, every: 1d}]
maintenance: [{name: m, services: [mx], start: 2026-01-05T09:00Z, end: 2026-01-06T09:00Z}]
"""
    PATHS = (
        "teams[0].members[1]",
        "teams[0].policies[0]",
        "schedules[0].layers[0].users[0]",
        "schedules[0].layers[0].users[1][1]",
        "schedules[0].layers[1].shifts[0].user",
        "schedules[0].overrides[0].user",
        "schedules[0].overrides[0].replaces",
        "policies[0].steps[0].targets[0].user",
        "policies[0].steps[0].targets[1].schedule",
        "policies[0].steps[0].targets[2].team",
        "policies[0].fallback[0].user",
        "services[0].team",
        "services[0].policy",
        "integrations[0].service",
        "heartbeats[0].service",
        "maintenance[0].services[0]",
    )

    def test_missing_ones_are_named(self) -> None:
        assert set(found(self.TEXT)) == {*self.PATHS, "teams[0].members[0]", "schedules[0].layers[0].users[1][0]"}

    def test_stored_ones_count(self) -> None:
        stored = Names(
            users=frozenset({"ana", "zoe", "yan", "wim", "vera", "uwe", "tom", "sue"}),
            teams=frozenset({"tt", "tx"}),
            schedules=frozenset({"ss"}),
            policies=frozenset({"gone", "px"}),
            services=frozenset({"vx", "hx", "mx"}),
        )
        validate(self.TEXT, stored, addresses=False)


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("users: [{username: a}, {username: a}]", "users[1].username"),
        (
            'users: [{username: a, contacts: [{name: p, url: "x://y"}, {name: p, url: "x://y"}]}]',
            "users[0].contacts[1].name",
        ),
        ("teams: [{name: a}, {name: a}]", "teams[1].name"),
        ("schedules: [{name: a, timezone: UTC}, {name: a, timezone: UTC}]", "schedules[1].name"),
        ("policies: [{name: a}, {name: a}]", "policies[1].name"),
        ("services: [{name: a}, {name: a}]", "services[1].name"),
        ("policies: [{name: a, steps: [{targets: [{}]}]}]", "policies[0].steps[0].targets[0]"),
        ("services: [{name: a, grouping: labels}]", "services[0].group_labels"),
        ("services: [{name: a, support_hours: {timezone: UTC, windows: []}}]", "services[0].support_hours.windows"),
        ("services: [{name: a}]\nheartbeats: [{name: h, service: a}]", "heartbeats[0]"),
        ("schedules: [{name: a, timezone: UTC, layers: [{name: l}]}]", "schedules[0].layers[0]"),
        (
            "schedules: [{name: a, timezone: UTC, layers: [{name: l, users: [null], every: 1d}]}]",
            "schedules[0].layers[0].start",
        ),
        (
            "services: [{name: a}]\n"
            "maintenance: [{name: m, services: [a], start: 2026-01-06T00:00Z, end: 2026-01-05T00:00Z}]",
            "maintenance[0].end",
        ),
        (
            "services: [{name: a}]\nintegrations: [{name: i, kind: generic, service: a, key: aaaaaaaaaaaaaaaa},"
            " {name: j, kind: generic, service: a, key: aaaaaaaaaaaaaaaa}]",
            "integrations[1].key",
        ),
    ],
)
def test_what_needs_more_than_one_value_to_see(text: str, path: str) -> None:
    assert set(found(f"version: 1\n{text}")) == {path}


@pytest.mark.parametrize(
    "entry",
    [
        "remind: 5",
        "remind: 0s",
        "remind: false",
        "steps: [{delay: 500ms}]",
        "steps: [{delay: -5m}]",
        "steps: [{delay: 0s}]",
        "steps: [{delay: 999w}]",
    ],
)
def test_nonsense_durations(entry: str) -> None:
    assert len(found(f"version: 1\npolicies: [{{name: p, {entry}}}]")) == 1


@pytest.mark.parametrize(
    ("written", "spelled"),
    [("90m", "1h30m"), ("60s", "1m"), ("168h", "1w"), ("2h30m", "2h30m")],
)
def test_equal_durations_have_one_spelling(written: str, spelled: str) -> None:
    config = validate(f"version: 1\npolicies: [{{name: p, remind: {written}}}]", addresses=False).config
    assert config.policies is not None
    assert config.policies[0].remind == spelled


class TestWarnings:
    """Allowed, and said."""

    @pytest.mark.parametrize(
        ("text", "path", "says"),
        [
            ("users: [{username: zed}]", "users[0]", "nothing reaches"),
            ("users: [{username: zed}]", "users", "nobody has the role admin"),
            ("policies: [{name: p}]", "policies[0]", "reaches nobody"),
            (
                "users: [{username: zed}]\npolicies: [{name: p, steps: [{targets: [{user: zed}]}]}]",
                "policies[0]",
                "nobody",
            ),
            ("policies: [{name: p, steps: [{delay: 29s}]}]", "policies[0].steps[0].delay", "hardly time"),
            ("services: [{name: s}]", "services[0]", "no policy"),
            ("schedules: [{name: s, timezone: UTC}]", "schedules[0]", "nobody is ever on call"),
        ],
    )
    def test_what_surprises(self, text: str, path: str, says: str) -> None:
        assert says in warned(f"version: 1\n{text}")[path]

    def test_a_sound_file_has_none(self) -> None:
        text = f"{PEOPLE}policies: [{{name: p, steps: [{{delay: 30s, targets: [{{user: ana}}]}}]}}]\n"
        assert warned(f"{text}services: [{{name: s, policy: p}}]") == {}


def test_no_problem_shows_a_secret() -> None:
    secret = "hunter2hunter2"
    text = f"""
version: 1
users:
  - {{username: ana, contacts: [{{name: a, url: "mailto: ana:{secret}@h"}}, {{name: b, url: "{secret}"}}]}}
integrations: [{{name: i, kind: generic, service: s, key: "{secret} {secret}"}}]
"""
    with pytest.raises(InvalidMany) as refused:
        validate(text, addresses=False)
    assert len(refused.value.parts) == 4
    assert secret not in str(refused.value)


def test_addresses_are_judged_by_what_sends() -> None:
    text = (
        'version: 1\nusers: [{username: ana, contacts: [{name: a, url: "nftys://h/x"}, {name: b, url: "json://h/x"}]}]'
    )
    with pytest.raises(InvalidMany) as refused:
        validate(text)
    [problem] = refused.value.parts
    assert problem.path == "users[0].contacts[0].url"


@pytest.mark.parametrize("version", ["true", "2", "'1'", "null", "[1]"])
def test_the_version_is_the_number_one(version: str) -> None:
    assert "version" in found(f"version: {version}\nusers: []\n")


def test_every_problem_of_a_hopeless_file_has_its_mend() -> None:
    text = """
    version: 1
    users: [{username: ""}, {username: 12}, {username: null}, 7, {username: ana, role: boss}]
    policies: [{name: p, repeat: -1}, {name: q, repeat: true}, {name: r, repeat: 1000}]
    services: [{name: s, grouping: what}]
    schedules:
      - name: s
        timezone: UTC
        layers:
          - {name: a, users: [], start: 2026-01-05T09:00Z}
          - {name: b, users: [[ana, ana]], start: 2026-01-05T09:00, every: 1d, length: 0s}
          - {name: c, shifts: [{user: ana, start: 2026-01-06T09:00, end: 2026-01-05T09:00}]}
        overrides: [{start: 2026-01-08T09:00, end: 2026-01-09T09:00}]
    """
    assert len(found(dedent(text))) > 10
