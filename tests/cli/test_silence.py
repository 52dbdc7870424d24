"""silence add, list and delete on the command line."""

from __future__ import annotations

from tests.cli.running import CommandLine


def test_from_making_to_ending(cli: CommandLine) -> None:
    assert "nothing is silenced" in cli("silence", "list").stderr
    made = cli.json("silence", "add", "alertname=Disk", 'host=~"db.*"', "--for", "2h", "--comment", "moving", user="bo")
    assert (made["state"], made["creator"], made["comment"], made["held_back"]) == ("active", "bo", "moving", 0)
    assert made["matchers"] == 'alertname="Disk", host=~"db.*"'
    [listed] = cli.json("silence", "list")["silences"]
    assert listed == made
    assert cli.ok("silence", "delete", str(made["id"])).startswith("ended silence 1: ")
    assert cli.json("silence", "list") == {"silences": []}
    [over] = cli.json("silence", "list", "--all")["silences"]
    assert (over["state"], over["uuid"]) == ("expired", made["uuid"])
    assert "alertname" in cli.ok("silence", "list", "--all")


def test_nonsense_is_refused(cli: CommandLine) -> None:
    assert "needs an end" in cli.refused("silence", "add", "a=b", status=2)[0]["message"]
    assert cli.refused("silence", "add", "a!=b", "--for", "1h")[0]["path"] == "matchers"
    assert cli.refused("silence", "add", "a=~(", "--for", "1h")[0]["path"] == "matchers"
    assert cli.refused("silence", "add", "a=b", "--until", "2020-01-01")[0]["path"] == "end"
    assert cli.refused("silence", "delete", "7")[0]["code"] == "unknown"
    assert cli.refused("silence", "add", "a=b", "--for", "1h", user="vi")[0]["code"] == "forbidden"
