"""Outgoing HTTP with limits: webhooks, SNS, iCal, dead-man pings, health checks. The one importer of httpx.

An address is resolved once, judged, and that very address is connected to, so that a name can't mean one thing to the
judge and another to the connection; the same again on every redirect. Environment proxies are not used: they would
resolve for themselves.
"""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Mapping
from concurrent.futures import Future
from concurrent.futures import TimeoutError as WaitEnded
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import httpx

from oncall_tui.addresses import NONE_ALLOWED, Allowed, is_public, resolve
from oncall_tui.clock import SystemClock
from oncall_tui.domain.errors import Refused, Unavailable

ADDRESSES_TRIED = 3
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_KEEP_METHOD = frozenset({307, 308})
# What may go along to another origin: nothing that proves who we are.
_HARMLESS = frozenset({"accept", "accept-language", "content-type", "user-agent"})
_BROKEN = "The connection to {place} broke before the answer was whole."


class Unreachable(Unavailable):
    """The other side could not be reached, or its answer broke off."""

    code = "unreachable"


class TimedOut(Unreachable):
    """The other side did not answer in time; whether it heard us is not known."""

    code = "timed_out"


class AddressRefused(Refused):
    """The URL leads where we don't go: no web address, or a private host that is not allowed here."""

    code = "address_refused"
    http_status = 422


class AnswerRefused(Refused):
    """The answer is not one we take: too large, packed, or redirecting too often or to a worse place."""

    code = "answer_refused"
    http_status = 502


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """What the other side answered. `url` is where the answer came from; header names are lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    url: str


def fetch(  # noqa: PLR0913 - each limit is the caller's to set
    method: str,
    url: str,
    *,
    timeout: float,
    max_bytes: int,
    headers: Mapping[str, str] | None = None,
    body: bytes | None = None,
    allow_private: bool = False,
    allowed: Allowed = NONE_ALLOWED,
    follow: int = 0,
    trust: ssl.SSLContext | None = None,
) -> Response:
    """One HTTP exchange, redirects included, within `timeout` seconds and `max_bytes` of body.

    `allow_private`: hosts that are not public may be reached: for what an admin has set, never for a URL that a sender
    wrote. `allowed`: these may, on any account (`Settings.fetch_allow`). `follow`: how many redirects to follow; with 0
    a redirect is the answer. Any status is an answer. `trust`: certificates to believe instead of the usual ones.
    Raises AddressRefused, AnswerRefused, Unreachable or TimedOut, none of which tells more of the URL than its host.
    """
    with _Deadline(timeout) as deadline:
        sent = _Sent(method.upper(), _parsed(url), dict(headers or {}), body)
        for _ in range(follow + 1):
            addresses = _judged(sent, deadline, None if allow_private else allowed)
            response = _exchange(sent, addresses, deadline, max_bytes, trust)
            target = response.headers.get("location")
            if follow == 0 or target is None or response.status not in _REDIRECTS:
                return response
            sent = sent.redirected(response.status, target)
        raise AnswerRefused(f"{_place(sent.url)} was reached by more than {follow} redirects.")


@dataclass(frozen=True, slots=True)
class _Sent:
    method: str
    url: httpx.URL
    headers: Mapping[str, str]
    body: bytes | None

    def redirected(self, status: int, target: str) -> _Sent:
        """The request that follows from a redirect. A body is sent again only where the status says so (RFC 9110)."""
        try:
            url = _parsed(str(self.url.join(target)))
        except httpx.InvalidURL:
            raise AnswerRefused(f"{_place(self.url)} redirects to what is no web address.") from None
        if self.url.scheme == "https" and url.scheme != "https":
            raise AnswerRefused(f"{_place(self.url)} redirects from https to http.")
        method, body = self.method, self.body
        if status not in _KEEP_METHOD and method not in ("GET", "HEAD"):
            raise AnswerRefused(f"{_place(self.url)} redirects with {status}, which would lose what we send.")
        same = (self.url.scheme, self.url.host, self.url.port) == (url.scheme, url.host, url.port)
        kept = {name: value for name, value in self.headers.items() if same or name.lower() in _HARMLESS}
        return _Sent(method, url, kept, body)


def _parsed(url: str) -> httpx.URL:
    try:
        parsed = httpx.URL(url)
    except (httpx.InvalidURL, ValueError):
        raise AddressRefused("This is no web address.", mend="Write it like https://host/path.") from None
    if parsed.scheme not in ("http", "https") or not parsed.host or "%" in parsed.host:
        raise AddressRefused("Only http and https addresses are fetched.", mend="Write it like https://host/path.")
    return parsed


def _place(url: httpx.URL) -> str:
    return f"{url.scheme}://{url.netloc.decode('ascii')}"


def _judged(sent: _Sent, deadline: _Deadline, allowed: Allowed | None) -> tuple[str, ...]:
    """The host's addresses, each of them one that may be connected to; None allows all."""
    host, place = sent.url.host, _place(sent.url)
    addresses = _resolved(host, sent.url.port or (443 if sent.url.scheme == "https" else 80), place, deadline)
    if allowed is not None and not all(is_public(one) or allowed.holds(host, one) for one in addresses):
        raise AddressRefused(f"{place} is not a public host.", mend="An admin may allow it in the setting fetch_allow.")
    return addresses


