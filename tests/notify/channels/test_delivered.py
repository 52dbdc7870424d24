"""What each service gets, to the letter: asserted on the requests that arrive under its own name."""

from __future__ import annotations

import base64
from dataclasses import replace
from email import message_from_bytes, policy
from urllib.parse import parse_qs

import pytest

from oncall_tui.notify.outcome import Outcome
from oncall_tui.notify.sender import AppriseSender
from oncall_tui.notify.words.texts import page_text
from tests.notify.channels.known import BY_NAME, FACTS, LINK, PAGE
from tests.support.sinks import Request, Sink

TIMEOUT = 20.0
BODY = """\
Checkout 5xx above 5 %
12 % of requests fail.

Service: checkout (payments)
Severity: critical
Since: Mon 6 Jul 09:02 Europe/Lisbon (12m ago)
With: ana
Also paged: bo, cy
Incident: #412, triggered, step 1 of 3, round 1
Acknowledge: oncall ack 412
Answer here: https://oncall.example.com/a/AcK_9AEBAQGgqPEktbWfpm7z736Lk2k4
Page 412-7"""
TITLE = "[CRIT] #412 Checkout 5xx above 5 %"


def sent(sender: AppriseSender, services: Sink, name: str, url: str | None = None) -> Request:
    channel = BY_NAME[name]
    services.answer(channel.path, body=channel.good)
    result = sender.send(url or channel.url, PAGE, TIMEOUT)
    assert result.outcome is Outcome.DELIVERED, result.answer
    [request] = services.requests
    assert (request.method, request.path) == ("POST", channel.path)
    return request


@pytest.mark.parametrize(
    ("name", "host", "where"), [("slack webhook", "hooks.slack.com", "#ops"), ("slack bot", "slack.com", "@ana")]
)
def test_slack(sender: AppriseSender, services: Sink, name: str, host: str, where: str) -> None:
    request = sent(sender, services, name)
    assert request.headers["host"] == host
    assert request.json["channel"] == where
    [attachment] = request.json["attachments"]
    assert (attachment["title"], attachment["text"]) == (TITLE, BODY)


def test_twilio_gets_one_sms_with_number_and_link_whole(sender: AppriseSender, services: Sink) -> None:
    request = sent(sender, services, "twilio")
    assert request.headers["host"] == "api.twilio.com"
    form = {name: value for name, [value] in parse_qs(request.body.decode(), strict_parsing=True).items()}
    assert form == {
        "From": "+14155550100",
        "To": "+14155550199",
        "Body": f"CRIT #412: Checkout 5xx above 5 %, checkout, since 07-06 09:02, also bo, cy {LINK}",
    }
    account = base64.b64decode(request.headers["authorization"].removeprefix("Basic ")).decode()
    assert account == f"AC{'a' * 32}:{'b' * 32}"


def test_sendgrid_gets_plain_text(sender: AppriseSender, services: Sink) -> None:
    request = sent(sender, services, "sendgrid")
    assert request.headers["host"] == "api.sendgrid.com"
    assert request.headers["authorization"] == "Bearer SG.abcdefghijklmnop"
    assert request.json == {
        "personalizations": [{"to": [{"email": "ana@example.org"}]}],
        "from": {"email": "oncall@example.com"},
        "subject": TITLE,
        "content": [{"type": "text/plain", "value": BODY}],
    }


def test_ses_gets_a_signed_plain_mail(sender: AppriseSender, services: Sink) -> None:
    request = sent(sender, services, "ses")
    assert request.headers["host"] == "email.us-east-1.amazonaws.com"
    assert request.headers["authorization"].startswith("AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/")
    form = {name: value for name, [value] in parse_qs(request.body.decode()).items()}
    assert (form["Action"], form["Destinations.member.1"]) == ("SendRawEmail", "ana@example.org")
    mail = message_from_bytes(base64.b64decode(form["RawMessage.Data"]), policy=policy.default)
    assert (mail["Subject"], mail["To"], mail.get_content_type()) == (TITLE, "ana@example.org", "text/plain")
    assert mail.get_content().rstrip("\n") == BODY


