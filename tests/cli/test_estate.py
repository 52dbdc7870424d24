"""Teams, services, policies and the audit from the command line."""

from __future__ import annotations

from tests.cli.running import CommandLine


def test_services_are_healthy_until_an_incident_is_open(cli: CommandLine) -> None:
    cli.ok("trigger", "5xx", "--service", "checkout")
    services = cli.json("service", "list")["services"]
    assert [(one["name"], one["healthy"], one["open_incidents"]) for one in services] == [
        ("checkout", False, 1),
        ("search", True, 0),
    ]
    assert cli.json("service", "show", "checkout") == {
        "name": "checkout",
        "description": "",
        "team": "payments",
        "policies": ["payments"],
        "healthy": False,
        "open_incidents": 1,
        "integrations": [{"name": "monitor", "kind": "generic"}],
    }
    assert "checkout: unhealthy, 1 open" in cli.ok("service", "show", "checkout")
    assert "healthy" in cli.ok("service", "list")


def test_a_policy_tells_whom_its_steps_reach(cli: CommandLine) -> None:
    assert [one["name"] for one in cli.json("policy", "list")["policies"]] == ["office", "payments"]
    shown = cli.json("policy", "show", "payments")
    first, second = shown.pop("steps")
    assert shown == {
        "name": "payments",
        "repeat": 0,
        "remind": "10m",
        "fallback": [],
        "services": ["checkout"],
        "teams": ["payments"],
    }
    assert (first["step"], first["delay"], first["targets"], first["assign"]) == (1, "5m", ["schedule primary"], "all")
    assert second["users"] == ["bo", "ana"]
    assert "then: every admin" in cli.ok("policy", "show", "payments")
    assert "payments" in cli.ok("policy", "list")


def test_teams(cli: CommandLine) -> None:
    payments = {"name": "payments", "members": ["ana", "bo"], "policies": ["payments"]}
    assert cli.json("team", "list") == {"teams": [payments]}
    assert cli.json("team", "show", "payments") == payments
    assert "ana, bo" in cli.ok("team", "show", "payments")
    assert "ana, bo" in cli.ok("team", "list")


def test_what_is_not_there_is_said_with_what_is(cli: CommandLine) -> None:
    for kind, there in (("team", "payments"), ("service", "checkout, search"), ("policy", "office, payments")):
        (error,) = cli.refused(kind, "show", "zz")
        assert (error["code"], error["path"], error["mend"]) == ("unknown", kind, f"there is: {there}")


def test_an_empty_house_says_how_to_fill_it(bare: CommandLine) -> None:
    bare.ok("db", "upgrade")
    for kind in ("team", "service", "policy"):
        assert "config apply" in bare(kind, "list").stderr
        (error,) = bare.refused(kind, "show", "zz")
        assert "config apply" in error["mend"]
    assert "nothing was changed yet" in bare("audit").stderr


def test_the_audit_tells_who_changed_what(cli: CommandLine) -> None:
    cli.ok("user", "edit", "bo", "--name", "Bo Lind")
    newest, *_ = cli.json("audit", "--limit", "2")["audit"]
    assert set(newest) == {"at", "by", "via", "action", "object", "text"}
    assert (newest["by"], newest["via"], "bo" in newest["object"] + newest["text"]) == ("ana", "cli", True)
    assert len(cli.json("audit", "--limit", "1")["audit"]) == 1
    assert "ana" in cli.ok("audit")
