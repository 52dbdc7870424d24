"""Command lines that make no sense, and databases that are not there: one line with a mend, and the right status."""

from __future__ import annotations

import json

import pytest

from tests.cli.running import CommandLine


@pytest.mark.parametrize(
    "arguments",
    [
        ("nonsense",),
        ("ack",),
        ("ack", "--all", "1"),
        ("ack", "twelve"),
        ("ack", "0"),
        ("ack", "9" * 40),
        ("show",),
        ("incidents", "--what"),
        ("incidents", "--limit", "0"),
        ("incidents", "--filter", "state:foo"),
        ("trigger", "5xx"),
        ("trigger", "5xx", "--service", "checkout", "--severity", "bad"),
        ("resolve", "1", "--reason", "bored"),
        ("assign", "1"),
        ("assign", "1", "ana", "--policy", "p"),
        ("snooze", "1"),
        ("snooze", "1", "--for", "soon"),
        ("snooze", "1", "--until", "soon"),
        ("who", "--at", "soon"),
        ("config",),
        ("config", "validate", "not-there.yaml"),
        ("who", "--config", "not-there.yaml"),
        ("worker", "--tls-cert", "not-there.pem", "--listen", "127.0.0.1:0"),
    ],
)
def test_usage_errors_exit_2_in_words_and_in_json(cli: CommandLine, arguments: tuple[str, ...]) -> None:
    in_words = cli(*arguments)
    assert in_words.exit_code == 2
    assert in_words.stdout == ""
    assert in_words.stderr
    as_json = cli(*arguments, "--json")
    assert as_json.exit_code == 2
    errors = json.loads(as_json.stdout)["errors"]
    assert errors
    for error in errors:
        assert set(error) == {"path", "code", "message", "mend"}
        assert error["message"]
        assert error["mend"]


def test_every_error_is_one_line_with_its_path(cli: CommandLine) -> None:
    done = cli("incidents", "--filter", "state:foo sev>=bad")
    lines = done.stderr.splitlines()
    assert len(lines) == 2
    assert all(line.startswith("error: filter: ") and line.endswith(")") for line in lines)
    path = cli("who", "--at", "soon", "--json")
    assert json.loads(path.stdout)["errors"][0]["path"] == "--at"


def test_a_bad_setting_is_named(cli: CommandLine) -> None:
    done = cli("incidents", env={"ONCALL_LEASE": "-3"})
    assert done.exit_code == 1
    assert "ONCALL_LEASE" in done.stderr


def test_a_database_that_is_not_there_exits_3_and_is_not_made(bare: CommandLine) -> None:
    errors = bare.refused("incidents", status=3)
    assert errors[0]["code"] == "database_away"
    assert "oncall db upgrade" in errors[0]["mend"]
    assert not (bare.folder / "none.db").exists()


def test_a_server_that_is_not_there_exits_3(bare: CommandLine) -> None:
    done = bare("incidents", "--database", "postgresql://oncall:hunter2@127.0.0.1:9/oncall", "--json")
    assert done.exit_code == 3
    assert json.loads(done.stdout)["errors"][0]["code"] == "database_away"
    assert "hunter2" not in done.output


def test_a_title_cannot_act_on_the_terminal(cli: CommandLine) -> None:
    evil = "\x1b]0;owned\x07 disk [/var/log] full \u202egnp.exe\x9b31m\u200b"
    number = str(cli.json("trigger", evil, "--service", "checkout")["number"])
    for arguments in (("incidents",), ("show", number), ("ack", number)):
        shown = cli.ok(*arguments) + cli.ok(*arguments[:1], *arguments[1:], "--json")
        for sign in ("\x1b", "\x07", "\u202e", "\x9b", "\u200b"):
            assert sign not in shown
    assert "disk [/var/log] full" in cli.ok("incidents")
    assert cli.json("show", number)["state"] == "acknowledged"
