"""The verbs that act, on real databases."""

from __future__ import annotations

from tests.cli.running import CommandLine

INCIDENT_KEYS = {
    "number", "title", "description", "state", "severity", "urgency", "service", "team", "assignees", "dedup_key",
    "alerts", "labels", "opened_at", "acknowledged_at", "acknowledged_by", "resolved_at", "resolution", "step", "round",
    "next_at", "next", "version",
}  # fmt: skip


def opened(cli: CommandLine, title: str = "5xx", **options: str) -> int:
    flags = [part for name, value in options.items() for part in (f"--{name}", value)]
    made = cli.json("trigger", title, "--service", "checkout", *flags)
    return int(made["number"])


def test_a_trigger_says_whom_the_incident_is_with(cli: CommandLine) -> None:
    trigger = ("trigger", "Checkout 5xx", "--service", "checkout", "--key", "k1")
    assert cli.ok(*trigger).startswith("#1 opened, with ")
    assert cli.ok(*trigger).startswith("#1 is open")


def test_an_incident_from_open_to_resolved(both: CommandLine) -> None:
    made = both.json(
        "trigger", "Checkout 5xx", "--service", "checkout", "--severity", "critical", "--key", "k1",
        "--description", "above 5 %",
    )  # fmt: skip
    assert set(made) == INCIDENT_KEYS
    assert (made["state"], made["severity"], made["urgency"]) == ("triggered", "critical", "high")
    assert (made["service"], made["team"], made["dedup_key"]) == ("checkout", "payments", "k1")
    assert (made["title"], made["description"], made["step"], made["round"]) == ("Checkout 5xx", "above 5 %", 1, 1)
    assert made["next_at"].endswith("Z")
    assert "bo" in made["next"]

    again = both.json("trigger", "Checkout 5xx", "--service", "checkout", "--key", "k1")
    assert again["number"] == made["number"], "the same key counts on the open incident"

    number = str(made["number"])
    taken = both.json("ack", number, user="bo")["incidents"]
    assert [(one["state"], one["acknowledged_by"], one["assignees"]) for one in taken] == [
        ("acknowledged", "bo", ["bo"])
    ]
    assert "resolved: false alarm" in both.ok("resolve", number, "--reason", "false alarm")
    shown = both.json("show", number)
    assert set(shown) == INCIDENT_KEYS | {"timeline", "pages", "changes"}
    assert (shown["state"], shown["resolution"], shown["next_at"], shown["next"]) == (
        "resolved", "false alarm", None, [],
    )  # fmt: skip
    kinds = [entry["kind"] for entry in shown["timeline"]]
    assert kinds[-2:] == ["acknowledged", "resolved"]
    assert set(shown["timeline"][0]) == {"at", "kind", "by", "via", "text"}
    assert {entry["via"] for entry in shown["timeline"] if entry["kind"] == "acknowledged"} == {"cli"}
    assert shown["pages"]
    assert set(shown["pages"][0]) == {"id", "at", "user", "contact", "step", "round", "state", "attempts", "verified"}


def test_the_second_to_acknowledge_is_told_who_was_first(both: CommandLine) -> None:
    number = str(opened(both))
    both.ok("ack", number, user="bo")
    errors = both.refused("ack", number, user="ana")
    assert errors[0]["code"] == "lost_race"
    assert "bo" in errors[0]["message"]
    assert errors[0]["mend"]
    taken = both.json("ack", number, "--take-over", user="ana")["incidents"]
    assert taken[0]["acknowledged_by"] == "ana"


def test_one_refused_number_does_not_keep_the_others_from_it(cli: CommandLine) -> None:
    first, second = opened(cli, key="a"), opened(cli, key="b")
    done = cli("ack", str(first), "999", str(second))
    assert done.exit_code == 1
    assert [f"#{first}" in done.stdout, f"#{second}" in done.stdout] == [True, True]
    assert done.stderr.splitlines() == ["error: there is no incident #999 (see 'oncall incidents')"]
    states = {one["number"]: one["state"] for one in cli.json("incidents")["incidents"]}
    assert states == {first: "acknowledged", second: "acknowledged"}


