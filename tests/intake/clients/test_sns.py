"""AWS SNS: signatures, subscriptions that a person confirms, repeats, alarms; and moto's SNS, unmodified."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import select

from oncall_tui.domain.directory.people import Role
from oncall_tui.domain.errors import Forbidden, Refused, Unknown
from oncall_tui.ops.integrations import topics
from oncall_tui.storage.tables import incidents, rejected_events
from oncall_tui.storage.tables import topics as topic_rows
from tests.intake.listening import Listening, listening
from tests.support.house import House
from tests.support.processes import post, wait_until
from tests.support.sns import TOPIC, Cloud, alarm, certificate_of, cloud, relay

KEY, OTHER = "s" * 32, "o" * 32
MOTOS_ACCOUNT = "123456789012"
LISTED = "arn:aws:sns:eu-west-1:123456789012:listed"
CONFIG = """
version: 1
users: [{username: ana, role: admin, contacts: [{name: push, url: "json://127.0.0.1:9/"}]}]
policies: [{name: p, steps: [{delay: 5m, targets: [{user: ana}]}]}]
services: [{name: checkout, policy: p}]
integrations:
  - {name: aws, kind: sns, service: checkout, key: "KEY", options: {topics: [LISTED], certificates_from: ["CLOUD"]}}
  - {name: other, kind: sns, service: checkout, key: "OTHER"}
