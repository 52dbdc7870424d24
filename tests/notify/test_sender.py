"""Pages through Apprise against a real provider that behaves well, badly, or not at all."""

from __future__ import annotations

import io
import logging
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest

from oncall_tui.notify.outcome import Outcome
from oncall_tui.notify.sender import AppriseSender
from oncall_tui.notify.wire import LinesHeard, listening
from oncall_tui.notify.words.message import Message
from tests.support.processes import wait_until
from tests.support.sinks import Sink, closed_port

# A plugin of Apprise loads that module.
pytestmark = pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning")
TIMEOUT = 60.0  # for answers that come at once: generous, as machines can be busy
SHORT = 0.4  # for those that never come
MESSAGE = Message(
    title="[CRIT] #412 Checkout 5xx",
    body="It burns.\n\nPage 412-7",
    page_id="412-7",
    urgent=True,
    link="https://oncall.example.com/a/x?y=1",
)


@pytest.fixture
def sink() -> Iterator[Sink]:
    with Sink() as made:
        yield made


@pytest.fixture
def sender() -> AppriseSender:
    made = AppriseSender()
    made.warm()
    return made


def test_warm_loads_the_plugins(sender: AppriseSender) -> None:
    assert "apprise.plugins.custom_json" in sys.modules


@pytest.mark.parametrize("scheme", ["json", "ntfy"])
@pytest.mark.parametrize(
    ("status", "outcome", "answer"),
    [
        (200, Outcome.DELIVERED, "200 OK"),
        (400, Outcome.REFUSED, "400 Bad Request"),
        (403, Outcome.REFUSED, "403 Forbidden"),
        (404, Outcome.REFUSED, "404 Not Found"),
        (301, Outcome.REFUSED, "301 Moved Permanently"),
        (307, Outcome.REFUSED, "307 Temporary Redirect"),
        (408, Outcome.RETRY_LATER, "408 Request Timeout"),
        (429, Outcome.RETRY_LATER, "429 Too Many Requests"),
        (500, Outcome.RETRY_LATER, "500 Internal Server Error"),
        (503, Outcome.RETRY_LATER, "503 Service Unavailable"),
    ],
)
def test_every_status_has_its_outcome(
    sender: AppriseSender, sink: Sink, scheme: str, status: int, outcome: Outcome, answer: str
) -> None:
    # ntfy posts to the root, with the topic in the body.
    for path in ("/", "/hook"):
        sink.answer(path, status, headers={"Location": "/elsewhere"})
    result = sender.send(sink.apprise_url("/hook", scheme), MESSAGE, TIMEOUT)
    assert result.outcome is outcome
    assert result.answer.startswith(answer)
    assert result.retry_after is None
    assert len(sink.requests) == 1, "neither repeated nor followed to another place"


def test_a_202_is_delivered(sender: AppriseSender, sink: Sink) -> None:
    sink.answer("/hook", 202)
    result = sender.send(sink.apprise_url("/hook"), MESSAGE, TIMEOUT)
    assert (result.outcome, result.answer) == (Outcome.DELIVERED, "202 Accepted")


def test_an_address_can_not_ask_for_redirects_or_repeats(sender: AppriseSender, sink: Sink) -> None:
    sink.answer("/moved", 301, headers={"Location": "/elsewhere"})
    sink.answer("/down", 500)
    moved = sender.send(sink.apprise_url("/moved?redirect=yes"), MESSAGE, TIMEOUT)
    down = sender.send(sink.apprise_url("/down?retry=3&wait=0&optional=yes"), MESSAGE, TIMEOUT)
    assert [moved.outcome, down.outcome] == [Outcome.REFUSED, Outcome.RETRY_LATER]
    assert [request.path for request in sink.requests] == ["/moved", "/down"]


@pytest.mark.parametrize("status", [429, 503])
def test_retry_after_is_learnt(sender: AppriseSender, sink: Sink, status: int) -> None:
    sink.answer("/hook", status, headers={"Retry-After": "7"})
    result = sender.send(sink.apprise_url("/hook"), MESSAGE, TIMEOUT)
    assert result.outcome is Outcome.RETRY_LATER
    assert result.retry_after == timedelta(seconds=7)


