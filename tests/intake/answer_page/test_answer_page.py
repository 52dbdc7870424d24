"""The answer page through a real listener: what it tells, what its buttons do, and what it refuses."""

from __future__ import annotations

import io
import logging
from datetime import timedelta

import httpx
import pytest
from sqlalchemy import select

from oncall_tui.ops.config import apply
from oncall_tui.ops.incidents.acts import acknowledge, escalate, resolve
from oncall_tui.storage.tables import timeline
from tests.intake.answer_page.paged import CONFIG, Paged, form_of, press
from tests.support.worlds import T0, minutes


def test_it_tells_what_burns_since_when_and_who_knows(paged: Paged) -> None:
    link = paged.burn("Checkout 5xx above 5 %")
    paged.house.clock.set(T0 + minutes(12))
    answer = paged.http.get(link)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert "<h1>Checkout 5xx above 5 %</h1>" in answer.text
    assert "! triggered · high · #1" in answer.text
    assert "<dt>Service</dt><dd>checkout (payments)</dd>" in answer.text
    assert "<dt>Since</dt><dd>Sun 1 Mar 03:00 Europe/Lisbon (12m ago)</dd>" in answer.text
    assert "<dt>Paged</dt><dd>you, cy</dd>" in answer.text
    assert "<dt>Next</dt><dd>bo, Sun 1 Mar 03:15</dd>" in answer.text
    assert "Nobody has it yet." in answer.text
    assert "This link is good until Mon 2 Mar 03:00 Europe/Lisbon." in answer.text
    assert list(form_of(answer).buttons) == ["Acknowledge", "Escalate…", "Resolve"]


def test_nothing_is_fetched_framed_kept_or_told_to_others(paged: Paged) -> None:
    headers = paged.http.get(paged.burn()).headers
    policy = dict(part.strip().split(" ", 1) for part in headers["content-security-policy"].split(";"))
    assert policy["default-src"] == "'none'"
    assert policy["frame-ancestors"] == "'none'"
    assert policy["form-action"] == "'self'"
    assert policy["style-src"].startswith("'sha256-")
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["cache-control"] == "no-store"
    assert headers["x-content-type-options"] == "nosniff"


def test_looking_never_acts(paged: Paged) -> None:
    link = paged.burn()
    for method in ("GET", "HEAD", "OPTIONS", "PUT"):
        paged.http.request(method, link, params={"act": "acknowledge", "sure": "yes"})
    assert paged.state() == "triggered"
    assert paged.http.head(link).status_code == 200


def test_acknowledge_stops_the_paging_and_stands_in_the_timeline(paged_everywhere: Paged) -> None:
    paged = paged_everywhere
    link = paged.burn()
    answer = press(paged.http, link, "Acknowledge")
    assert answer.status_code == 200
    assert "You have it now: paging has stopped." in answer.text
    assert "With you since" in answer.text
    assert list(form_of(answer).buttons) == ["Escalate…", "Resolve"]
    assert paged.house.timers is None
    with paged.house.store.read() as conn:
        row = conn.execute(select(timeline).where(timeline.c.kind == "acknowledged")).one()
    assert (row.by, row.via, row.text) == ("ana", "answer page", "acknowledged")


def test_a_bare_post_acknowledges_as_a_button_of_ntfy_does(paged: Paged) -> None:
    assert paged.http.post(paged.burn(), data={"act": "acknowledge"}).status_code == 200
    assert paged.state() == "acknowledged"


def test_anothers_incident_is_taken_over_only_when_one_says_so(paged: Paged) -> None:
    link = paged.burn()
    seen = paged.http.get(link)
    acknowledge(paged.house.as_user("bo"), 1)
    late = press(paged.http, link, "Acknowledge", seen)
    assert late.status_code == 409
    assert "#1 was already acknowledged by bo at 2026-03-01T03:00:00Z" in late.text
    assert "Take it over from bo?" in late.text
    assert paged.house.column(1, "acknowledged_by") == "bo"
    assert list(form_of(paged.http.get(link)).buttons) == ["Take over…", "Escalate…", "Resolve"]
    over = press(paged.http, link, "Yes, take it over", late)
    assert over.status_code == 200
    assert paged.house.column(1, "acknowledged_by") == "ana"


def test_escalate_asks_naming_whom_it_pages_and_then_does_it_once(paged_everywhere: Paged) -> None:
    paged = paged_everywhere
    link = paged.burn()
    asked = press(paged.http, link, "Escalate…")
    assert asked.status_code == 200
    assert "Escalating now pages bo." in asked.text
    assert paged.house.column(1, "step") == 1
    done = press(paged.http, link, "Yes, escalate", asked)
    assert done.status_code == 200
    assert paged.house.column(1, "step") == 2
    again = press(paged.http, link, "Yes, escalate", asked)
    assert again.status_code == 409
    assert "#1 has changed since you looked" in again.text
    assert paged.house.column(1, "step") == 2


def test_an_escalation_of_somebody_else_in_between_is_told(paged: Paged) -> None:
    link = paged.burn()
    asked = press(paged.http, link, "Escalate…")
    escalate(paged.house.as_user("cy"), 1)
    assert press(paged.http, link, "Yes, escalate", asked).status_code == 409
    assert paged.house.column(1, "step") == 2


