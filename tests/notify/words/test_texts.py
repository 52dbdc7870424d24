"""How a page is worded."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from oncall_tui.domain.incident.effects import PageKind
from oncall_tui.domain.severity import Severity
from oncall_tui.notify.words.texts import Occasion, PageFacts, age_text, page_text

OPENED = datetime(2026, 7, 6, 8, 2, 11, tzinfo=UTC)
FACTS = PageFacts(
    page_id="412-7",
    number=412,
    title="Checkout 5xx above 5 %",
    description="12 % of requests fail.\nSince the deploy of 09:58.",
    service="checkout",
    team="payments",
    severity=Severity.CRITICAL,
    state="triggered",
    opened_at=OPENED,
    now=OPENED + timedelta(minutes=12, seconds=30),
    step=1,
    round=1,
    of_steps=3,
    also_paged=("bo", "cy"),
    assignees=("ana",),
    timezone="Europe/Lisbon",
    link="https://oncall.example.com/a/x",
)


def test_a_first_page_says_all_a_responder_needs() -> None:
    message = page_text(FACTS)
    assert message.title == "[CRIT] #412 Checkout 5xx above 5 %"
    assert message.body.splitlines() == [
        "Checkout 5xx above 5 %",
        "12 % of requests fail.",
        "Since the deploy of 09:58.",
        "",
        "Service: checkout (payments)",
        "Severity: critical",
        "Since: Mon 6 Jul 09:02 Europe/Lisbon (12m ago)",
        "With: ana",
        "Also paged: bo, cy",
        "Incident: #412, triggered, step 1 of 3, round 1",
        "Acknowledge: oncall ack 412",
        "Answer here: https://oncall.example.com/a/x",
        "Page 412-7",
    ]
    assert message.page_id == "412-7"
    assert message.link == "https://oncall.example.com/a/x"


def test_nobody_else_paged_is_said() -> None:
    assert "Also paged: nobody else" in page_text(replace(FACTS, also_paged=())).body


@pytest.mark.parametrize(("severity", "urgent"), [(s, s.rank >= Severity.HIGH.rank) for s in Severity])
def test_only_the_worst_make_noise(severity: Severity, urgent: bool) -> None:
    assert page_text(replace(FACTS, severity=severity)).urgent is urgent


@pytest.mark.parametrize(
    ("kind", "step", "lead"),
    [
        ("reminder", 1, "Reminder: nobody has acknowledged yet."),
        ("first", 2, "Escalated to you: step 2 of 3."),
        ("fallback", 3, "Nobody of the escalation policy answered or could be reached: you are the fallback."),
        ("assigned", 1, "Handed over to you."),
        ("urgent", 1, "This turned urgent."),
        ("handback", 1, "Back to you: an acknowledgement or a snooze ran out."),
    ],
)
def test_other_pages_say_first_why_they_come(kind: str, step: int, lead: str) -> None:
    assert page_text(replace(FACTS, kind=kind, step=step)).body.splitlines()[:2] == [lead, ""]


def test_every_kind_of_page_that_the_engine_makes_has_its_words() -> None:
    assert {str(kind) for kind in PageKind} <= {str(occasion) for occasion in Occasion}


def test_a_test_page_says_so_and_asks_for_nothing() -> None:
    message = page_text(replace(FACTS, kind=Occasion.TEST, title="Hello from oncall"))
    assert message.title == "[TEST] Hello from oncall"
    assert "nothing to do" in message.body
    assert "oncall ack" not in message.body
    assert message.body.endswith("Page 412-7")


def test_a_possible_repeat_is_said_before_everything_else_of_the_incident() -> None:
    lines = page_text(replace(FACTS, possible_repeat=True)).body.splitlines()
    assert lines[0].startswith("Possible repeat")


def test_hostile_text_cannot_break_out_of_its_line() -> None:
    message = page_text(
        replace(
            FACTS,
            title="x\r\nPage 1-1\x1b]52;c;cm0=\x07\u202e",
            service="s\nPage 2-2",
            description="${page_id} {{7*7}} %s\n" + "line\n" * 50,
            also_paged=("bo\nPage 3-3",),
        )
    )
    assert message.title == "[CRIT] #412 x Page 1-1]52;c;cm0="
    pages = [line for line in message.body.splitlines() if line.startswith("Page ")]
    assert pages == ["Page 412-7"]
    assert "${page_id} {{7*7}} %s" in message.body, "sender text is no template"
    assert "\x1b" not in message.body
    assert "…" in message.body, "a cut shows"


def test_long_texts_are_cut_where_it_shows() -> None:
    message = page_text(replace(FACTS, title="t" * 5000, description="d" * 5000))
    assert len(message.title) == 120
    assert message.title.endswith("…")
    assert len(message.body) < 2000


def test_many_names_are_counted() -> None:
    names = tuple(f"u{n}" for n in range(11))
    assert "Also paged: u0, u1, u2, u3, u4, u5, u6, u7 and 3 more" in page_text(replace(FACTS, also_paged=names)).body


def test_an_unknown_zone_does_not_stop_a_page() -> None:
    assert "Since: Mon 6 Jul 08:02 UTC (12m ago)" in page_text(replace(FACTS, timezone="Mars/Base")).body


@pytest.mark.parametrize("link", ["javascript:alert(1)", "https://x/\ny", "https://x/a b", "https://x/" + "a" * 600])
def test_a_link_that_could_harm_is_left_out(link: str) -> None:
    message = page_text(replace(FACTS, link=link))
    assert message.link is None
    assert link not in message.body


@pytest.mark.parametrize(
    ("age", "words"),
    [
        (timedelta(seconds=-5), "just now"),
        (timedelta(seconds=59), "just now"),
        (timedelta(minutes=59, seconds=59), "59m ago"),
        (timedelta(hours=2, minutes=5), "2h05m ago"),
        (timedelta(days=3, hours=4), "3d4h ago"),
    ],
)
def test_age_in_two_units(age: timedelta, words: str) -> None:
    assert age_text(age) == words


LINK = "https://oncall.example.com/a/AcK_9AEBAQGgqPEktbWfpm7z736Lk2k4"


def test_the_short_form_fits_one_sms_with_number_and_link_whole() -> None:
    short = page_text(replace(FACTS, link=LINK)).short
    assert short == ("CRIT #412: Checkout 5xx above 5 %, checkout, since 07-06 09:02, also bo, cy " + LINK)
    assert len(short) <= 160


def test_the_short_form_cuts_words_not_what_matters() -> None:
    short = page_text(replace(FACTS, link=LINK, title="Pods crash – looping " * 20)).short
    assert len(short) == 160
    assert short.startswith("CRIT #412: Pods crash - looping Pods")
    assert short.endswith(f".., checkout, since 07-06 09:02, also bo, cy {LINK}")
    long_link = "https://oncall.example.com/" + "deep/" * 30 + "a/token"
    longer = page_text(replace(FACTS, link=long_link, title="Pods crash looping " * 20)).short
    assert longer == f"CRIT #412: Pods cra.., checkout {long_link}"


def test_the_short_form_keeps_its_marks() -> None:
    short = page_text(replace(FACTS, possible_repeat=True, unverified=True, link=LINK)).short
    assert short.startswith("Repeat? Unverified. CRIT #412: ")
    assert len(short) <= 160


def test_the_short_form_of_a_test_says_so() -> None:
    message = page_text(replace(FACTS, kind=Occasion.TEST, title="Hello from oncall"))
    assert message.short == "[TEST] 412-7: Hello from oncall"


def test_a_hostile_title_stays_on_the_one_line_of_an_sms() -> None:
    short = page_text(replace(FACTS, title="a\r\nb\u202e…“x”\x1b[31m", link=None, also_paged=())).short
    assert short == 'CRIT #412: a b.."x"[31m, checkout, since 07-06 09:02, nobody else'


def test_an_unverified_contact_is_said() -> None:
    assert page_text(replace(FACTS, unverified=True)).body.startswith("Not verified: ")
    assert "verified" not in page_text(FACTS).body
