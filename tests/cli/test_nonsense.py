"""Values that no careful person types: refused in a line, never a traceback."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.cli.running import TEAM, CommandLine
from tests.support.processes import oncall_environment


@pytest.mark.parametrize(
    "arguments",
    [
        ("who", "--at", "9999-12-31T23:59"),
        ("who", "--at", "0001-01-01T00:00"),
        ("who", "--schedule", "office", "--at", "9999-12-31"),
        ("schedule", "show", "primary", "--from", "9999-12-30T00:00"),
        ("schedule", "show", "primary", "--from", "9999-12-30T00:00", "--until", "9999-12-31T00:00"),
        ("schedule", "show", "primary", "--until", "0001-01-01"),
    ],
)
def test_years_at_the_ends_of_the_calendar_are_refused(bare: CommandLine, arguments: tuple[str, ...]) -> None:
    errors = bare.refused(*arguments, "--config", bare.file(TEAM), status=2)
    assert errors[0]["path"].startswith("--")
    assert errors[0]["mend"]
    assert "out of reach" in errors[0]["message"]


def test_the_farthest_years_that_may_be_named_are_answered(bare: CommandLine) -> None:
    file = bare.file(TEAM)
    for at in ("1970-01-01T00:00Z", "9000-12-31T23:59Z"):
        assert bare.json("who", "--at", at, "--config", file)["on_call"]
        assert bare.json("schedule", "show", "primary", "--from", at, "--config", file)["schedule"] == "primary"


@pytest.mark.parametrize(
    ("flags", "path"),
    [(("",), "title"), (("  \n ",), "title"), (("5xx", "--key", "k" * 5000), "key")],
)
def test_an_incident_by_hand_needs_words_and_a_key_that_fits(
    both: CommandLine, flags: tuple[str, ...], path: str
) -> None:
    errors = both.refused("trigger", *flags, "--service", "checkout")
    assert [error["path"] for error in errors] == [path]
    assert both.json("incidents")["incidents"] == []


def test_everything_that_a_person_types_is_kept_in_a_shape_that_fits(both: CommandLine) -> None:
    long = "x" * 70_000
    opened = both.json("trigger", f" two\n lines {long}", "--service", "checkout", "--key", " ", "--description", long)
    assert opened["title"].startswith("two lines xxx")
    assert (len(opened["title"]), len(opened["description"])) == (1024, 16_000)
    again = both.json("trigger", "5xx", "--service", "checkout", "--key", " ")
    assert again["number"] != opened["number"], "a blank key is none"


def test_bytes_that_are_no_text_do_not_keep_an_incident_from_opening(both: CommandLine) -> None:
    latin = "f\udcfcnf".encode("utf-8", "surrogateescape").decode("utf-8", "surrogateescape")
    assert both.json("trigger", latin, "--service", "checkout")["title"] == "f\ufffdnf"
    number = both.json("incidents")["incidents"][0]["number"]
    assert both("note", str(number), latin).exit_code == 0
    assert both("incidents", "--filter", latin).exit_code == 0
    assert both.refused("ack", str(number), "--user", latin)[0]["code"] == "forbidden"


def test_a_stranger_is_called_by_the_name_they_gave(cli: CommandLine) -> None:
    number = str(cli.json("trigger", "5xx", "--service", "checkout")["number"])
    assert "'zoe'" in cli("ack", number, user="zoe").stderr


def test_a_snooze_of_no_length_is_refused(cli: CommandLine) -> None:
    number = str(cli.json("trigger", "5xx", "--service", "checkout")["number"])
    assert cli.refused("snooze", number, "--for", "0s")
    assert cli.json("show", number)["state"] == "triggered"


@pytest.mark.parametrize("listen", ["nonsense", "127.0.0.1:99999", "127.0.0.1:"])
def test_a_flag_that_makes_no_sense_is_a_usage_error(cli: CommandLine, listen: str) -> None:
    assert [error["path"] for error in cli.refused("worker", "--listen", listen, status=2)] == ["--listen"]
    by_setting = cli("worker", env={"ONCALL_LISTEN": listen})
    assert (by_setting.exit_code, "ONCALL_LISTEN" in by_setting.stderr) == (1, True)


def test_a_tls_key_without_its_certificate_never_serves_in_clear(cli: CommandLine) -> None:
    errors = cli.refused("worker", "--listen", "127.0.0.1:0", "--tls-key", cli.file("key", "key.pem"))
    assert (errors[0]["path"], errors[0]["mend"]) == ("tls_cert", "give --tls-cert, too")


@pytest.mark.parametrize("cursor", ["bogus", "1", "0." + "9" * 40, "9" * 40 + ".1", "-1.5", "0.²"])
def test_a_cursor_that_no_answer_gave_is_refused(both: CommandLine, cursor: str) -> None:
    assert both.refused("incidents", "--cursor", cursor, status=2)[0]["path"] == "--cursor"


def test_closed_streams_do_not_keep_an_incident_from_opening(cli: CommandLine) -> None:
    shell = '"$0" -m oncall_tui trigger 5xx --service checkout <&- >&- 2>&-'
    subprocess.run(
        ["sh", "-c", shell, sys.executable],
        env=oncall_environment(cli.url, {"ONCALL_USER": "ana"}),
        check=True,
        timeout=60,
    )
    assert [incident["title"] for incident in cli.json("incidents")["incidents"]] == ["5xx"]
    assert "sound" in cli.ok("db", "check")


@pytest.mark.parametrize("flag", ["--database", "--user"])
def test_an_empty_global_flag_is_refused_not_ignored(cli: CommandLine, flag: str) -> None:
    for arguments in (("incidents", flag, ""), (flag, "", "incidents")):
        assert [error["path"] for error in cli.refused(*arguments, status=2)] == [flag]


def test_an_answer_that_finds_no_room_is_told_in_one_line(cli: CommandLine) -> None:
    environment = oncall_environment(cli.url, {"ONCALL_USER": "ana"})
    with open("/dev/full", "w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "oncall_tui", "incidents", "--json"],
            stdout=full,
            stderr=subprocess.PIPE,
            env=environment,
            text=True,
            timeout=60,
            check=False,
        )
    assert done.returncode == 1
    assert done.stderr == "error: the answer can't be written: No space left on device (free some space)\n"
