"""What is heard of HTTP answers."""

from __future__ import annotations

from datetime import timedelta

import pytest

from oncall_tui.notify.wire import LONGEST_WAIT, Heard, retry_after_of

DATE = "Mon, 06 Jul 2026 08:00:00 GMT"


@pytest.mark.parametrize(
    ("value", "date", "wait"),
    [
        ("120", None, timedelta(minutes=2)),
        (" 0 ", None, timedelta(0)),
        ("Mon, 06 Jul 2026 08:00:30 GMT", DATE, timedelta(seconds=30)),
        ("Mon, 06 Jul 2026 07:00:30 GMT", DATE, timedelta(0)),
        ("Mon, 06 Jul 2026 08:00:30 GMT", None, None),
        ("9" * 40, None, LONGEST_WAIT),
        ("soon", DATE, None),
        ("-5", None, None),
        ("²", None, None),
        (None, DATE, None),
    ],
)
def test_retry_after(value: str | None, date: str | None, wait: timedelta | None) -> None:
    assert retry_after_of(value, date) == wait


def test_the_longest_wait_counts() -> None:
    heard = Heard()
    for wait in ("5", "60", "0"):
        heard.note(429, {"Retry-After": wait})
    heard.note(200, {})
    assert heard.statuses == [429, 429, 429, 200]
    assert heard.retry_after == timedelta(seconds=60)
