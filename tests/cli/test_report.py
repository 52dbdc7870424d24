"""`oncall report`: what the last weeks were like."""

from __future__ import annotations

from tests.cli.running import CommandLine


def test_nothing_happened(cli: CommandLine) -> None:
    assert cli("report").exit_code == 0
    assert cli.json("report")["all"]["incidents"] == 0


def test_figures_by_service(cli: CommandLine) -> None:
    for title in ("5xx", "slow"):
        cli.ok("trigger", title, "--service", "checkout")
    cli.ok("trigger", "disk full", "--service", "search")
    cli.ok("ack", "1")
    cli.ok("resolve", "1")
    told = cli.json("report", "--days", "7")
    assert (told["all"]["incidents"], told["all"]["open"], told["complete"]) == (3, 2, True)
    assert [(row["service"], row["incidents"]) for row in told["services"]] == [("checkout", 2), ("search", 1)]
    assert told["all"]["acknowledged"]["count"] == 1
    assert told["all"]["resolved"]["mean_seconds"] >= 0
    assert told["people"] == []  # nobody was paged: no worker runs
    assert "checkout" in cli.ok("report")


def test_a_span_without_sense_is_usage(cli: CommandLine) -> None:
    cli.refused("report", "--days", "0", status=2)
