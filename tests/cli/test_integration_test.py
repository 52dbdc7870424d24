"""`oncall integration test` and `examples`: what a payload would do, without doing it."""

from __future__ import annotations

import json

from oncall_tui.intake.sources import DIALECTS, example
from tests.cli.running import TEAM, CommandLine


def test_it_tells_what_would_open_and_changes_nothing(cli: CommandLine) -> None:
    payload = cli.file('{"title": "Checkout 5xx", "key": "k1", "severity": "critical", "labels": {"tier": "1"}}', "p")
    (event,) = cli.json("integration", "test", "monitor", payload)["events"]
    assert (event["action"], event["title"], event["dedup_key"]) == ("trigger", "Checkout 5xx", "k1")
    assert (event["severity"], event["labels"]) == ("critical", {"tier": "1"})
    assert (event["service"], event["verdict"], event["incident"]) == ("checkout", "open", None)
    assert "would open a new incident of checkout" in cli.ok("integration", "test", "monitor", payload)
    assert cli.json("incidents", "--filter", "")["incidents"] == []


def test_it_reads_in_another_dialect(cli: CommandLine) -> None:
    payload = cli.file(example("nagios").decode(), "p")
    told = cli.json("integration", "test", "monitor", payload, "--kind", "nagios")
    assert (told["kind"], told["events"][0]["dedup_key"]) == ("nagios", "web-1/Disk /var")


def test_a_form_and_a_mapping_reach_the_rules(cli: CommandLine) -> None:
    def with_(more: str) -> None:
        wanted = f"{TEAM}".replace("kind: generic, service", f"kind: generic, {more}, service")
        cli.ok("config", "apply", cli.file(wanted))

    with_("rules: [{name: paid, match: 'payload.meta.team=\"pay\"', service: search}]")
    form = cli.file("title=5xx&key=k&meta[team]=pay", "p")
    (event,) = cli.json("integration", "test", "monitor", form)["events"]
    assert (event["title"], event["service"]) == ("5xx", "search")
    with_("options: {mapping: {title: alarm.text}}")
    (event,) = cli.json("integration", "test", "monitor", cli.file('{"alarm": {"text": "Pump is dry"}}', "p"))["events"]
    assert event["title"] == "Pump is dry"


def test_a_mapping_that_is_no_jmespath_is_refused_where_it_stands(cli: CommandLine) -> None:
    wrong = TEAM.replace("kind: generic,", "kind: generic, options: {mapping: {title: alarm.text, key: 'alarm.['}},")
    for verb in ("validate", "apply"):
        (error,) = cli.refused("config", verb, cli.file(wrong))
        assert error["path"] == "integrations[0].options.mapping.key"
        assert "'alarm.[' is no JMESPath" in error["message"]


def test_a_payload_that_is_none_is_said_with_where_to_look(cli: CommandLine) -> None:
    (error,) = cli.refused("integration", "test", "monitor", cli.file("[]", "p"))
    assert "the body must be a JSON object" in error["message"]
    assert "oncall integration examples generic" in error["mend"]
    payload = cli.file("{}", "p")
    assert cli.refused("integration", "test", "nobody", payload)
    assert cli.refused("integration", "test", "monitor", payload, "--kind", "telex")
    assert cli.refused("integration", "examples", "telex")


def test_every_dialect_has_an_example_to_try(cli: CommandLine) -> None:
    kinds = cli.json("integration", "examples")["kinds"]
    assert kinds == sorted(DIALECTS)
    assert json.loads(cli.ok("integration", "examples", "zabbix")) == json.loads(example("zabbix"))


def test_heartbeats_are_listed_shown_and_pinged(cli: CommandLine) -> None:
    beats = f"{TEAM}heartbeats: [{{name: nightly, service: checkout, every: 1d, grace: 1h}}]\n"
    assert set(cli.json("config", "apply", cli.file(beats))["keys"]) == {"nightly"}
    assert cli.json("heartbeat", "list")["heartbeats"][0]["state"] == "waiting"
    assert cli.json("heartbeat", "ping", "nightly", "--signal", "fail", "--detail", "exit 2")["state"] == "failed"
    shown = cli.json("heartbeat", "show", "nightly")
    assert (shown["state"], shown["signal"], shown["detail"]) == ("failed", "fail", "exit 2")
    assert cli.json("incidents")["incidents"][0]["title"] == "Heartbeat nightly reports a failure"
    assert "nightly is up" in cli.ok("heartbeat", "ping", "nightly")
    assert "every 1d, grace 1h" in cli.ok("heartbeat", "list")
    assert "last sign: success" in cli.ok("heartbeat", "show", "nightly")
    assert cli.refused("heartbeat", "show", "weekly")
    assert cli.refused("heartbeat", "ping", "nightly", user="vi")
