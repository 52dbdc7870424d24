"""What is sent to the terminal itself, to the byte."""

from __future__ import annotations

import base64

import pytest
from textual.events import AppBlur

from oncall_tui.tui.app import OncallApp
from oncall_tui.tui.tty import terminal
from tests.tui.frozen import QUEUE, FrozenBackend, incident
from tests.tui.test_app import HOSTILE, opened


def test_a_text_goes_to_the_clipboard_of_the_other_end() -> None:
    assert terminal.copying("hi", {}) == "\x1b]52;c;aGk=\a"


def test_what_a_sender_wrote_is_made_visible_before_it_is_copied() -> None:
    written = terminal.copying("a\x1b]52;c;eA==\a", {})
    copied = base64.b64decode(written.removeprefix("\x1b]52;c;").removesuffix("\a")).decode()
    assert copied.isprintable()


def test_more_than_terminals_take_is_not_sent() -> None:
    assert len(terminal.copying("x" * 1_000_000, {})) < terminal.COPIED_AT_MOST + 20


@pytest.mark.parametrize(
    ("environ", "wanted"),
    [
        ({}, "\x1b]2;x\a"),
        ({"TMUX": "/tmp/s,1,0"}, "\x1bPtmux;\x1b\x1b]2;x\a\x1b\\"),
        ({"TERM": "screen.xterm"}, "\x1bP\x1b]2;x\a\x1b\\"),
    ],
)
def test_a_multiplexer_passes_it_on_when_it_is_wrapped(environ: dict[str, str], wanted: str) -> None:
    assert terminal.wrapped("\x1b]2;x\a", environ) == wanted


@pytest.mark.parametrize("make", [terminal.titled, lambda text: terminal.notifying(text, {})])
def test_hostile_text_stays_within_its_sequence(make: object) -> None:
    written = make(HOSTILE + ";;")  # type: ignore[operator]  # both take a text
    inner = (
        written.replace("\x1b]2;", "").replace("\x1b]9;", "").replace("\x1b]777;notify;oncall;", "").replace("\a", "")
    )
    assert inner.isprintable()
    assert ";" not in inner


async def test_copying_shows_what_was_copied(monkeypatch: pytest.MonkeyPatch) -> None:
    async with opened() as driver:
        sent: list[str] = []
        monkeypatch.setattr(driver.app, "write_out", sent.append)
        await driver.press("y")
        await driver.shows("copied: #412 Checkout 5xx above 5 %")
        assert "52;c;" in sent[0]


async def test_a_runbook_is_shown_and_copied_or_said_to_be_none() -> None:
    rows = [incident(1, "a", runbook="https://wiki.example.com/a"), *QUEUE[1:]]
    async with opened(FrozenBackend(rows)) as driver:
        await driver.press("o")
        await driver.shows("copied: https://wiki.example.com/a")
    async with opened(FrozenBackend([incident(2, "b", runbook=None)])) as driver:
        await driver.press("o")
        await driver.shows("has no runbook")


async def test_a_view_is_a_filter_by_its_name() -> None:
    async with opened() as driver:
        await driver.press("v", *"da", "tab", "enter")
        await driver.shows("/ state:all since:24h")
        await driver.press("colon", *"view nonsense", "enter")
        await driver.shows("no view 'nonsense'")


async def test_a_filter_s_terms_are_completed() -> None:
    async with opened() as driver:
        await driver.press("slash", *"service:ch", "tab", "enter")
        await driver.shows("/ state:open service:checkout")


async def test_all_that_is_shown_is_selected_and_dropped_again() -> None:
    async with opened() as driver:
        await driver.press("asterisk")
        await driver.shows("3 selected")
        await driver.press("asterisk")
        await driver.hides("selected")


async def test_a_new_page_of_mine_rings_once_and_notifies_when_nobody_looks(monkeypatch: pytest.MonkeyPatch) -> None:
    async with opened() as driver:
        sent: list[str] = []
        monkeypatch.setattr(driver.app, "write_out", sent.append)
        driver.backend.mine = ((412, "Checkout 5xx above 5 %"), (414, "disk full"))
        driver.backend.poke()
        await driver.until(lambda: terminal.BELL in sent, "the bell")
        assert not any("]9;" in one for one in sent), "somebody looks: no notification"
        sent.clear()
        driver.app.post_message(AppBlur())
        driver.backend.mine = (*driver.backend.mine, (415, "queue is long"))
        driver.backend.poke()
        await driver.until(lambda: any("]9;oncall #415 queue is long" in one for one in sent), "the notification")
        sent.clear()
        looks = driver.backend.looks
        driver.backend.poke()
        await driver.until(lambda: driver.backend.looks > looks, "another look")
        await driver.pilot.pause(0.05)
        assert terminal.BELL not in sent, "the same page rings once"


async def test_the_title_tells_what_burns(monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[str] = []
    monkeypatch.setattr(OncallApp, "write_out", lambda _, sequence: sent.append(sequence))
    async with opened() as driver:
        assert "\x1b]2;oncall: 2 triggered\a" in sent
        driver.backend.change(411, state="resolved")
        await driver.until(lambda: "\x1b]2;oncall: 1 triggered\a" in sent, "the new title")
