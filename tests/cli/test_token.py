"""Tokens on the command line: shown once, listed without themselves, revoked; everybody has their own."""

from __future__ import annotations

from tests.cli.running import CommandLine


def test_a_token_from_its_making_to_its_end(both: CommandLine) -> None:
    made = both.json("token", "add", "ci", "--lasts", "90d", user="bo")
    assert made["token"].startswith("oc_")
    (listed,) = both.json("token", "list", user="bo")["tokens"]
    assert (listed["name"], listed["user"], listed["role"], listed["made_by"]) == ("ci", "bo", "responder", "bo")
    assert made["token"] not in str(listed)
    assert both.json("token", "revoke", "ci", user="bo") == {"revoked": "ci", "user": "bo"}
    assert both.json("token", "list", user="bo") == {"tokens": []}


def test_only_admins_have_a_say_in_those_of_others(cli: CommandLine) -> None:
    told = cli("token", "add", "for-bo", "--of", "bo")
    assert told.stdout.startswith("oc_")
    assert "shown only now" in told.stderr
    assert "for-bo" in cli.ok("token", "list")
    assert cli.refused("token", "add", "x", "--of", "ana", user="bo")[0]["code"] == "forbidden"
    assert cli.refused("token", "add", "x", "--role", "admin", user="bo")[0]["code"] == "forbidden"
    assert cli.refused("token", "revoke", "for-bo", user="vi")[0]["code"] == "unknown"
    assert cli.refused("token", "add", "for-bo")[0]["path"] == "name"
    assert cli.refused("token", "add", " ")[0]["path"] == "name"
    assert cli.ok("token", "revoke", "for-bo") == "token for-bo of bo is revoked\n"
    assert "no tokens" in cli("token", "list").stderr