@pytest.mark.parametrize(
    ("url", "host", "topic"),
    [
        ("ntfys://ntfy.example.com/ana-pages", "ntfy.example.com", "ana-pages"),
        ("ntfys://user:pass@ntfy.example.com/ana-pages", "ntfy.example.com", "ana-pages"),
        ("ntfy://ana-pages", "ntfy.sh", "ana-pages"),
        ("https://ntfy.sh/ana-pages", "ntfy.sh", "ana-pages"),
    ],
)
def test_ntfy_gets_buttons(sender: AppriseSender, services: Sink, url: str, host: str, topic: str) -> None:
    request = sent(sender, services, "ntfy", url)
    assert request.headers["host"] == host
    assert request.json == {"topic": topic, "title": TITLE, "message": BODY}
    assert request.headers["x-priority"] == "high"
    assert request.headers["x-click"] == LINK
    assert request.headers["x-actions"] == (
        f'http, Acknowledge, "{LINK}", method=POST, body="act=acknowledge", clear=true; view, View, "{LINK}"'
    )


def test_ntfy_keeps_the_buttons_of_its_own_address(sender: AppriseSender, services: Sink) -> None:
    request = sent(sender, services, "ntfy", "ntfys://ntfy.example.com/ana-pages?actions=view,Mine,https://x.example")
    assert request.headers["x-actions"] == "view,Mine,https://x.example"


def test_ntfy_without_a_link_has_no_buttons(sender: AppriseSender, services: Sink) -> None:
    sender.send(BY_NAME["ntfy"].url, page_text(replace(FACTS, link=None)), TIMEOUT)
    [request] = services.requests
    assert "x-actions" not in request.headers
    assert "x-click" not in request.headers


def test_json_gets_title_text_and_page_id(sender: AppriseSender, services: Sink) -> None:
    request = sent(sender, services, "json")
    assert request.headers["host"] == "hooks.example.com"
    assert (request.headers["x-oncall-page-id"], request.json["page_id"]) == ("412-7", "412-7")
    assert (request.json["title"], request.json["message"], request.json["type"]) == (TITLE, BODY, "failure")


def test_a_page_longer_than_a_message_goes_out_in_parts(sender: AppriseSender, services: Sink) -> None:
    message = replace(PAGE, body="\n".join(f"line {number} " + "x" * 90 for number in range(100)) + "\nPage 412-7")
    assert len(message.body) > 7800, "what ntfy takes at once"
    assert sender.send(BY_NAME["ntfy"].url, message, TIMEOUT).outcome is Outcome.DELIVERED
    parts = [request.json["message"] for request in services.requests]
    assert len(parts) == 2
    assert all(f"line {number} " in "".join(parts) for number in range(100))
    assert parts[-1].endswith("Page 412-7")


def test_a_message_without_a_short_form_is_cut_before_twilio_refuses_it(sender: AppriseSender, services: Sink) -> None:
    message = replace(PAGE, short="", body="x" * 5000)
    assert sender.send(BY_NAME["twilio"].url, message, TIMEOUT).outcome is Outcome.DELIVERED
    [request] = services.requests
    assert len(parse_qs(request.body.decode())["Body"][0]) <= 1600


@pytest.mark.parametrize("name", BY_NAME)
def test_nothing_hostile_gets_out_of_its_place(sender: AppriseSender, services: Sink, name: str) -> None:
    channel = BY_NAME[name]
    services.answer(channel.path, body=channel.good)
    hostile = page_text(
        replace(FACTS, title='x\r\nBcc: eve@example.org\r\n\r\n"}],"a":[{&To=+1', service="s\r\nX-Evil: 1")
    )
    assert sender.send(channel.url, hostile, TIMEOUT).outcome is Outcome.DELIVERED
    [request] = services.requests
    assert not {"bcc", "x-evil"} & set(request.headers)
    assert request.path == channel.path
    if name == "ses":
        form = parse_qs(request.body.decode())
        mail = message_from_bytes(base64.b64decode(form["RawMessage.Data"][0]), policy=policy.default)
        assert "Bcc" not in mail
        assert mail["Subject"] == '[CRIT] #412 x Bcc: eve@example.org "}],"a":[{&To=+1'
    if name == "twilio":
        assert parse_qs(request.body.decode())["To"] == ["+14155550199"]
