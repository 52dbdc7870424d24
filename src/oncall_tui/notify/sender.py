"""Send a page through Apprise: a fresh object per delivery, a hard deadline, and an outcome for every answer."""

from __future__ import annotations

import ast
import logging
import re
import threading
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import parse_qsl

from oncall_tui.notify.check import hides_controls
from oncall_tui.notify.deadline import Deadlines
from oncall_tui.notify.failure_classes import of_failure, of_status, status_words
from oncall_tui.notify.outcome import Outcome, SendResult
from oncall_tui.notify.plugins import instantiate
from oncall_tui.notify.redact import redact_text, redact_url, secrets_of
from oncall_tui.notify.wire import Heard, LinesHeard, listening
from oncall_tui.notify.words.message import Message
from oncall_tui.notify.words.ntfy import is_ntfy, with_buttons
from oncall_tui.notify.words.short_texts import LONGEST, SMS
from oncall_tui.notify.words.wording import one_line

if TYPE_CHECKING:
    from apprise import NotifyBase

ANSWER_LIMIT = 300
STUCK_PER_HOST = 4
STUCK_IN_ALL = 64
CONNECT_WITHIN = 4.0  # seconds
READ_SHARE = 0.9  # of the deadline: a provider that hangs is left just before it, so that its thread ends by itself
PAGE_ID_HEADER = "X-Oncall-Page-Id"
PAGE_ID_FIELD = "page_id"


class Sender(Protocol):
    """Something that sends pages."""

    def send(self, url: str, message: Message, timeout: float) -> SendResult:
        """Send one page and say what became of it, within `timeout` seconds. Never raises for what a provider does."""


class AppriseSender:
    """Sends through Apprise. Safe to use from many threads."""

    def __init__(self, *, stuck_per_host: int = STUCK_PER_HOST, stuck_in_all: int = STUCK_IN_ALL) -> None:
        self._deadlines = Deadlines(stuck_per_place=stuck_per_host, stuck_in_all=stuck_in_all)

    @property
    def stuck(self) -> int:
        """How many sends are past their deadline and still held by their provider."""
        return self._deadlines.stuck

    def warm(self) -> None:
        """Load Apprise now: at the first page that would cost half a second."""
        _plugin("json://localhost", CONNECT_WITHIN)

    def send(self, url: str, message: Message, timeout: float) -> SendResult:
        """Send one page within `timeout` seconds; a provider that does not answer by then gives `unknown`."""
        return self._deadlines.run(
            lambda: _attempt(url, message, timeout),
            place=redact_url(url),
            page_id=message.page_id,
            timeout=timeout,
        )


def _attempt(url: str, message: Message, timeout: float) -> SendResult:
    """Send once, in this thread, for as long as the provider takes."""
    from apprise import Apprise, NotifyFormat, NotifyType

    secrets = secrets_of(url) | _secrets_of_link(message)
    if hides_controls(url):
        return SendResult(Outcome.REFUSED, "the address holds control characters")
    address = with_buttons(url, message.link) if message.link and is_ntfy(url) else url
    try:
        plugin = _plugin(address, timeout)
    except Exception as error:  # noqa: BLE001 - plugins raise what they like for parts they can't read
        words = redact_text(one_line(f"{error}", ANSWER_LIMIT), secrets)
        return SendResult(Outcome.REFUSED, one_line(f"the address is not usable: {words}", ANSWER_LIMIT))
    if plugin is None:
        return SendResult(Outcome.REFUSED, "the address is of no known kind or can't be read")
    _dress(plugin, message)
    _as_text(plugin, url)
    title, body = _fitting(plugin, message)
    service = Apprise(asset=plugin.asset)
    service.add(plugin)
    with listening() as heard:
        result = service.notify(
            body=body,
            title=title,
            notify_type=NotifyType.FAILURE if message.urgent else NotifyType.WARNING,
            body_format=NotifyFormat.TEXT,
        )
        delivered = bool(result)
        result.close()
    return _judged(heard, secrets, delivered=delivered)


def _plugin(url: str, timeout: float) -> NotifyBase | None:
    """A plugin of its own for this delivery: Apprise sleeps for seconds before it uses one a second time."""
    _quieten()
    plugin = instantiate(url)
    if plugin is None:
        return None
    # What the address itself may ask for by `?redirect=`, `?retry=`, `?cto=` and `?rto=` does not hold for pages.
    plugin.redirects = False
    plugin.retry = 0
    plugin.optional = False
    plugin.request_rate_per_sec = 0
    plugin.socket_connect_timeout = min(CONNECT_WITHIN, timeout)
    plugin.socket_read_timeout = timeout * READ_SHARE
    return plugin


