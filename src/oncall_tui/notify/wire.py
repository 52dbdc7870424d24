"""Hear the HTTP answers that a provider gives to Apprise, and what Apprise logs of them, thread by thread.

Apprise tells neither the status nor Retry-After. Its plugins speak through `requests`, whose adapter builds each answer
in the thread that asked: there we listen, changing nothing. What it logs it would tell with its result, but it gathers
that by a handler put in and taken out for each send: `logging` walks the list of handlers unguarded, so where many send
at once, a handler taken out makes it step over another, and a line (the only word there is of an SMTP refusal) is lost.
Ours is put in once, ahead of those.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from requests import PreparedRequest, Response

LONGEST_WAIT = timedelta(days=1)
LONGEST_BODY = 64 * 1024  # bytes of an answer that are read: one without end must not fill the memory


@dataclass(slots=True)
class Heard:
    """The answers heard during one send, in order, the lines logged, and the longest wait that a provider asked for."""

    statuses: list[int] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)
    retry_after: timedelta | None = None

    def note(self, status: int, headers: Mapping[str, str]) -> None:
        """Keep one answer."""
        self.statuses.append(status)
        wait = retry_after_of(headers.get("Retry-After"), headers.get("Date"))
        if wait is not None:
            self.retry_after = max(wait, self.retry_after or wait)


def retry_after_of(value: str | None, date: str | None) -> timedelta | None:
    """A Retry-After header (RFC 9110 §10.2.3: seconds, or an HTTP date, read against the answer's own Date header).

    None when absent or unreadable; never negative, at most a day.
    """
    if value is None:
        return None
    value = value.strip()
    if value.isascii() and value.isdigit():
        return min(timedelta(seconds=min(int(value[:12]), 10**9)), LONGEST_WAIT)
    try:
        wait = parsedate_to_datetime(value) - parsedate_to_datetime(date or "")
    except (ValueError, TypeError):
        return None
    return min(max(wait, timedelta(0)), LONGEST_WAIT)


_here = threading.local()
_installing = threading.Lock()


@contextmanager
def listening() -> Iterator[Heard]:
    """Hear what HTTP answers to this thread, and what it logs, while the block runs."""
    _install()
    heard = Heard()
    _here.heard = heard
    try:
        yield heard
    finally:
        _here.heard = None


class LinesHeard(logging.Handler):
    """A handler for Apprise's logger: gives each line to whoever listens in the thread that logs it."""

    def emit(self, record: logging.LogRecord) -> None:
        """Keep the line, but for those that Apprise marks as none to be kept."""
        heard: Heard | None = getattr(_here, "heard", None)
        if heard is None or not getattr(record, "apprise_capture", True):
            return
        try:
            line = record.getMessage()
        except Exception:  # noqa: BLE001 - a plugin's words that its arguments don't fit must not end its send
            line = f"{record.msg}"  # and logging's own way of saying so would print them: they hold addresses
        heard.lines.append(line)


def _cap(response: Any, raw: Any) -> None:
    """Read the answer's first 64 KiB, and nothing after them."""
    from requests.exceptions import BaseHTTPError  # type: ignore[attr-defined] # what urllib3 raises, as requests names it
    from requests.exceptions import ConnectionError as Broken

    try:
        response._content = raw.read(LONGEST_BODY, decode_content=True)
    except BaseHTTPError as error:
        raise Broken(error) from error  # as requests has it: plugins know no others
    response._content_consumed = True
    raw.close()


def _install() -> None:
    """Listen where `requests` builds its answers; once a process, and without effect on threads that do not listen."""
    from requests.adapters import HTTPAdapter

    with _installing:
        build = HTTPAdapter.build_response
        if getattr(build, "heard_by_us", False):
            return

        def build_response(self: HTTPAdapter, req: PreparedRequest, resp: Any) -> Response:
            response = build(self, req, resp)
            heard: Heard | None = getattr(_here, "heard", None)
            if heard is not None:
                heard.note(response.status_code, response.headers)
                _cap(response, resp)
            return response

        build_response.__dict__["heard_by_us"] = True  # marks our own, so that it is put in once
        HTTPAdapter.build_response = build_response  # type: ignore[method-assign] # requests offers no hook for all sessions