def test_what_was_done_and_what_was_refused_come_in_one_json_answer(cli: CommandLine) -> None:
    number = opened(cli)
    done = cli("ack", str(number), "999", "--json")
    import json

    answer = json.loads(done.stdout)
    assert done.exit_code == 1
    assert [one["number"] for one in answer["incidents"]] == [number]
    assert [error["code"] for error in answer["errors"]] == ["unknown"]


def test_ack_all_takes_what_is_triggered_and_leaves_what_others_have(cli: CommandLine) -> None:
    held, *open_ones = (opened(cli, key=key) for key in "abc")
    cli.ok("ack", str(held), user="bo")
    taken = cli.json("ack", "--all")["incidents"]
    assert sorted(one["number"] for one in taken) == sorted(open_ones)
    assert cli.json("ack", "--all") == {"incidents": []}
    assert cli.json("show", str(held))["acknowledged_by"] == "bo"


def test_a_note_stands_in_the_timeline_also_after_the_end(cli: CommandLine) -> None:
    number = str(cli.json("trigger", "5xx", "--service", "checkout")["number"])
    cli.json("resolve", number)
    cli.json("note", number, "it was the cache")
    assert ("note", "it was the cache") in [(row["kind"], row["text"]) for row in cli.json("show", number)["timeline"]]


def test_escalate_assign_and_snooze(cli: CommandLine) -> None:
    number = str(opened(cli))
    assert cli.json("escalate", number)["step"] == 2
    given = cli.json("assign", number, "bo")
    assert (given["assignees"], given["state"]) == (["bo"], "triggered")
    assert cli.json("assign", number, "--policy", "office")["step"] in (0, 1)
    slept = cli.json("snooze", f"#{number}", "--for", "2h")
    assert slept["state"] == "acknowledged"
    assert slept["next_at"] is not None
    assert cli.refused("snooze", number, "--for", "2w")[0]["code"] == "invalid"


def test_who_may_not_act_is_told_the_way_out(cli: CommandLine) -> None:
    number = str(opened(cli))
    assert cli.refused("ack", number, user="vi")[0]["code"] == "forbidden"
    stranger = cli.refused("ack", number, user="nobody-known")[0]
    assert stranger["code"] == "forbidden"
    assert "--user" in stranger["mend"]
    assert cli.json("incidents", user="nobody-known")["incidents"], "a stranger may look"


def test_global_flags_stand_before_or_after_the_verb(cli: CommandLine) -> None:
    number = str(opened(cli))
    assert cli("--json", "--user", "bo", "ack", number, user="vi").exit_code == 0
    assert cli.json("show", number)["acknowledged_by"] == "bo"
    elsewhere = f"sqlite:///{cli.folder / 'elsewhere.db'}"
    assert cli("incidents", "--database", elsewhere).exit_code == 3
    assert cli("--database", elsewhere, "incidents").exit_code == 3
    assert cli("--database", elsewhere, "incidents", "--database", cli.url).exit_code == 0


def test_unknown_objects_are_refused_with_what_there_is(cli: CommandLine) -> None:
    error = cli.refused("trigger", "5xx", "--service", "nowhere")[0]
    assert error["code"] == "unknown"
    assert "checkout" in error["mend"]
    assert cli.refused("show", "77")[0]["code"] == "unknown"
    assert cli.refused("assign", str(opened(cli)), "nobody")[0]["code"] == "unknown"


def test_an_act_on_what_has_changed_since_it_was_seen_is_refused(cli: CommandLine) -> None:
    """Two scripts that saw the same version escalate once; so it is for every act that needs the exact version."""
    number, other = str(opened(cli, key="k1")), str(opened(cli, "disk", key="k2"))
    seen = str(cli.json("show", number)["version"])
    assert cli.json("escalate", number, "--seen", seen)["step"] == 2
    for act in (("escalate", number), ("assign", number, "bo"), ("merge", number, other), ("undo", number)):
        (error,) = cli.refused(*act, "--seen", seen)
        assert (error["code"], "has changed since you looked" in error["message"]) == ("lost_race", True), act
    shown = cli.json("show", number)
    assert (shown["state"], shown["step"]) == ("triggered", 2)
    assert cli.json("undo", number, "--seen", str(shown["version"]))["step"] == 1