def test_the_provider_is_quoted_on_one_line_without_our_secrets(sender: AppriseSender, sink: Sink) -> None:
    sink.answer("/s3cr3t-path", 403, body=b'{"error":\r\n "no \x1b[31mtoken tok3n-value at /s3cr3t-path"}' + b"x" * 900)
    result = sender.send(sink.apprise_url("/s3cr3t-path?+X-Token=tok3n-value"), MESSAGE, TIMEOUT)
    assert result.answer.startswith('403 Forbidden: {"error": "no [31mtoken *** at /***"}')
    assert len(result.answer) <= 300
    assert sink.requests[0].headers["x-token"] == "tok3n-value"


@pytest.mark.parametrize("how", ["reset", "close", "garbage"])
def test_a_broken_answer_leaves_the_fate_unknown(sender: AppriseSender, sink: Sink, how: str) -> None:
    sink.answer("/hook", how=how)
    result = sender.send(sink.apprise_url("/hook"), MESSAGE, TIMEOUT)
    assert result.outcome is Outcome.UNKNOWN
    assert "broke" in result.answer


def test_an_answer_without_end_is_read_no_further_than_64_kib(sender: AppriseSender, sink: Sink) -> None:
    sink.answer("/hook", how="endless")
    result = sender.send(sink.apprise_url("/hook"), MESSAGE, TIMEOUT)
    assert result.outcome is Outcome.DELIVERED, "its 200 has been heard"
    assert sender.stuck == 0


def test_a_long_refusal_is_quoted_from_its_beginning(sender: AppriseSender, sink: Sink) -> None:
    sink.answer("/hook", 400, body=b"too long. " + b"x" * 1_000_000)
    result = sender.send(sink.apprise_url("/hook"), MESSAGE, TIMEOUT)
    assert (result.outcome, result.answer[:26]) == (Outcome.REFUSED, "400 Bad Request: too long.")


@pytest.mark.parametrize("scheme", ["json", "ntfy", "gotify"])
def test_nobody_listens(sender: AppriseSender, scheme: str) -> None:
    result = sender.send(f"{scheme}://127.0.0.1:{closed_port()}/t0kent0ken", MESSAGE, TIMEOUT)
    assert (result.outcome, result.answer) == (Outcome.RETRY_LATER, "the connection was refused")


def test_mail_to_a_server_that_is_down_is_tried_again(sender: AppriseSender) -> None:
    url = f"mailto://127.0.0.1:{closed_port()}?from=oncall@example.com&to=ana@example.com&mode=insecure"
    result = sender.send(url, MESSAGE, TIMEOUT)
    assert (result.outcome, result.answer) == (Outcome.RETRY_LATER, "the connection was refused")


@pytest.mark.parametrize("how", ["hang", "drip", "drip_body"])
def test_at_the_deadline_the_fate_is_unknown_and_the_thread_counted(
    sender: AppriseSender, sink: Sink, how: str
) -> None:
    sink.answer("/hook", how=how)
    began = time.monotonic()
    result = sender.send(sink.apprise_url("/hook"), MESSAGE, SHORT)
    assert result.outcome is Outcome.UNKNOWN
    assert time.monotonic() - began < SHORT + 2
    if how != "hang":  # a silent provider runs into the read time-out; one that drips never does
        assert sender.stuck == 1
        assert result.answer == "no answer within 0.4 s"
    sink.release()
    wait_until(lambda: sender.stuck == 0, "the stuck thread to end")


def test_too_many_stuck_on_one_host_wait_outside_and_others_go_on(sink: Sink) -> None:
    sender = AppriseSender(stuck_per_host=2)
    sink.answer("/drip", how="drip")
    for _ in range(2):
        assert sender.send(sink.apprise_url("/drip"), MESSAGE, SHORT).outcome is Outcome.UNKNOWN
    result = sender.send(sink.apprise_url("/drip"), MESSAGE, SHORT)
    assert result.outcome is Outcome.RETRY_LATER
    assert result.answer == "2 earlier pages are still held by json://127.0.0.1"
    assert result.retry_after
    assert len(sink.requests) == 2, "the third was not sent"
    elsewhere = sink.apprise_url("/hook").replace("127.0.0.1", "localhost")
    assert sender.send(elsewhere, MESSAGE, TIMEOUT).outcome is Outcome.DELIVERED
    sink.release()
    wait_until(lambda: sender.stuck == 0, "the stuck threads to end")
    sink.answer("/drip")
    assert sender.send(sink.apprise_url("/drip"), MESSAGE, TIMEOUT).outcome is Outcome.DELIVERED