def _fitting(plugin: Any, message: Message) -> tuple[str, str]:
    """Title and body as the service can take them: in short where a message is an SMS, else in parts if need be."""
    from apprise import OverflowMode

    if plugin.body_maxlen > SMS:
        # Otherwise a text over the service's limit goes out whole, and is refused for good.
        if plugin.overflow_mode == OverflowMode.UPSTREAM:
            plugin.overflow_mode = OverflowMode.SPLIT
        return message.title, message.body or message.title
    return "", message.short or f"{message.title}\n{message.body}"[:LONGEST]


def _as_text(plugin: Any, url: str) -> None:
    """Send mail as the text that it is, unless the address wants HTML: made into HTML, every blank is a &nbsp;."""
    from apprise import NotifyFormat

    asked = {name.lower() for name, _ in parse_qsl(url.partition("?")[2], keep_blank_values=True)}
    if plugin.notify_format == NotifyFormat.HTML and "format" not in asked:
        plugin.notify_format = NotifyFormat.TEXT


def _secrets_of_link(message: Message) -> frozenset[str]:
    """Who knows the link may answer the page, so an answer that quotes it must not be shown."""
    return frozenset({message.link, message.link.rpartition("/")[2]} if message.link else ())


def _dress(plugin: Any, message: Message) -> None:
    """Give the plugin what Apprise's message has no place for: the page id, noise, and where a tap leads.

    What the address itself sets wins.
    """
    schemes = {str(scheme) for name in ("protocol", "secure_protocol") for scheme in _listed(getattr(plugin, name, ()))}
    headers = getattr(plugin, "headers", None)
    if isinstance(headers, dict):
        headers.setdefault(PAGE_ID_HEADER, message.page_id)
    extras = getattr(plugin, "payload_extras", None)
    if isinstance(extras, dict):
        extras.setdefault(PAGE_ID_FIELD, message.page_id)
    if "ntfy" in schemes:
        from apprise.plugins.ntfy import NtfyPriority

        if message.urgent and plugin.priority == NtfyPriority.NORMAL:
            plugin.priority = NtfyPriority.HIGH
        if message.link and plugin.click is None:
            plugin.click = message.link
    if schemes & {"pagerduty", "opsgenie"}:
        key = "dedup" if "pagerduty" in schemes else "alias"
        if not getattr(plugin, key):
            setattr(plugin, key, message.page_id)


def _listed(value: Any) -> Sequence[Any]:
    return () if not value else (value,) if isinstance(value, str) else tuple(value)


def _judged(heard: Heard, secrets: frozenset[str], *, delivered: bool) -> SendResult:
    """The outcome, and the provider's answer in words."""
    if delivered:
        # Apprise can call a redirect a success: the message was lost on the way.
        lost = [status for status in heard.statuses if 300 <= status < 400]
        if lost:
            return SendResult(of_status(lost[0]), f"{status_words(lost[0])}: redirects are not followed")
        return SendResult(Outcome.DELIVERED, status_words(heard.statuses[-1]) if heard.statuses else "taken")
    outcome, words = of_failure(heard.statuses, heard.lines)
    said = next((words for words in map(_body_of, reversed(heard.lines)) if words), "")
    answer = one_line(redact_text(f"{words}: {said}" if said else words, secrets), ANSWER_LIMIT)
    return SendResult(outcome, answer, heard.retry_after if outcome is Outcome.RETRY_LATER else None)


_BODY = re.compile(r"^Response Details:\s*(b['\"].*)$", re.DOTALL)


def _body_of(line: str) -> str:
    """The provider's own words, from the line in which Apprise logs the body of an answer."""
    found = _BODY.match(line)
    if found is None:
        return ""
    try:
        body = ast.literal_eval(found[1])
    except (ValueError, SyntaxError):
        return ""
    return one_line(body.decode("utf-8", "replace"), ANSWER_LIMIT)


_quietening = threading.Lock()


def _quieten() -> None:
    """Apprise logs at a level that tells us why a send failed, to us alone: its lines hold addresses and tokens."""
    logger = logging.getLogger("apprise")
    with _quietening:
        if logger.propagate:
            logger.setLevel(logging.DEBUG)
            logger.propagate = False
            logger.addHandler(LinesHeard())
            logging.getLogger("urllib3.connectionpool").setLevel(logging.INFO)  # its debug lines hold paths