def _exchange(
    sent: _Sent, addresses: tuple[str, ...], deadline: _Deadline, max_bytes: int, trust: ssl.SSLContext | None
) -> Response:
    """One request to the first of these addresses that takes a connection."""
    place = _place(sent.url)
    why = ""
    for address in addresses[:ADDRESSES_TRIED]:
        try:
            return _ask(sent, address, deadline, max_bytes, trust)
        except (httpx.ConnectError, httpx.ConnectTimeout) as error:
            why = str(error) or "no answer"
            if deadline.passed:
                break
        except httpx.TimeoutException:
            break
        except httpx.TransportError as error:
            if deadline.passed:
                break
            raise Unreachable(_BROKEN.format(place=place)) from error
    if deadline.passed:
        raise TimedOut(f"{place} did not answer within {deadline.seconds:g} s.")
    raise Unreachable(f"{place} takes no connection: {why}.")


def _resolved(host: str, port: int, place: str, deadline: _Deadline) -> tuple[str, ...]:
    """The host's addresses. The resolver can't be interrupted: past the deadline it is left to itself."""
    found: Future[tuple[str, ...]] = Future()

    def look_up() -> None:
        try:
            found.set_result(resolve(host, port))
        except OSError as error:
            found.set_exception(error)

    threading.Thread(target=look_up, name="resolve", daemon=True).start()
    try:
        return found.result(deadline.left)
    except WaitEnded:
        raise TimedOut(f"The name of {place} was not resolved within {deadline.seconds:g} s.") from None
    except OSError:
        raise Unreachable(f"The host name of {place} was not found.") from None


def _ask(sent: _Sent, address: str, deadline: _Deadline, max_bytes: int, trust: ssl.SSLContext | None) -> Response:
    """Send to exactly this address; the name goes into Host and into TLS, where the certificate is held against it."""
    headers = {name: value for name, value in sent.headers.items() if name.lower() not in ("host", "accept-encoding")}
    headers = (
        {"User-Agent": "oncall"} | headers | {"Host": sent.url.netloc.decode("ascii"), "Accept-Encoding": "identity"}
    )
    extensions: dict[str, Any] = {"trace": deadline.trace, "sni_hostname": sent.url.host}
    limits = httpx.Timeout(deadline.left)
    with (
        httpx.Client(verify=trust or _usual_trust(), trust_env=False, follow_redirects=False, timeout=limits) as client,
        client.stream(
            sent.method, sent.url.copy_with(host=address), headers=headers, content=sent.body, extensions=extensions
        ) as answer,
    ):
        return Response(
            status=answer.status_code,
            headers={name.lower(): value for name, value in answer.headers.items()},
            body=_body(answer, _place(sent.url), deadline, max_bytes),
            url=str(sent.url),
        )


def _body(answer: httpx.Response, place: str, deadline: _Deadline, max_bytes: int) -> bytes:
    """The body as sent. A packed one is refused: a few bytes of it can unpack to gigabytes."""
    if answer.headers.get("content-encoding", "identity").strip().lower() not in ("", "identity"):
        raise AnswerRefused(f"{place} packs its answer though it was asked not to.")
    read = bytearray()
    for chunk in answer.iter_raw():
        read += chunk
        if len(read) > max_bytes:
            raise AnswerRefused(f"The answer of {place} is larger than {max_bytes} bytes.")
    if deadline.passed:
        raise TimedOut(f"{place} did not answer within {deadline.seconds:g} s.")
    return bytes(read)


@lru_cache(maxsize=1)
def _usual_trust() -> ssl.SSLContext:
    return httpx.create_ssl_context(trust_env=False)


class _Deadline:
    """Ends a whole fetch in time: read time-outs start anew with each byte, so a slow enough drip never meets one.

    It keeps a second handle on the connection's socket and shuts it down when the time is over.
    """

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._clock = SystemClock()
        self._end = self._clock.monotonic() + seconds
        self._guard = threading.Lock()
        self._socket: socket.socket | None = None
        self._timer = threading.Timer(seconds, self._fall)
        self._timer.daemon = True

    def __enter__(self) -> _Deadline:
        self._timer.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._timer.cancel()
        self._hold(None)

    @property
    def left(self) -> float:
        """Seconds left, never quite 0."""
        return max(0.001, self._end - self._clock.monotonic())

    @property
    def passed(self) -> bool:
        """Whether the time is over."""
        return self._clock.monotonic() >= self._end

    def trace(self, event: str, told: Mapping[str, Any]) -> None:
        """Told by httpx what it does: each new connection is ours to cut."""
        if event == "connection.connect_tcp.complete":
            connected: socket.socket = told["return_value"].get_extra_info("socket")
            self._hold(connected.dup())
            if self.passed:
                self._fall()

    def _hold(self, new: socket.socket | None) -> None:
        with self._guard:
            old, self._socket = self._socket, new
        if old is not None:
            old.close()

    def _fall(self) -> None:
        with self._guard:
            if self._socket is not None:
                try:
                    self._socket.shutdown(socket.SHUT_RDWR)
                except OSError:
                    return  # the other side closed it first: nothing is left to cut