"""


@pytest.fixture
def aws() -> Iterator[Cloud]:
    with cloud() as made:
        yield made


@pytest.fixture
def here(sqlite_url: str, tmp_path: Path, aws: Cloud) -> Iterator[Listening]:
    config = CONFIG.replace("KEY", KEY).replace("OTHER", OTHER).replace("LISTED", LISTED).replace("CLOUD", aws.url)
    with House(sqlite_url, config, tmp_path, datetime(2026, 3, 1, tzinfo=UTC)) as house, listening(house) as made:
        yield made


def send(here: Listening, message: dict[str, Any], key: str = KEY, path: str = "in/sns") -> tuple[int, Any]:
    return post(f"{here.url}/{path}/{key}", message, headers={"Content-Type": "text/plain; charset=UTF-8"})


def states(here: Listening) -> list[tuple[str, str]]:
    with here.house.store.read() as conn:
        query = select(incidents.c.title, incidents.c.state).order_by(incidents.c.number)
        return [tuple(row) for row in conn.execute(query)]


def reasons(here: Listening) -> list[str]:
    with here.house.store.read() as conn:
        return list(conn.execute(select(rejected_events.c.reason).order_by(rejected_events.c.id)).scalars())


@pytest.mark.parametrize("version", ["1", "2"])
def test_a_signed_alarm_opens_and_ok_resolves(here: Listening, aws: Cloud, version: str) -> None:
    assert send(here, aws.message(version=version, Subject="ALARM", Message=alarm()))[0] == 200
    assert states(here) == [("checkout-5xx", "triggered")]
    no_data = aws.message(version=version, MessageId="m-2", Message=alarm("INSUFFICIENT_DATA"))
    assert send(here, no_data, path="integrations/v1/amazon_sns") == (200, "Ok.")
    assert [state for _, state in states(here)] == ["triggered"]
    assert send(here, aws.message(version=version, MessageId="m-3", Message=alarm("OK")))[0] == 200
    assert [state for _, state in states(here)] == ["resolved"]
    assert aws.asked == ["/cert.pem"], "the certificate is kept"


def test_a_message_is_taken_once(here: Listening, aws: Cloud) -> None:
    message = aws.message(Message=alarm())
    for _ in range(3):
        assert send(here, message)[0] == 200
    assert send(here, aws.message(MessageId="m-2", Message=alarm("OK")))[0] == 200
    # The first one once more, late: it would open a new incident.
    assert send(here, message)[0] == 200
    assert states(here) == [("checkout-5xx", "resolved")]
    with here.house.store.read() as conn:
        assert conn.execute(select(incidents.c.events)).scalar_one() == 1


def test_what_is_not_signed_by_sns_opens_nothing(here: Listening, aws: Cloud) -> None:
    good = aws.message(Message=alarm())
    wrong: list[dict[str, Any]] = [
        good | {"Message": alarm("OK")},
        good | {"Signature": "AAAA"},
        good | {"Signature": "%%"},
        good | {"SignatureVersion": "3"},
        good | {"SigningCertURL": "https://sns.eu-west-1.amazonaws.com.evil.example/cert.pem"},
        good | {"SigningCertURL": aws.url.replace("http://", "http://x@") + "/cert.pem"},
        good | {"SigningCertURL": f"{aws.url}/elsewhere"},
        {name: value for name, value in good.items() if not name.startswith("Sign")},
        good | {"Signature": "", "SigningCertURL": f"{aws.url}/unsigned.pem"},
    ]
    for message in wrong:
        assert send(here, message)[0] == 403, message
    assert send(here, good, key=OTHER)[0] == 403, "another integration has listed nothing"
    for path in ("in/generic", "in/alertmanager", "integrations/v1/webhook"):
        assert send(here, {"title": "forged", "alerts": []}, path=path)[0] == 403
    assert "/unsigned.pem" not in aws.asked, "nothing is fetched for a message without a signature"
    assert states(here) == []
    assert any("not signed by SNS: its signature does not fit" in reason for reason in reasons(here))
    assert any("this one came another way" in reason for reason in reasons(here))


def test_odd_certificates(here: Listening, aws: Cloud) -> None:
    aws.files["/cert.pem"] = certificate_of(aws.key, until=datetime(2026, 2, 1, tzinfo=UTC))
    assert send(here, aws.message(Message=alarm()))[0] == 403
    aws.files["/rubbish.pem"] = b"no certificate"
    assert send(here, aws.message(SigningCertURL=f"{aws.url}/rubbish.pem"))[0] == 403
    aws.files["/large.pem"] = b"x" * 100_000
    assert send(here, aws.message(SigningCertURL=f"{aws.url}/large.pem"))[0] == 403
    assert states(here) == []


def test_a_certificate_host_that_is_away_is_a_503(here: Listening, aws: Cloud) -> None:
    message = aws.message(SigningCertURL="https://sns.eu-west-1.amazonaws.com/cert.pem")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("oncall_tui.net.resolve", _nowhere)
        answer = httpx.post(f"{here.url}/in/sns/{KEY}", json=message, trust_env=False)
    assert (answer.status_code, answer.json()["status"]) == (503, "unavailable")


def _nowhere(host: str, port: int) -> tuple[str, ...]:
    raise OSError("no such host")


def test_amazons_names_never_lead_into_the_own_network(here: Listening, aws: Cloud) -> None:
    message = aws.message(SigningCertURL="https://sns.eu-west-1.amazonaws.com/cert.pem")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("oncall_tui.net.resolve", lambda host, port: ("127.0.0.1",))
        assert send(here, message)[0] == 403
    assert "not a public host" in reasons(here)[-1]


def test_a_topic_waits_for_an_operator(here: Listening, aws: Cloud) -> None:
    house = here.house
    status, answer = send(here, aws.message("SubscriptionConfirmation"))
    assert (status, answer["status"]) == (200, "waits")
    (topic,) = topics.topics(house.session, "aws")
    assert (topic.arn, topic.state) == (TOPIC, "waits")
    assert aws.asked == ["/cert.pem"], "nothing was confirmed by itself"
    with house.store.read() as conn:
        assert "t0k3n" not in conn.execute(select(topic_rows.c.confirm_url)).scalar_one()
    with pytest.raises(Forbidden):
        topics.confirm(house.as_user("bo", Role.RESPONDER), "aws")
    with pytest.raises(Unknown):
        topics.confirm(house.session, "aws", "no-such-topic")
    confirmed = topics.confirm(house.as_user("ana", Role.ADMIN), "aws", "alarms")
    assert (confirmed.state, confirmed.confirmed_by) == ("confirmed", "ana")
    assert aws.asked[-1] == "/?Action=ConfirmSubscription&Token=t0k3n"
    with pytest.raises(Unknown):
        topics.confirm(house.session, "aws")
    assert send(here, aws.message("UnsubscribeConfirmation"))[1] == {"status": "ended"}
    assert [one.state for one in topics.topics(house.session)] == ["ended"]


def test_a_listed_topic_is_confirmed_at_once(here: Listening, aws: Cloud) -> None:
    status, answer = send(here, aws.message("SubscriptionConfirmation", TopicArn=LISTED))
    assert (status, answer["status"]) == (200, "confirmed")
    assert aws.asked[-1] == "/?Action=ConfirmSubscription&Token=t0k3n"
    assert [(one.arn, one.state) for one in topics.topics(here.house.session)] == [(LISTED, "confirmed")]


def test_a_subscription_that_leads_elsewhere_is_never_called(here: Listening, aws: Cloud) -> None:
    elsewhere = "http://169.254.169.254/latest/meta-data"
    assert send(here, aws.message("SubscriptionConfirmation", TopicArn=LISTED, SubscribeURL=elsewhere))[0] == 403
    assert send(here, aws.message("SubscriptionConfirmation", SubscribeURL=elsewhere))[0] == 200
    with pytest.raises(Refused):
        topics.confirm(here.house.session, "aws", "alarms")
    assert aws.asked == ["/cert.pem"]


def test_raw_delivery_and_broken_messages_are_refused(here: Listening, aws: Cloud) -> None:
    raw = post(f"{here.url}/in/sns/{KEY}", b"disk full", headers={"x-amz-sns-rawdelivery": "true"})
    assert raw[0] == 400
    assert "turn it off" in raw[1]["errors"][0]
    assert send(here, {"Type": "Notification"})[0] == 400
    assert send(here, {"Type": "Other"})[0] == 400
    assert send(here, aws.message(), key="z" * 32)[0] == 403


def test_other_messages_are_told_by_subject_or_words(here: Listening, aws: Cloud) -> None:
    assert send(here, aws.message(Subject="Disk full", Message="on a"))[0] == 200
    words = json.dumps({"title": "Backup failed", "severity": "low", "key": "b1"})
    assert send(here, aws.message(MessageId="m-2", Message=words))[0] == 200
    other = json.dumps({"source": "aws.ec2", "detail": {}})
    assert send(here, aws.message(MessageId="m-3", Message=other))[0] == 200
    assert [title for title, _ in states(here)] == ["Disk full", "Backup failed", other]


def test_motos_sns_tells_us_of_a_cloudwatch_alarm(here: Listening, aws: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    import boto3
    from moto import mock_aws
    from moto.sns.models import sns_backends

    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    # moto makes its certificate as it sends: valid from then on.
    here.house.clock.set(datetime.now(UTC) + timedelta(hours=1))

    def at_our_cloud(message: dict[str, Any]) -> dict[str, Any]:
        """Its certificate lies in moto's memory: serve it. The signature, which does not cover this URL, is moto's."""
        name = message["SigningCertURL"].rpartition("/")[2]
        keys = sns_backends[MOTOS_ACCOUNT]["eu-west-1"]._message_public_keys
        aws.files[f"/{name}"] = keys[name]
        return message | {"SigningCertURL": f"{aws.url}/{name}"}

    with relay(f"{here.url}/in/sns/{KEY}", at_our_cloud) as endpoint, mock_aws():
        client = boto3.client("sns", region_name="eu-west-1")
        topic = client.create_topic(Name="alarms")["TopicArn"]
        client.subscribe(TopicArn=topic, Protocol="http", Endpoint=endpoint)
        sent = client.publish(TopicArn=topic, Message=alarm())
        assert sent["ResponseMetadata"]["HTTPStatusCode"] == 200
        wait_until(lambda: states(here) == [("checkout-5xx", "triggered")], "the alarm's incident")
        client.publish(TopicArn=topic, Message=alarm("OK"))
        wait_until(lambda: states(here) == [("checkout-5xx", "resolved")], "its end")
    assert reasons(here) == []
