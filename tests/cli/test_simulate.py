"""oncall simulate: the outside contract, from a config file and from a database."""

from __future__ import annotations

import json

import pytest

from tests.cli.running import TEAM, CommandLine

ALONE = """
version: 1
users:
  - {username: ana, contacts: [{name: push, url: "json://127.0.0.1:9/ana"}]}
  - {username: bo, contacts: [{name: push, url: "json://127.0.0.1:9/bo"}]}
policies:
  - name: payments
    remind: off
    steps: [{delay: 5m, targets: [{user: ana}]}, {delay: 5m, targets: [{user: bo}, {url: "slack://TOKENA/TOKENB/TOKENC"}]}]
    fallback: [{user: ana}]
services: [{name: checkout, policy: payments}]
"""
SCENARIO = """
service: checkout
events:
  - {at: 2026-03-01T03:10:00Z, do: trigger, key: k1, title: 5xx}
  - {at: +7m, do: acknowledge, by: ana}
  - {at: +7m, do: escalate, by: bo, as_of: +6m}
until: +1h
"""


@pytest.fixture
def alone(bare: CommandLine) -> tuple[CommandLine, list[str]]:
    """A command line without any database, and the flags for its config file."""
    return bare, ["--config", bare.file(ALONE, "alone.yaml")]


def test_the_shape_of_the_answer(alone: tuple[CommandLine, list[str]]) -> None:
    oncall, flags = alone
    answer = oncall.json("simulate", oncall.file(SCENARIO, "scenario.yaml"), *flags)
    assert list(answer) == ["pages", "timeline", "rejected", "state"]
    pages = [{key: value for key, value in page.items() if key != "because"} for page in answer["pages"]]
    slack = pages[1]["contact"]
    assert "TOKEN" not in slack, "a channel's address is a secret"
    assert pages == [
        {"at": "2026-03-01T03:10:00Z", "incident": 1, "user": "ana", "contact": "push", "step": 1, "round": 1},
        {"at": "2026-03-01T03:15:00Z", "incident": 1, "user": None, "contact": slack, "step": 2, "round": 1},
        {"at": "2026-03-01T03:15:00Z", "incident": 1, "user": "bo", "contact": "push", "step": 2, "round": 1},
    ]
    assert all(page["because"] for page in answer["pages"])
    assert answer["rejected"] == [
        {
            "at": "2026-03-01T03:17:00Z",
            "do": "escalate",
            "by": "bo",
            "because": "#1 has changed since you looked: it is acknowledged, step 2, with ana now",
        }
    ]
    assert answer["state"] == "acknowledged"
    assert all({"at", "kind", "by", "text"} <= set(line) for line in answer["timeline"])
    acknowledged = [line for line in answer["timeline"] if line["kind"] == "acknowledged"]
    assert [(line["at"], line["by"]) for line in acknowledged] == [("2026-03-01T03:17:00Z", "ana")]


def test_for_people(alone: tuple[CommandLine, list[str]]) -> None:
    oncall, flags = alone
    file = oncall.file(SCENARIO, "scenario.yaml")
    told = oncall.ok("simulate", file, *flags).splitlines()
    assert told[0].split() == ["At", "Who", "By", "Incident", "Step", "Round", "Because"]
    assert told[1].split()[:6] == ["2026-03-01T03:10:00Z", "ana", "push", "#1", "1", "1"]
    assert told[-1] == "ends acknowledged"
    assert "nobody acknowledged step 1" in oncall.ok("simulate", file, "--timeline", *flags)


EXPECTS = """
expect:
  - paged: {user: ana, contact: push, within: 1m, step: 1}
  - not_paged: {user: bo, from: +6m}
  - paged: {user: null, step: 2}
  - state: acknowledged
  - pages: 3
"""


def test_expectations_that_hold(alone: tuple[CommandLine, list[str]]) -> None:
    oncall, flags = alone
    assert oncall.json("simulate", oncall.file(SCENARIO + EXPECTS, "s.yaml"), *flags)["state"] == "acknowledged"


def test_each_expectation_that_fails_is_said_and_ends_with_status_1(alone: tuple[CommandLine, list[str]]) -> None:
    oncall, flags = alone
    wrong = """
expect:
  - paged: {user: bo, within: 4m}
  - paged: {user: bo, contact: push, step: 1}
  - paged: {user: ana, round: 2}
  - not_paged: {user: bo, from: +5m}
  - state: exhausted
  - pages: 1
  - pages: 3
"""
    done = oncall("simulate", oncall.file(SCENARIO + wrong, "s.yaml"), "--json", *flags)
    assert done.exit_code == 1
    answer = json.loads(done.stdout)
    assert {"pages", "timeline", "rejected", "state", "errors"} == set(answer)
    assert [one["path"] for one in answer["errors"]] == [
        "expect[0].paged", "expect[1].paged", "expect[2].paged", "expect[3].not_paged", "expect[4].state",
        "expect[5].pages",
    ]  # fmt: skip
    assert {one["code"] for one in answer["errors"]} == {"expectation"}
    assert answer["errors"][0]["message"] == (
        "expected a page to bo, by 2026-03-01T03:14:00Z: there is none; "
        "bo by push is paged at 2026-03-01T03:15:00Z, step 2, round 1"
    )
    assert done.stderr == "", "errors are on stdout alone with --json"
    plain = oncall("simulate", oncall.file(SCENARIO + wrong, "s.yaml"), *flags)
    said = plain.stderr.splitlines()
    assert (plain.exit_code, len(said)) == (1, 6)
    assert said[4] == (
        "error: expect[4].state: expected the state exhausted at the end: it is acknowledged "
        "(change the config, or what is expected)"
    )


