"""Integrations on the command line: made, keyed anew, switched off, removed; nothing secret is told twice."""

from __future__ import annotations

from pathlib import Path

from tests.cli.running import KEY, CommandLine


def test_an_integration_from_its_making_to_its_removal(both: CommandLine) -> None:
    made = both.json("integration", "create", "grafana", "--kind", "grafana", "--service", "checkout")
    assert len(made["key"]) == 32
    assert [one["state"] for one in made["keys"]] == ["valid"]
    (shown,) = (one for one in both.json("integration", "list")["integrations"] if one["name"] == "grafana")
    assert shown == {key: value for key, value in made.items() if key != "key"}
    assert made["key"] not in both.ok("config", "export", "--with-secrets")
    assert both.json("integration", "disable", "grafana")["enabled"] is False
    assert both.json("integration", "enable", "grafana")["enabled"] is True
    both.ok("integration", "delete", "grafana")
    assert both.refused("integration", "key", "grafana")[0]["code"] == "unknown"


def test_a_rotation_shows_the_new_key_once_and_lets_the_old_one_end(cli: CommandLine) -> None:
    told = cli("integration", "key", "monitor", "--rotate", "--overlap", "2h")
    new = told.stdout.strip()
    assert len(new) == 32
    assert "shown only now" in told.stderr
    old, fresh = cli.json("integration", "key", "monitor")["keys"]
    assert (old["state"], fresh["state"], fresh["expires_at"]) == ("ends", "valid", None)
    again = cli.json("integration", "key", "monitor", "--rotate", "--overlap", "0s")
    assert [one["state"] for one in again["keys"]] == ["revoked", "revoked", "valid"]
    assert new not in str(again)


def test_a_key_of_another_system_is_taken_as_it_is(cli: CommandLine, tmp_path: Path) -> None:
    theirs = tmp_path / "key"
    theirs.write_text("eb243592-faa2-4ba2-a551q-1afdf565c889\n")
    made = cli.json(
        "integration", "create", "og", "--kind", "opsgenie", "--service", "checkout", "--key-file", str(theirs)
    )
    assert made["key"] is None
    (error,) = cli.refused("integration", "key", "monitor", "--key-file", str(theirs))
    assert "og has this key" in error["message"]
    theirs.write_text("short")
    assert cli.refused("integration", "key", "monitor", "--key-file", str(theirs))[0]["path"] == "key"


def test_keys_are_for_admins(cli: CommandLine) -> None:
    for words in (
        ("create", "x", "--kind", "generic", "--service", "checkout"),
        ("key", "monitor", "--rotate"),
        ("disable", "monitor"),
        ("delete", "monitor"),
    ):
        assert cli.refused("integration", *words, user="bo")[0]["code"] == "forbidden"


def test_nonsense_is_refused(cli: CommandLine) -> None:
    make = ("integration", "create", "x", "--kind")
    assert cli.refused(*make, "carrier-pigeon", "--service", "checkout")[0]["path"] == "kind"
    assert cli.refused(*make, "generic", "--service", "nothing")[0]["path"] == "service"
    taken = ("integration", "create", "monitor", "--kind", "generic", "--service", "checkout")
    assert "already" in cli.refused(*taken)[0]["message"]
    assert cli.refused("integration", "key", "monitor", "--rotate", "--overlap", "52w")[0]["path"] == "overlap"


def test_a_signing_secret_is_kept_and_never_shown(cli: CommandLine, tmp_path: Path) -> None:
    file = tmp_path / "secret"
    file.write_text("hush-hush\n")
    assert cli.json("integration", "secret", "monitor", "--file", str(file))["signed"] is True
    assert "hush" not in cli.ok("config", "export")
    assert "hush" not in cli.ok("integration", "list")
    assert cli.json("integration", "secret", "monitor", "--remove")["signed"] is False


def test_a_config_file_that_is_applied_in_an_overlap_cuts_no_key_short(cli: CommandLine, tmp_path: Path) -> None:
    cli.ok("integration", "key", "monitor", "--rotate")
    file = tmp_path / "team.yaml"
    file.write_text(cli.ok("config", "export").replace("service: checkout", "service: search"))
    cli.ok("config", "apply", str(file))
    shown = cli.json("integration", "key", "monitor")
    assert shown["service"] == "search"
    assert [one["state"] for one in shown["keys"]] == ["ends", "valid"]


def test_the_list_of_the_rejected_begins_empty(cli: CommandLine) -> None:
    assert cli.json("integration", "rejected") == {"rejected": []}
    assert "nothing was turned away" in cli("integration", "rejected").stderr
    assert KEY not in cli.ok("integration", "list")
