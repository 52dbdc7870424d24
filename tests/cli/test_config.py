"""Config as code, from the command line."""

from __future__ import annotations

import json

import pytest

from tests.cli.running import TEAM, CommandLine

WRONG = """
version: 1
users: [{username: ana, colour: red}]
schedules:
  - {name: s, timezone: Mars/Base}
policies:
  - {name: p, steps: [{delay: soon, targets: [{user: nobody}]}]}
services: [{name: checkout, policy: nowhere}]
"""
WRONG_PATHS = {
    "users[0].colour",
    "schedules[0].timezone",
    "policies[0].steps[0].delay",
    "policies[0].steps[0].targets[0].user",
    "services[0].policy",
}


def test_apply_makes_the_database_and_tells_what_it_did(bare: CommandLine) -> None:
    answer = bare.json("config", "apply", bare.file(TEAM))
    assert {"action": "created", "kind": "user", "name": "ana"} in answer["changed"]
    assert all(set(change) == {"action", "kind", "name"} for change in answer["changed"])
    assert bare.json("config", "apply", bare.file(TEAM))["changed"] == [], "the second time changes nothing"


def test_apply_makes_a_key_and_prints_it_once(bare: CommandLine) -> None:
    file = bare.file("version: 1\nservices: [{name: s}]\nintegrations: [{name: m, kind: generic, service: s}]\n")
    keys = bare.json("config", "apply", file)["keys"]
    assert set(keys) == {"m"}
    assert len(keys["m"]) >= 32
    assert bare.json("config", "apply", file)["keys"] == {}
    assert keys["m"] not in bare.ok("config", "export", "--with-secrets")


def test_a_file_that_is_wrong_makes_no_database(bare: CommandLine) -> None:
    errors = bare.refused("config", "apply", bare.file(TEAM.replace("policy: office", "policy: nowhere")))
    assert "nowhere" in errors[0]["message"]
    assert not (bare.folder / "none.db").exists()


def test_plan_changes_nothing(cli: CommandLine) -> None:
    renamed = TEAM.replace("name: checkout, team", "name: till, team").replace("service: checkout", "service: till")
    file = cli.file(renamed)
    planned = cli.json("config", "plan", file)["changed"]
    assert {"action": "created", "kind": "service", "name": "till"} in planned
    assert cli.json("config", "plan", file)["changed"] == planned
    assert cli.refused("who", "--service", "till")[0]["code"] == "unknown"


@pytest.mark.parametrize("verb", ["validate", "plan", "apply"])
def test_everything_that_is_wrong_is_told_at_once_and_nothing_is_done(cli: CommandLine, verb: str) -> None:
    before = cli.ok("config", "export")
    file = cli.file(WRONG, "wrong.yaml")
    assert {error["path"] for error in cli.refused("config", verb, file)} == WRONG_PATHS
    done = cli("config", verb, file)
    assert done.exit_code == 1
    assert len(done.stderr.splitlines()) == len(WRONG_PATHS)
    assert cli.ok("config", "export") == before


def test_validate_needs_no_database(bare: CommandLine) -> None:
    assert "valid" in bare.ok("config", "validate", bare.file(TEAM))
    assert not (bare.folder / "none.db").exists()


def test_an_empty_policy_is_allowed_and_warned_of(bare: CommandLine) -> None:
    file = bare.file("version: 1\npolicies: [{name: p}]\n")
    answer = bare.json("config", "validate", file)
    assert any("policies[0]" in warning["path"] for warning in answer["warnings"])
    assert any(line.startswith("warning: policies[0]") for line in bare("config", "apply", file).stderr.splitlines())


def test_what_is_exported_applies_to_nothing_new(cli: CommandLine) -> None:
    exported = cli.ok("config", "export")
    assert "json://127.0.0.1:9/ana" not in exported
    assert "***" in exported
    assert cli.json("config", "apply", cli.file(exported, "again.yaml"))["changed"] == []
    assert "json://127.0.0.1:9/ana" in cli.ok("config", "export", "--with-secrets")


def test_only_an_admin_applies(cli: CommandLine) -> None:
    assert cli.refused("config", "apply", cli.file(TEAM), user="bo")[0]["code"] == "forbidden"


def test_the_schema_is_one(bare: CommandLine) -> None:
    schema = json.loads(bare.ok("config", "schema"))
    assert "schedules" in schema["properties"]


def test_a_file_comes_from_stdin_too(bare: CommandLine) -> None:
    from click.testing import CliRunner

    from oncall_tui.cli.root import root

    done = CliRunner(env={"ONCALL_DATABASE": bare.url}).invoke(root, ["config", "validate", "-"], input=TEAM)
    assert done.exit_code == 0