def test_a_yes_without_what_was_seen_is_asked_again(paged: Paged) -> None:
    answer = paged.http.post(paged.burn(), data={"act": "escalate", "sure": "yes"})
    assert "Escalating now pages bo." in answer.text
    assert paged.house.column(1, "step") == 1


def test_resolve_can_be_undone_at_once(paged_everywhere: Paged) -> None:
    paged = paged_everywhere
    link = paged.burn()
    done = press(paged.http, link, "Resolve")
    assert paged.state() == "resolved"
    assert "✓ resolved" in done.text
    assert list(form_of(done).buttons) == ["Undo"]
    assert form_of(paged.http.get(link)).buttons == {}, "later the page just tells"
    undone = press(paged.http, link, "Undo", done)
    assert undone.status_code == 200
    assert paged.state() == "triggered"


def test_already_resolved_is_said_with_who_and_when(paged: Paged) -> None:
    link = paged.burn()
    seen = paged.http.get(link)
    resolve(paged.house.as_user("bo"), 1)
    for words in ("Acknowledge", "Resolve", "Escalate…"):
        late = press(paged.http, link, words, seen)
        assert late.status_code == 409
        assert "#1 was already resolved by bo at 2026-03-01T03:00:00Z" in late.text
    assert "Resolved (fixed) by bo, Sun 1 Mar 03:00 Europe/Lisbon (just now)." in late.text


def test_an_expired_link_says_so(paged: Paged) -> None:
    link = paged.burn()
    paged.house.clock.set(T0 + timedelta(hours=25))
    for answer in (paged.http.get(link), paged.http.post(link, data={"act": "acknowledge"})):
        assert answer.status_code == 410
        assert "This link has expired: it was good for 24 hours." in answer.text
    assert paged.state() == "triggered"


@pytest.mark.parametrize("token", ["x", "A" * 34, "a" * 5000, "%2e%2e", "%3Cscript%3E"])
def test_a_forged_link_opens_nothing(paged: Paged, token: str) -> None:
    for answer in (paged.http.get(f"/a/{token}"), paged.http.post(f"/a/{token}", data={"act": "acknowledge"})):
        assert answer.status_code == 403
        assert "not one of ours" in answer.text
        assert "<script" not in answer.text


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"act=burn",
        b"act=acknowledge&version=x",
        b"act=acknowledge&version=1234567890",
        b"a&" * 30,
        b"x" * 5000,
        "act=\u00e4".encode(),
        b'{"act":"acknowledge"}',
    ],
)
def test_a_form_that_is_not_ours_is_refused(paged: Paged, body: bytes) -> None:
    answer = paged.http.post(paged.burn(), content=body)
    assert answer.status_code == 400
    assert paged.state() == "triggered"


def test_what_senders_wrote_is_text(paged: Paged) -> None:
    link = paged.burn("<script>alert(1)</script>\"'&amp;\u202e\x1b[31m {{7*7}}")
    answer = paged.http.get(link)
    assert "<script" not in answer.text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;&quot;&#x27;&amp;amp;[31m {{7*7}}</h1>" in answer.text
    assert "\u202e" not in answer.text


def test_one_who_left_or_may_only_look_does_not_act(paged: Paged) -> None:
    link = paged.burn()
    apply(paged.house.session, CONFIG.replace("username: ana,", "username: ana, role: viewer,"), addresses=False)
    answer = paged.http.get(link)
    assert "You may look but not act." in answer.text
    assert form_of(answer).buttons == {}
    assert paged.http.post(link, data={"act": "acknowledge"}).status_code == 403
    assert paged.state() == "triggered"


def test_a_page_for_somebody_else_acts_as_that_one(paged: Paged) -> None:
    paged.burn()
    press(paged.http, paged.link("cy"), "Acknowledge")
    assert paged.house.column(1, "acknowledged_by") == "cy"


def test_no_log_holds_the_address(paged: Paged, capfd: pytest.CaptureFixture[str]) -> None:
    # Not caplog: it hangs itself onto loggers that keep their lines to themselves, and uvicorn's then begins to speak.
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    handler.addFilter(lambda record: not record.name.startswith(("httpx", "httpcore")))  # those are the test's own
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    try:
        link = paged.burn()
        paged.http.get(link)
        press(paged.http, link, "Acknowledge")
        paged.http.get(f"{link}x")
        paged.http.put(link)
        logging.getLogger("test").info("the log is heard")
    finally:
        root.removeHandler(handler)
        root.setLevel(level)
    out, err = capfd.readouterr()
    assert "the log is heard" in written.getvalue()
    assert link.rpartition("/")[2] not in written.getvalue() + out + err


def test_a_database_that_is_away_is_said(paged: Paged, monkeypatch: pytest.MonkeyPatch) -> None:
    from oncall_tui.domain.errors import DatabaseAway

    link = paged.burn()

    def away(*_: object) -> httpx.Response:
        raise DatabaseAway("gone")

    monkeypatch.setattr("oncall_tui.ops.answering.answers.reader", away)
    answer = paged.http.get(link)
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
    assert "The database is away." in answer.text


def test_a_link_with_a_slash_behind_it_works_too(paged: Paged) -> None:
    assert paged.http.get(f"{paged.burn()}/").status_code == 200