def test_too_many_stuck_in_all(sink: Sink) -> None:
    sender = AppriseSender(stuck_in_all=1)
    sink.answer("/drip", how="drip")
    sender.send(sink.apprise_url("/drip"), MESSAGE, SHORT)
    result = sender.send(f"json://localhost:{sink.port}/hook", MESSAGE, TIMEOUT)
    assert (result.outcome, result.answer) == (
        Outcome.RETRY_LATER,
        "1 earlier pages are still held by their providers",
    )


def test_many_at_once_do_not_mix_up_their_answers(sender: AppriseSender, sink: Sink) -> None:
    statuses = [200, 403, 429, 500, 301] * 6
    for number, status in enumerate(statuses):
        sink.answer(f"/h{number}", status, body=f"body{number}.".encode(), delay=0.05)
    start = threading.Barrier(len(statuses))

    def send(number: int) -> tuple[Outcome, str]:
        start.wait()
        result = sender.send(sink.apprise_url(f"/h{number}"), replace(MESSAGE, page_id=f"412-{number}"), TIMEOUT)
        return result.outcome, result.answer

    with ThreadPoolExecutor(len(statuses)) as pool:
        results = list(pool.map(send, range(len(statuses))))
    for number, (status, (outcome, answer)) in enumerate(zip(statuses, results, strict=True)):
        assert answer.startswith(str(status))
        assert status == 200 or answer.endswith(f"body{number}."), answer
        assert (outcome is Outcome.DELIVERED) is (status == 200)
    ids = {request.path: request.page_id for request in sink.requests}
    assert ids == {f"/h{number}": f"412-{number}" for number in range(len(statuses))}


class _TakenOutMeanwhile(logging.Handler):
    """What a second send that ends does to the list of handlers, at the worst moment: while a line is handed round."""

    def __init__(self, logger: logging.Logger) -> None:
        super().__init__()
        self.logger = logger
        self.other = logging.NullHandler()
        logger.addHandler(self.other)
        logger.addHandler(self)

    def emit(self, record: logging.LogRecord) -> None:
        if "Response Details" in record.getMessage():
            self.logger.removeHandler(self.other)
            self.logger.removeHandler(self)


def test_what_was_logged_is_heard_though_another_send_ends_just_then(sender: AppriseSender, sink: Sink) -> None:
    sink.answer("/hook", 403, body=b"no such topic")
    _TakenOutMeanwhile(logging.getLogger("apprise"))
    assert sender.send(sink.apprise_url("/hook"), MESSAGE, TIMEOUT).answer == "403 Forbidden: no such topic"


