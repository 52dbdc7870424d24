"""People, contacts and rules on the command line."""

from __future__ import annotations

from tests.cli.running import CommandLine


def test_a_person_from_adding_to_removing(both: CommandLine) -> None:
    added = both.json("user", "add", "cy", "--name", "Cy", "--timezone", "Europe/Berlin", "--handle", "slack=cyc")
    assert (added["username"], added["role"], added["timezone"], added["contacts"]) == (
        "cy",
        "responder",
        "Europe/Berlin",
        [],
    )
    assert [row["username"] for row in both.json("user", "list")["users"]] == ["ana", "bo", "cy", "vi"]
    assert both.json("user", "edit", "cy", "--phone", "+351 1", user="cy")["phone"] == "+351 1"
    assert both.json("user", "show", "cy")["name"] == "Cy"
    assert "slack: cyc" in both.ok("config", "export")
    assert both.json("user", "remove", "cy") == {"removed": "cy"}
    assert both.refused("user", "show", "cy")[0]["code"] == "unknown"


def test_who_may_change_whom(cli: CommandLine) -> None:
    assert cli.refused("user", "add", "cy", user="bo")[0]["code"] == "forbidden"
    assert cli.refused("user", "edit", "ana", "--name", "x", user="bo")[0]["code"] == "forbidden"
    assert cli.refused("user", "edit", "bo", "--role", "admin", user="bo")[0]["code"] == "forbidden"
    assert cli.refused("user", "remove", "ana", user="ana")[0]["code"] == "forbidden"
    assert cli.refused("user", "edit", "ana", "--role", "viewer")[0]["code"] == "forbidden"
    assert cli.refused("user", "contact", "disable", "push", "--of", "ana", user="bo")[0]["code"] == "forbidden"
    assert cli.json("user", "contact", "disable", "push", "--of", "bo")["enabled"] is False


def test_all_that_is_wrong_is_said_at_once(cli: CommandLine) -> None:
    errors = cli.refused("user", "add", "c y", "--timezone", "Mars/Base")
    assert {error["path"] for error in errors} == {"username", "timezone"}
    assert cli.refused("user", "add", "bo")[0]["code"] == "duplicate"
    assert cli.refused("user", "edit", "bo", "--handle", "slack", status=2)[0]["path"] == "--handle"


def test_nobody_is_removed_who_is_needed(cli: CommandLine) -> None:
    reasons = [error["message"] for error in cli.refused("user", "remove", "bo")]
    assert any("schedule primary needs them" in reason for reason in reasons)
    assert any("team payments needs them" in reason for reason in reasons)
    assert any("policy payments needs them" in reason for reason in reasons)
    cli.ok("user", "add", "cy")
    cli.ok("trigger", "5xx", "--service", "checkout")
    cli.ok("user", "contact", "add", "push", "json://127.0.0.1:9/cy", "--of", "cy")
    cli.ok("assign", "1", "cy")
    assert "they hold #1" in cli.refused("user", "remove", "cy")[0]["message"]


def test_a_contact_and_its_rule(both: CommandLine) -> None:
    secret = "hunter2hunter2"
    url = f"json://bo:{secret}@127.0.0.1:9/path-of-bo"
    added = both.json("user", "contact", "add", "mail", url, "--of", "bo", "--limit", "10/5m", "--updates")
    assert added == {"user": "bo", "contact": "mail", "address": "json://127.0.0.1", "verified": False}
    shown = both.json("user", "contact", "list", "bo")["contacts"][1]
    assert (shown["enabled"], shown["verified"], shown["limit"], shown["updates"]) == (True, False, "10/5m", True)
    assert both.refused("user", "contact", "add", "mail", url, "--of", "bo")[0]["code"] == "duplicate"
    rule = both.json("user", "rule", "add", "mail", "--delay", "5m", "--urgency", "high", user="bo")
    assert rule["rule"] == 1
    assert (
        both.refused("user", "rule", "add", "mail", "--delay", "5m", "--urgency", "high", user="bo")[0]["code"]
        == "duplicate"
    )
    assert both.json("user", "rule", "list", "bo")["rules"] == [
        {"rule": 1, "contact": "mail", "delay": "5m", "urgency": "high"}
    ]
    assert "mail after 5m, high" in both.ok("user", "contact", "remove", "mail", user="bo")
    assert both.json("user", "rule", "list", "bo")["rules"] == []
    everything = both.ok("user", "list") + both.ok("user", "show", "bo") + both.ok("config", "export")
    assert secret not in everything
    assert "path-of-bo" not in everything


def test_rules_are_removed_by_their_place(cli: CommandLine) -> None:
    cli.ok("user", "rule", "add", "push")
    cli.ok("user", "rule", "add", "push", "--delay", "5m")
    assert "push after 0s" in cli.ok("user", "rule", "remove", "1")
    assert [rule["delay"] for rule in cli.json("user", "rule", "list")["rules"]] == ["5m"]
    assert cli.refused("user", "rule", "remove", "7")[0]["code"] == "unknown"
    assert cli.refused("user", "rule", "add", "pager")[0]["code"] == "unknown"
    assert "no duration" in cli.refused("user", "rule", "add", "push", "--delay", "soon")[0]["message"]


def test_only_an_admin_names_private_hosts(cli: CommandLine) -> None:
    private = ("user", "contact", "add", "hook", "json://127.0.0.1:9/x")
    assert "not a public one" in cli.refused(*private, user="bo")[0]["message"]
    assert cli.refused("user", "contact", "add", "hook", "nonsense://x")[0]["path"] == "url"
    assert (
        "is no limit"
        in cli.refused("user", "contact", "add", "hook", "json://127.0.0.1:9/x", "--limit", "many")[0]["message"]
    )
    cli.ok(*private)


def test_contacts_in_words(cli: CommandLine) -> None:
    assert "a code is on its way to ana's contact 'push'" in cli.ok("user", "contact", "verify", "push")
    assert cli.refused("user", "contact", "verify", "push", "000000")[0]["code"] == "wrong_code"
    done = cli("user", "contact", "test", "push", "--wait", "1s")
    assert done.exit_code == 1
    assert "no worker has sent it yet" in done.stderr
    cli.ok("user", "contact", "disable", "push")
    assert "disabled, verified" in cli.ok("user", "show")
    assert "is disabled" in cli.refused("user", "contact", "test", "push")[0]["message"]
    assert "is enabled" in cli.ok("user", "contact", "enable", "push")
