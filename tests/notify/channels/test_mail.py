"""Mail to a real SMTP server: what arrives, what it says no to, and nothing smuggled into its headers (FAULTS 50)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import Envelope

from oncall_tui.notify.check import problem_of
from oncall_tui.notify.outcome import Outcome
from oncall_tui.notify.sender import AppriseSender
from oncall_tui.notify.words.texts import page_text
from tests.notify.channels.known import FACTS, PAGE
from tests.support.sinks import closed_port

TIMEOUT = 20.0
HEADERS = {"content-type", "mime-version", "content-transfer-encoding", "subject", "from", "to", "cc", "date"} | {
    "message-id",
    "reply-to",
    "x-application",
    "x-oncall-page-id",
}


@dataclass
class Postman:
    """Keeps every mail; answers a recipient or a mail as told."""

    port: int
    mails: list[tuple[Envelope, EmailMessage]] = field(default_factory=list)
    to_rcpt: str = "250 OK"
    to_data: str = "250 OK"

    @property
    def url(self) -> str:
        return f"mailto://127.0.0.1:{self.port}?from=oncall@example.com&to=ana@example.org&mode=insecure"

    async def handle_RCPT(self, _server: Any, _session: Any, envelope: Envelope, address: str, _options: Any) -> str:
        if self.to_rcpt.startswith("250"):
            envelope.rcpt_tos.append(address)
        return self.to_rcpt

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Envelope) -> str:
        if self.to_data.startswith("250"):
            assert isinstance(envelope.content, bytes)
            mail = message_from_bytes(envelope.content, policy=policy.default)
            assert isinstance(mail, EmailMessage)
            self.mails.append((envelope, mail))
        return self.to_data


@pytest.fixture
def postman() -> Iterator[Postman]:
    made = Postman(closed_port())
    controller = Controller(made, hostname="127.0.0.1", port=made.port)
    controller.start()
    yield made
    controller.stop()


@pytest.fixture
def sender() -> AppriseSender:
    return AppriseSender()


def test_a_mail_is_the_page_in_plain_text(sender: AppriseSender, postman: Postman) -> None:
    assert sender.send(postman.url, PAGE, TIMEOUT).outcome is Outcome.DELIVERED
    [(envelope, mail)] = postman.mails
    assert envelope.rcpt_tos == ["ana@example.org"]
    assert (mail["Subject"], mail["To"]) == ("[CRIT] #412 Checkout 5xx above 5 %", "ana@example.org")
    assert mail["From"].addresses[0].addr_spec == "oncall@example.com"
    assert mail.get_content_type() == "text/plain"
    assert mail.get_content().replace("\r\n", "\n").rstrip("\n") == PAGE.body


@pytest.mark.parametrize(
    "title",
    [
        "x\r\nBcc: eve@example.org",
        "x\nBcc: eve@example.org\n\nbody",
        "x\rBcc: eve@example.org",
        "x\u2028Bcc: eve@example.org",
    ],
)
def test_line_breaks_in_what_senders_wrote_make_no_headers(sender: AppriseSender, postman: Postman, title: str) -> None:
    hostile = page_text(replace(FACTS, title=title, service=title, also_paged=(title,)))
    assert sender.send(postman.url, hostile, TIMEOUT).outcome is Outcome.DELIVERED
    [(envelope, mail)] = postman.mails
    assert envelope.rcpt_tos == ["ana@example.org"]
    assert {name.lower() for name in mail} <= HEADERS
    assert mail["Subject"].startswith("[CRIT] #412 x Bcc: eve@example.org")


@pytest.mark.parametrize("title", ["x\r\nBcc: eve@example.org", "x\nBcc: eve@example.org\n\nbody"])
def test_a_title_that_nobody_cleaned_makes_none_either(sender: AppriseSender, postman: Postman, title: str) -> None:
    sender.send(postman.url, replace(PAGE, title=title), TIMEOUT)
    [(envelope, mail)] = postman.mails
    assert envelope.rcpt_tos == ["ana@example.org"]
    assert {name.lower() for name in mail} <= HEADERS


@pytest.mark.parametrize(
    "more",
    [
        "&name=x%0d%0aBcc:%20eve@example.org",
        "&to=ana@example.org%0d%0aBcc:eve@example.org",
        "&+X-Mine=1%0d%0aBcc:%20eve@example.org",
    ],
)
def test_line_breaks_in_an_address_make_none(sender: AppriseSender, postman: Postman, more: str) -> None:
    assert sender.send(postman.url + more, PAGE, TIMEOUT).outcome is Outcome.REFUSED
    assert postman.mails == []
    problem = problem_of(postman.url + more, trusted=True)
    assert problem is not None
    assert "line breaks" in problem


@pytest.mark.parametrize(
    ("where", "reply", "outcome"),
    [
        ("to_rcpt", "550 5.1.1 no such user", Outcome.REFUSED),
        ("to_rcpt", "450 4.2.0 greylisted", Outcome.RETRY_LATER),
        ("to_data", "554 5.7.1 it looks like spam", Outcome.REFUSED),
        ("to_data", "452 4.3.1 no room", Outcome.RETRY_LATER),
    ],
)
def test_a_servers_no_is_for_good_or_will_pass(
    sender: AppriseSender, postman: Postman, where: str, reply: str, outcome: Outcome
) -> None:
    setattr(postman, where, reply)
    result = sender.send(postman.url, PAGE, TIMEOUT)
    assert (result.outcome, result.answer) == (outcome, reply)
    assert postman.mails == []