def test_words_that_can_t_be_put_together_end_no_send_and_are_printed_nowhere(
    sender: AppriseSender, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    sender.send("json://", MESSAGE, TIMEOUT)
    plugins = logging.getLogger("apprise")
    # Without those that pytest puts in, which raise what can't be put together.
    monkeypatch.setattr(plugins, "handlers", [one for one in plugins.handlers if isinstance(one, LinesHeard)])
    with listening() as heard:
        plugins.warning("of %(part)s", "s3cret")
        plugins.warning("marked as not to be kept", extra={"apprise_capture": False})
        plugins.warning("refused for %s", "good")
    assert heard.lines == ["of %(part)s", "refused for good"]
    assert "s3cret" not in capsys.readouterr().err


def test_a_hanging_send_does_not_hold_up_another(sender: AppriseSender, sink: Sink) -> None:
    sink.answer("/hang", how="hang")
    with ThreadPoolExecutor(1) as pool:
        hanging = pool.submit(sender.send, sink.apprise_url("/hang"), MESSAGE, 2.0)
        sink.wait_for(lambda seen: any(request.path == "/hang" for request in seen))
        assert sender.send(sink.apprise_url("/hook"), MESSAGE, TIMEOUT).outcome is Outcome.DELIVERED
        assert not hanging.done()
        assert hanging.result().outcome is Outcome.UNKNOWN


@pytest.mark.parametrize(
    "url",
    [
        "",
        "no address",
        "nosuch://host/x",
        "json://",
        "json://localhost?method=FOO",
        "pover://x",
        "slack://s3cr3t-token",
    ],
)
def test_an_address_that_can_not_work_is_refused(sender: AppriseSender, url: str) -> None:
    result = sender.send(url, MESSAGE, TIMEOUT)
    assert result.outcome is Outcome.REFUSED
    assert result.answer.startswith("the address")
    assert "s3cr3t" not in result.answer


def test_a_webhook_carries_text_and_page_id(sender: AppriseSender, sink: Sink) -> None:
    sender.send(sink.apprise_url("/hook?+X-Mine=1&:room=ops"), MESSAGE, TIMEOUT)
    [request] = sink.requests
    assert (request.method, request.headers["x-oncall-page-id"], request.headers["x-mine"]) == ("POST", "412-7", "1")
    assert request.json == {
        "version": "1.0",
        "title": MESSAGE.title,
        "message": MESSAGE.body,
        "attachments": [],
        "type": "failure",
        "page_id": "412-7",
        "room": "ops",
    }


def test_a_page_that_is_not_urgent_is_no_failure(sender: AppriseSender, sink: Sink) -> None:
    sender.send(sink.apprise_url("/hook"), replace(MESSAGE, urgent=False), TIMEOUT)
    assert sink.requests[0].json["type"] == "warning"


@pytest.mark.parametrize(
    ("options", "urgent", "priority", "click"),
    [
        ("", True, "high", "https://oncall.example.com/a/x?y=1"),
        ("", False, None, "https://oncall.example.com/a/x?y=1"),
        ("?priority=max&click=https://mine.example.com", True, "max", "https://mine.example.com"),
    ],
)
def test_ntfy_makes_noise_when_urgent_and_opens_the_link(
    sender: AppriseSender, sink: Sink, options: str, urgent: bool, priority: str | None, click: str
) -> None:
    sender.send(sink.apprise_url(f"/topic{options}", "ntfy"), replace(MESSAGE, urgent=urgent), TIMEOUT)
    [request] = sink.requests
    assert request.headers.get("x-priority") == priority
    assert request.headers["x-click"] == click
    assert request.page_id == "412-7", "it stands in the text"
    assert "x-icon" not in request.headers


def test_several_topics_of_one_address_are_not_spaced_out(sender: AppriseSender, sink: Sink) -> None:
    result = sender.send(sink.apprise_url("/one/two/three", "ntfy"), MESSAGE, TIMEOUT)
    assert result.outcome is Outcome.DELIVERED
    assert {request.json["topic"] for request in sink.requests} == {"one", "two", "three"}


def test_the_same_address_twice_is_not_delayed(sender: AppriseSender, sink: Sink) -> None:
    for _ in range(2):
        assert sender.send(sink.apprise_url("/hook"), MESSAGE, 2.0).outcome is Outcome.DELIVERED


def test_hostile_text_arrives_as_text(sender: AppriseSender, sink: Sink) -> None:
    hostile = replace(MESSAGE, title='"}\\ <b>${x}{{7*7}} :smile: \\n %s', body='"},{"a":"b" <!channel> \\u0041')
    sender.send(sink.apprise_url("/hook"), hostile, TIMEOUT)
    assert sink.requests[0].json["title"] == hostile.title
    assert sink.requests[0].json["message"] == hostile.body


def test_an_empty_body_is_replaced_by_the_title(sender: AppriseSender, sink: Sink) -> None:
    assert sender.send(sink.apprise_url("/hook"), replace(MESSAGE, body=""), TIMEOUT).outcome is Outcome.DELIVERED
    assert MESSAGE.title in sink.requests[0].text


def test_nothing_secret_is_logged(sender: AppriseSender, sink: Sink, capfd: pytest.CaptureFixture[str]) -> None:
    # Not caplog: it listens to loggers that keep their lines to themselves, too.
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    try:
        sink.answer("/s3cr3t", how="drip")
        sender.send(sink.apprise_url("/s3cr3t?+X-Token=s3cr3t"), MESSAGE, SHORT)
        sender.send(sink.apprise_url("/s3cr3t2?+X-Token=s3cr3t"), MESSAGE, TIMEOUT)
        sender.send("pover://s3cr3t", MESSAGE, TIMEOUT)
        sink.release()
        wait_until(lambda: sender.stuck == 0, "the stuck thread to end")
    finally:
        root.removeHandler(handler)
        root.setLevel(level)
    out, err = capfd.readouterr()
    assert "after its deadline" in written.getvalue()
    assert "s3cr3t" not in written.getvalue() + out + err


def test_a_plugin_that_raises_is_an_answer_too(
    sender: AppriseSender, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("s3cr3t")

    monkeypatch.setattr("oncall_tui.notify.sender._dress", broken)
    result = sender.send("json://localhost/hook", MESSAGE, TIMEOUT)
    assert (result.outcome, result.answer) == (Outcome.RETRY_LATER, "RuntimeError while sending")
    assert "page 412-7 to json://localhost: RuntimeError while sending" in caplog.text
    assert "s3cr3t" not in caplog.text
