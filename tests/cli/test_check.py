"""oncall check, from a config file and from a database."""

from __future__ import annotations

import json

from tests.cli.running import TEAM, CommandLine

FINE = """
version: 1
users: [{username: ana, contacts: [{name: push, url: "json://127.0.0.1:9/ana"}]}]
policies: [{name: p, steps: [{targets: [{user: ana}]}]}]
services: [{name: checkout, policy: p}]
"""


def test_all_is_well(bare: CommandLine) -> None:
    flags = ["--config", bare.file(FINE, "fine.yaml")]
    answer = bare.json("check", *flags)
    assert (answer["fine"], answer["problems"], answer["remarks"]) == (True, [], [])
    assert answer["services"] == [
        {"service": "checkout", "urgency": "high", "nobody": []},
        {"service": "checkout", "urgency": "low", "nobody": []},
    ]
    assert "every service reaches somebody until" in bare("check", "--weeks", "2", *flags).stderr


def test_what_is_to_be_mended_ends_with_status_1(bare: CommandLine) -> None:
    flags = ["--config", bare.file(TEAM, "team.yaml")]
    done = bare("check", "--json", *flags)
    assert done.exit_code == 1
    answer = json.loads(done.stdout)
    assert answer["fine"] is False
    told = {(one["kind"], one["subject"]) for one in answer["problems"]}
    assert ("reaches_nobody", "policy office") in told
    assert ("gap", "schedule office") in told
    assert all(one["message"] and one["mend"] for one in answer["problems"] + answer["remarks"])
    nobody = {one["service"]: bool(one["nobody"]) for one in answer["services"]}
    assert nobody == {"checkout": False, "search": True}
    plain = bare("check", *flags)
    assert plain.exit_code == 1
    assert "problem: policy office reaches nobody" in plain.stdout
    assert "times more" in plain.stdout
    assert "mend: " in plain.stdout


def test_against_a_database(both: CommandLine) -> None:
    done = both("check", "--weeks", "1", "--json")
    assert done.exit_code == 1
    answer = json.loads(done.stdout)
    assert ("reaches_nobody", "policy office") in {(one["kind"], one["subject"]) for one in answer["problems"]}


def test_errors(bare: CommandLine) -> None:
    broken = bare.file(FINE.replace("user: ana", "user: zoe"), "broken.yaml")
    assert bare.refused("check", "--config", broken)[0]["path"] == "policies[0].steps[0].targets[0].user"
    assert bare.refused("check", "--weeks", "0", status=2)[0]["path"] == "--weeks"
    assert bare.refused("check", status=3)[0]["code"] == "database_away"
