"""Each service failing in each way: what that means for the page (FAULTS 25 to 29)."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from oncall_tui.notify.outcome import Outcome
from oncall_tui.notify.sender import AppriseSender
from tests.notify.channels.known import BY_NAME, CHANNELS, HOSTS, PAGE, Channel
from tests.support.processes import wait_until
from tests.support.services import lead
from tests.support.sinks import Sink

TIMEOUT = 20.0
SHORT = 0.5
every_channel = pytest.mark.parametrize("channel", CHANNELS, ids=[channel.name for channel in CHANNELS])


@every_channel
@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        (500, Outcome.RETRY_LATER),
        (503, Outcome.RETRY_LATER),
        (429, Outcome.RETRY_LATER),
        (301, Outcome.REFUSED),
        (308, Outcome.REFUSED),
        (401, Outcome.REFUSED),
        (404, Outcome.REFUSED),
    ],
)
def test_a_status_has_one_meaning_everywhere(
    sender: AppriseSender, services: Sink, channel: Channel, status: int, outcome: Outcome
) -> None:
    services.answer(channel.path, status, headers={"Location": "https://hooks.example.com/elsewhere"}, body=b"no")
    result = sender.send(channel.url, PAGE, TIMEOUT)
    assert result.outcome is outcome
    assert result.answer.startswith(str(status))
    assert len(services.requests) == 1, "neither repeated nor followed"


@every_channel
def test_retry_after_is_learnt_from_every_service(sender: AppriseSender, services: Sink, channel: Channel) -> None:
    services.answer(channel.path, 429, headers={"Retry-After": "30"})
    result = sender.send(channel.url, PAGE, TIMEOUT)
    assert (result.outcome, result.retry_after) == (Outcome.RETRY_LATER, timedelta(seconds=30))


@pytest.mark.parametrize(
    ("header", "wait"),
    [
        ("30", timedelta(seconds=30)),
        ("1000000000", timedelta(days=1)),
        ("Fri, 31 Dec 2100 23:59:59 GMT", timedelta(days=1)),
        ("Thu, 01 Jan 1970 00:00:00 GMT", timedelta(0)),
        ("1e9", None),
        ("-5", None),
        ("soon", None),
        ("", None),
    ],
)
def test_a_retry_after_is_read_or_passed_over(
    sender: AppriseSender, services: Sink, header: str, wait: timedelta | None
) -> None:
    channel = BY_NAME["twilio"]
    services.answer(channel.path, 429, headers={"Retry-After": header})
    result = sender.send(channel.url, PAGE, TIMEOUT)
    assert (result.outcome, result.retry_after) == (Outcome.RETRY_LATER, wait)


@every_channel
@pytest.mark.parametrize("how", ["hang", "drip", "drip_body", "reset", "close", "garbage"])
def test_without_a_whole_answer_the_fate_is_unknown(
    sender: AppriseSender, services: Sink, channel: Channel, how: str
) -> None:
    services.answer(channel.path, how=how)
    began = time.monotonic()
    result = sender.send(channel.url, PAGE, SHORT if how in ("hang", "drip", "drip_body") else TIMEOUT)
    assert result.outcome is Outcome.UNKNOWN
    assert time.monotonic() - began < SHORT + 5
    services.release()
    wait_until(lambda: sender.stuck == 0, "the thread to end")


@pytest.fixture
def silent(tls: tuple[object, Path], monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Every service accepts the connection and never says a word of TLS."""
    with socket.create_server(("127.0.0.1", 0), backlog=64) as listener:
        lead(monkeypatch, HOSTS, int(listener.getsockname()[1]), tls[1])
        yield


@every_channel
def test_a_tls_that_never_comes_does_not_outlast_the_deadline(
    sender: AppriseSender, silent: None, channel: Channel
) -> None:
    began = time.monotonic()
    result = sender.send(channel.url, PAGE, SHORT)
    assert result.outcome in (Outcome.UNKNOWN, Outcome.RETRY_LATER)
    assert time.monotonic() - began < SHORT + 5
    wait_until(lambda: sender.stuck == 0, "the thread to end")


@every_channel
def test_a_stranger_under_the_services_name_gets_nothing(
    sender: AppriseSender, services: Sink, channel: Channel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("REQUESTS_CA_BUNDLE")
    result = sender.send(channel.url, PAGE, TIMEOUT)
    assert result.outcome is Outcome.RETRY_LATER
    assert services.requests == []


@pytest.mark.parametrize(
    ("error", "outcome"),
    [
        ("channel_not_found", Outcome.REFUSED),
        ("invalid_auth", Outcome.REFUSED),
        ("account_inactive", Outcome.REFUSED),
        ("ratelimited", Outcome.RETRY_LATER),
        ("internal_error", Outcome.RETRY_LATER),
    ],
)
def test_slack_says_no_with_a_200(sender: AppriseSender, services: Sink, error: str, outcome: Outcome) -> None:
    channel = BY_NAME["slack bot"]
    services.answer(channel.path, body=b'{"ok": false, "error": "%s"}' % error.encode())
    result = sender.send(channel.url, PAGE, TIMEOUT)
    assert result.outcome is outcome
    assert result.answer.startswith(error.replace("_", " "))


def test_amazon_says_slow_down_with_a_400(sender: AppriseSender, services: Sink) -> None:
    channel = BY_NAME["ses"]
    body = b"<ErrorResponse><Error><Code>%s</Code><Message>m</Message></Error></ErrorResponse>"
    for code, outcome in ((b"Throttling", Outcome.RETRY_LATER), (b"MessageRejected", Outcome.REFUSED)):
        services.answer(channel.path, 400, body=body % code)
        assert sender.send(channel.url, PAGE, TIMEOUT).outcome is outcome


def test_an_answer_that_quotes_the_link_is_not_shown(sender: AppriseSender, services: Sink) -> None:
    assert PAGE.link is not None
    services.answer("/page", 400, body=f"can't take {PAGE.body}".encode())
    result = sender.send(BY_NAME["json"].url, PAGE, TIMEOUT)
    assert "can't take" in result.answer
    assert PAGE.link.rpartition("/")[2] not in result.answer
