"""The words of notices: short, in the reader's zone, harmless whatever others have written."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from oncall_tui.domain.notices import Moment
from oncall_tui.domain.severity import Severity
from oncall_tui.notify.words.notice_texts import (
    Burning,
    ChangeFacts,
    ChannelFacts,
    OpenIncident,
    ShiftFacts,
    change_text,
    channel_text,
    in_words,
    sent_text,
    shift_text,
)

NOW = datetime(2026, 3, 28, 8, 0, tzinfo=UTC)
START = datetime(2026, 3, 29, 8, 0, tzinfo=UTC)
HOSTILE = "pay\x1b[31m\u202e\n@everyone"


def shift(**more: object) -> ShiftFacts:
    facts: dict[str, object] = {"schedule": "s", "moment": Moment.BEFORE, "now": NOW, "start": START, "end": None}
    return ShiftFacts(**(facts | more))  # type: ignore[arg-type]  # a test may leave out what it likes


def test_a_shift_to_come_across_a_change_of_the_clocks() -> None:
    """08:00Z is 09:00 in Lisbon once its clocks have gone forward that morning."""
    subject, body = shift_text(shift(timezone="Europe/Lisbon", before=("bo",)))
    assert subject == "On call in 24 h: s"
    assert body.splitlines() == [
        "You are on call in s from Sun 29 Mar 09:00 Europe/Lisbon with no end within a year.",
        "Before you: bo. After you: nobody.",
        "",
        "No open incidents.",
    ]


def test_a_shift_that_began_too_long_ago_to_say() -> None:
    _, body = shift_text(shift(moment=Moment.END, start=None, end=START))
    assert body.splitlines()[0] == "You were on call in s for more than a year until Sun 29 Mar 08:00 UTC."
    assert body.splitlines()[-1] == "On call now: nobody."


def test_what_burns_is_capped() -> None:
    one = OpenIncident(7, "x" * 200, Severity.CRITICAL, "triggered")
    _, body = shift_text(shift(burning=Burning(shown=(one,), more=12)))
    *_, head, shown, more = body.splitlines()
    assert head == "Open incidents (13):"
    assert shown.startswith("#7 CRIT triggered: xxx")
    assert shown.endswith("…")
    assert more == "and 12 more"


def test_what_somebody_changed_is_capped() -> None:
    spans = tuple((START + n * timedelta(days=7), START + n * timedelta(days=7, hours=1)) for n in range(7))
    subject, body = change_text(
        ChangeFacts(schedule="s", by="cy", what="layer w was edited", gained=spans, lost=(), weeks=8)
    )
    assert subject == "Your shifts have changed: s"
    assert body.count("\n- ") == 6
    assert body.endswith("- and 2 more within 8 weeks")


@pytest.mark.parametrize(
    ("users", "until", "expected"),
    [
        (("ana",), START, "ana is on call in s until Sun 29 Mar 10:00 Europe/Berlin, then nobody."),
        (("ana", "bo"), None, "ana, bo are on call in s."),
        ((), START, "Nobody is on call in s until Sun 29 Mar 10:00 Europe/Berlin, then nobody."),
    ],
)
def test_a_channel_is_told_in_the_zone_of_the_schedule(
    users: tuple[str, ...], until: datetime | None, expected: str
) -> None:
    facts = ChannelFacts(schedule="s", users=users, until=until, timezone="Europe/Berlin")
    assert channel_text(facts)[1] == expected


def test_nothing_that_others_wrote_does_harm() -> None:
    one = OpenIncident(1, HOSTILE, Severity.HIGH, "triggered")
    texts = (
        *shift_text(shift(schedule=HOSTILE, before=(HOSTILE,), burning=Burning(shown=(one,)))),
        *change_text(ChangeFacts(schedule=HOSTILE, by=HOSTILE, what=HOSTILE, gained=(), lost=(), weeks=8)),
        *channel_text(ChannelFacts(schedule=HOSTILE, users=(HOSTILE,), until=None)),
    )
    for text in texts:
        assert not {"\x1b", "\u202e"} & set(text)
        assert "@everyone" not in text
    assert all("\n" not in subject for subject in texts[::2])


def test_a_long_name_makes_no_long_subject() -> None:
    assert len(shift_text(shift(schedule="s" * 500))[0]) <= 120


@pytest.mark.parametrize(
    ("span", "expected"),
    [
        (timedelta(seconds=20), "0 min"),
        (timedelta(minutes=45), "45 min"),
        (timedelta(minutes=59, seconds=59), "1 h"),
        (timedelta(hours=24), "24 h"),
        (timedelta(hours=2, minutes=30), "2 h 30 min"),
        (timedelta(days=3, hours=4, minutes=5), "3 d 4 h"),
        (timedelta(days=7), "7 d"),
    ],
)
def test_a_time_to_come(span: timedelta, expected: str) -> None:
    assert in_words(span) == expected


def test_every_notice_goes_out_with_its_number() -> None:
    first, again = (sent_text(7, "S", "B", possible_repeat=repeat) for repeat in (False, True))
    assert (first.title, first.body, first.page_id, first.urgent) == ("S", "B\n\nNotice 7", "notice-7", False)
    assert again.body.startswith("Possible repeat: ")
    assert again.page_id == first.page_id
