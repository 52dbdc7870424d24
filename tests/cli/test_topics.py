"""`oncall integration topics` and `confirm`: an SNS topic that waits, shown and confirmed by command."""

from __future__ import annotations

from datetime import UTC, datetime

from oncall_tui.ops.session import open_session
from oncall_tui.settings import load_settings
from oncall_tui.storage.statements.intake import topics as rows
from tests.cli.running import CommandLine
from tests.support.sns import TOPIC, cloud

ASKED = datetime(2026, 3, 1, 3, 0, tzinfo=UTC)
OTHER = "arn:aws:sns:eu-west-1:123456789012:other"
SENDER = """
version: 1
integrations:
  - {name: aws, kind: sns, service: checkout, options: {certificates_from: ["CLOUD"]}}
"""


def test_a_topic_is_shown_and_confirmed(cli: CommandLine) -> None:
    with cloud() as aws:
        cli.ok("config", "apply", cli.file(SENDER.replace("CLOUD", aws.url), "aws.yaml"))
        assert "no topic has asked" in cli("integration", "topics").stderr
        assert cli.refused("integration", "confirm", "aws")[0]["code"] == "unknown"
        asks(cli, TOPIC, f"{aws.url}/?Token=1")
        asks(cli, OTHER, "http://169.254.169.254/latest")
        assert TOPIC in cli.ok("integration", "topics", "aws")
        assert cli.refused("integration", "confirm", "aws")[0]["path"] == "topic", "two wait: it has to be named"
        assert cli.refused("integration", "confirm", "aws", "alarms", user="bo")[0]["code"] == "forbidden"
        assert "not Amazon's" in cli.refused("integration", "confirm", "aws", "other")[0]["message"]
        assert aws.asked == []
        assert cli.ok("integration", "confirm", "aws", "alarms") == f"{TOPIC} posts to aws from now on\n"
        assert aws.asked == ["/?Token=1"]
        found = {one["arn"]: one for one in cli.json("integration", "topics")["topics"]}
        assert (found[TOPIC]["state"], found[TOPIC]["confirmed_by"]) == ("confirmed", "ana")
        assert (found[OTHER]["state"], found[OTHER]["asked_at"]) == ("waits", "2026-03-01T03:00:00Z")


def asks(cli: CommandLine, arn: str, url: str) -> None:
    """What the intake keeps of a topic that wants to be confirmed."""
    settings = load_settings(flags={"database": cli.url}, environ={}, path=None)
    session = open_session(settings, via="test")
    sealed = session.cipher().seal(url)
    with session.writing() as conn:
        rows.asked(conn, "aws", arn, sealed, ASKED, 10)
    session.close()
