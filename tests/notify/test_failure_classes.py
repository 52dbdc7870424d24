"""What an answer means for a page."""

from __future__ import annotations

import pytest

from oncall_tui.notify.failure_classes import of_failure, of_status, status_words
from oncall_tui.notify.outcome import Outcome


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        (200, Outcome.DELIVERED),
        (202, Outcome.DELIVERED),
        (301, Outcome.REFUSED),
        (307, Outcome.REFUSED),
        (400, Outcome.REFUSED),
        (401, Outcome.REFUSED),
        (404, Outcome.REFUSED),
        (408, Outcome.RETRY_LATER),
        (410, Outcome.REFUSED),
        (425, Outcome.RETRY_LATER),
        (429, Outcome.RETRY_LATER),
        (500, Outcome.RETRY_LATER),
        (503, Outcome.RETRY_LATER),
        (599, Outcome.RETRY_LATER),
    ],
)
def test_of_status(status: int, outcome: Outcome) -> None:
    assert of_status(status) is outcome
    assert status_words(status).startswith(str(status))


@pytest.mark.parametrize(
    ("statuses", "log", "outcome", "words"),
    [
        ([500], [], Outcome.RETRY_LATER, "500 Internal Server Error"),
        ([200, 403], [], Outcome.REFUSED, "403 Forbidden"),
        ([403, 503, 403], [], Outcome.RETRY_LATER, "503 Service Unavailable"),
        ([], ["Failed to send X notification: Forbidden, error=403."], Outcome.REFUSED, "403 Forbidden"),
        ([], ["Failed to send ntfy: limit reached, error=42901."], Outcome.RETRY_LATER, "429 Too Many Requests"),
        ([200], ["Failed to send: error=1404"], Outcome.RETRY_LATER, "it did not take the page"),
        ([], ["Socket Exception: … [Errno 111] Connection refused"], Outcome.RETRY_LATER, "the connection was refused"),
        ([], ["… Caused by NameResolutionError(…)"], Outcome.RETRY_LATER, "its host name was not found"),
        (
            [],
            ["… Caused by ConnectTimeoutError(… timed out)"],
            Outcome.RETRY_LATER,
            "it could not be connected to in time",
        ),
        ([], ["… Read timed out. (read timeout=4.0)"], Outcome.UNKNOWN, "no answer in time"),
        ([], ["('Connection aborted.', …)"], Outcome.UNKNOWN, "the connection broke before an answer came"),
        ([403], ["… Read timed out."], Outcome.UNKNOWN, "no answer in time"),
        ([], [], Outcome.RETRY_LATER, "it did not take the page"),
    ],
)
def test_of_failure(statuses: list[int], log: list[str], outcome: Outcome, words: str) -> None:
    assert of_failure(statuses, log) == (outcome, words)
