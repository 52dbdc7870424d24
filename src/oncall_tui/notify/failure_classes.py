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

# smtplib words a server's refusal as "(550, b'5.1.1 no such user')". RFC 5321 §4.2.1: 5yz is for good, 4yz will pass.
_SMTP_REPLY = re.compile(r"\((?P<code>[45]\d\d), b(?P<quote>['\"])(?P<words>.*?)(?P=quote)\)")

# Slack answers 200 to everything and says so in the body: https://docs.slack.dev/reference/methods/chat.postMessage
_SLACK_REFUSAL = re.compile(r'"ok":\s*false.*?"error":\s*"(\w+)"')
_SLACK_PASSING = frozenset({
    "ratelimited", "rate_limited", "internal_error", "fatal_error", "request_timeout", "service_unavailable",
})  # fmt: skip

# Amazon answers 400 when it is asked too often:
# https://docs.aws.amazon.com/ses/latest/APIReference/CommonErrors.html
_AWS_PASSING = re.compile(
    r"<Code>(Throttling\w*|RequestThrottled\w*|RequestExpired|ServiceUnavailable|InternalFailure)</Code>"
)

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
    told = _told(log)
    if told is not None:
        return told
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


def _told(log: Sequence[str]) -> tuple[Outcome, str] | None:
    """What a service says in its own words rather than by an HTTP status."""
    text = "\n".join(log)
    throttled = _AWS_PASSING.search(text)
    if throttled is not None:
        return Outcome.RETRY_LATER, throttled[1]
    refused = _SLACK_REFUSAL.search(text)
    if refused is not None:
        return (Outcome.RETRY_LATER if refused[1] in _SLACK_PASSING else Outcome.REFUSED), refused[1].replace("_", " ")
    replies = list(_SMTP_REPLY.finditer(text))
    if replies:
        # With several recipients the most hopeful answer counts, as with several topics.
        reply = next((one for one in replies if one["code"].startswith("4")), replies[-1])
        outcome = Outcome.RETRY_LATER if reply["code"].startswith("4") else Outcome.REFUSED
        return outcome, f"{reply['code']} {reply['words']}"
    return None


def _broken(log: Sequence[str]) -> tuple[Outcome, str] | None:
    text = "\n".join(log)
    return next(((outcome, words) for word, outcome, words in _WORDS if word in text), None)