def test_a_page_at_the_edges_of_an_expectation(alone: tuple[CommandLine, list[str]]) -> None:
    """`within` and `from` count their own instant; `until` does not."""
    oncall, flags = alone
    edges = """
expect:
  - paged: {user: bo, within: 5m}
  - paged: {user: bo, from: +5m}
  - not_paged: {user: bo, until: +5m}
"""
    oncall.ok("simulate", oncall.file(SCENARIO + edges, "s.yaml"), *flags)


def test_errors(alone: tuple[CommandLine, list[str]]) -> None:
    oncall, flags = alone
    broken = oncall.file(SCENARIO.replace("by: ana", "by: zoe").replace("+1h", "later"), "s.yaml")
    errors = oncall.refused("simulate", broken, *flags)
    assert [(one["path"], one["code"]) for one in errors] == [
        ("until", "invalid"), ("events[1].by", "missing_reference"),
    ]  # fmt: skip
    assert all(one["message"] and one["mend"] for one in errors)
    assert oncall.refused("simulate", str(oncall.folder / "none.yaml"), *flags, status=2)[0]["code"] == "missing_file"
    config = oncall.file(ALONE.replace("user: bo", "user: zoe"), "broken.yaml")
    scenario = oncall.file(SCENARIO, "s.yaml")
    wrong = oncall.refused("simulate", scenario, "--config", config)
    assert wrong[0]["path"] == "policies[0].steps[1].targets[0].user"
    assert oncall.refused("simulate", scenario, status=3)[0]["code"] == "database_away"


def test_against_a_database(both: CommandLine) -> None:
    """The directory of the database answers as its config file does."""
    scenario = both.file(SCENARIO.replace("03-01", "01-14"), "scenario.yaml")
    stored = both.json("simulate", scenario)
    assert stored == both.json("simulate", scenario, "--config", both.file(TEAM, "same.yaml"))
    assert [page["user"] for page in stored["pages"]] == ["bo", "ana", "bo"]


def test_an_incident_that_opened_now(alone: tuple[CommandLine, list[str]]) -> None:
    oncall, flags = alone
    answer = oncall.json("simulate", "--service", "checkout", "--at", "2026-03-01T03:10", *flags)
    assert list(answer) == ["pages", "timeline", "rejected", "state"]
    assert [(page["at"], page["user"]) for page in answer["pages"]] == [
        ("2026-03-01T03:10:00Z", "ana"), ("2026-03-01T03:15:00Z", None), ("2026-03-01T03:15:00Z", "bo"),
        ("2026-03-01T03:20:00Z", "ana"),
    ]  # fmt: skip
    assert answer["state"] == "exhausted"
    low = oncall.json("simulate", "--service", "checkout", "--severity", "low", *flags)
    assert [page["user"] for page in low["pages"]] == ["ana"]
    assert "ends exhausted" in oncall.ok("simulate", "--service", "checkout", *flags)


def test_a_scenario_or_a_service(alone: tuple[CommandLine, list[str]]) -> None:
    oncall, flags = alone
    file = oncall.file(SCENARIO, "s.yaml")
    assert oncall.refused("simulate", *flags, status=2)[0]["code"] == "usage"
    assert oncall.refused("simulate", file, "--service", "checkout", *flags, status=2)[0]["code"] == "usage"
    assert oncall.refused("simulate", file, "--severity", "low", *flags, status=2)[0]["path"] == "--severity"
    assert oncall.refused("simulate", "--service", "nowhere", *flags)[0]["code"] == "unknown"


def test_an_incident_again(both: CommandLine) -> None:
    both.ok("trigger", "5xx", "--service", "checkout")
    answer = both.json("replay", "1")
    assert list(answer) == ["pages", "timeline", "rejected", "state"]
    assert [(page["step"], page["contact"]) for page in answer["pages"]] == [(1, "push")]
    assert both.json("replay", "1", "--config", both.file(TEAM, "same.yaml")) == answer
    assert "ends triggered" in both.ok("replay", "#1")
    assert both.refused("replay", "9")[0]["code"] == "unknown"
    assert (
        both.refused("replay", "1", "--config", both.file(ALONE.replace("checkout", "other")))[0]["path"] == "service"
    )
