"""What a provider's answer means for a page: where a status, or a line of Apprise's log, becomes an outcome.

Apprise tells success or failure, not why. Why is in the HTTP answers heard on the wire and in the lines it logged.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from http import HTTPStatus

from oncall_tui.notify.outcome import Outcome

_TRY_AGAIN = frozenset({HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_EARLY, HTTPStatus.TOO_MANY_REQUESTS})

# "Failed to send …: Forbidden, error=403." ntfy puts its own code there: the status and two digits more.
_LOGGED_STATUS = re.compile(r"\berror=([1-5]\d\d)(?:\d\d)?\b")

# How requests, urllib3, smtplib and socket word what they raise, in the order asked: the first that is found counts.
_WORDS: tuple[tuple[str, Outcome, str], ...] = (
    ("NewConnectionError", Outcome.RETRY_LATER, "the connection was refused"),
    ("Connection refused", Outcome.RETRY_LATER, "the connection was refused"),
    ("NameResolutionError", Outcome.RETRY_LATER, "its host name was not found"),
    ("Name or service not known", Outcome.RETRY_LATER, "its host name was not found"),
    ("Temporary failure in name resolution", Outcome.RETRY_LATER, "its host name was not found"),
    ("No address associated", Outcome.RETRY_LATER, "its host name was not found"),
    ("ConnectTimeoutError", Outcome.RETRY_LATER, "it could not be connected to in time"),
    ("SSLError", Outcome.RETRY_LATER, "the secure connection failed"),
    ("CERTIFICATE_VERIFY_FAILED", Outcome.RETRY_LATER, "its certificate is not trusted"),
    ("timed out", Outcome.UNKNOWN, "no answer in time"),
    ("Connection reset", Outcome.UNKNOWN, "the connection broke before an answer came"),
    ("Connection aborted", Outcome.UNKNOWN, "the connection broke before an answer came"),
    ("Connection broken", Outcome.UNKNOWN, "the connection broke before an answer came"),
    ("RemoteDisconnected", Outcome.UNKNOWN, "the connection broke before an answer came"),
    ("BadStatusLine", Outcome.UNKNOWN, "the answer was no HTTP"),
    ("Connection unexpectedly closed", Outcome.UNKNOWN, "the connection broke before an answer came"),
)


def of_status(status: int) -> Outcome:
    """The outcome of an HTTP status. A redirect is a refusal: a 301 that is followed turns POST to GET and loses it."""
    if 200 <= status < 300:
        return Outcome.DELIVERED
    if status in _TRY_AGAIN or status >= 500:
        return Outcome.RETRY_LATER
    return Outcome.REFUSED


def status_words(status: int) -> str:
    """A status as people read it: "500 Internal Server Error"."""
    try:
        return f"{status} {HTTPStatus(status).phrase}"
    except ValueError:
        return str(status)


def of_failure(statuses: Sequence[int], log: Sequence[str]) -> tuple[Outcome, str]:
    """Outcome and words of a failed send, from the HTTP statuses heard and the lines logged.

    With several answers (one page to several topics) the most hopeful bad one counts: a refusal of one topic must not
    end the page of another. Nothing telling at all means trying again: a page is not given up for want of words.
    """
    logged = [int(found) for line in log for found in _LOGGED_STATUS.findall(line)]
    bad = [status for status in statuses if of_status(status) is not Outcome.DELIVERED]
    bad = bad or [status for status in logged if of_status(status) is not Outcome.DELIVERED]
    broken = _broken(log)
    if bad and (broken is None or of_status(bad[-1]) is Outcome.RETRY_LATER):
        passing = [status for status in bad if of_status(status) is Outcome.RETRY_LATER]
        status = (passing or bad)[-1]
        return of_status(status), status_words(status)
    if broken is not None:
        return broken
    return Outcome.RETRY_LATER, "it did not take the page"


def _broken(log: Sequence[str]) -> tuple[Outcome, str] | None:
    text = "\n".join(log)
    return next(((outcome, words) for word, outcome, words in _WORDS if word in text), None)
