"""Signed links: short, whole or nothing, good for 24 hours, and only from this house."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oncall_tui.ops.answering.links import ExpiredLink, ForgedLink, Links, Ticket
from oncall_tui.storage.cipher import Cipher

NOW = datetime(2026, 7, 6, 8, 2, 11, tzinfo=UTC)
LINKS = Links(Cipher("k" * 40), "https://oncall.example.com")
OTHERS = Links(Cipher("o" * 40), "https://oncall.example.com")


def token_of(link: str | None) -> str:
    assert link is not None
    return link.rpartition("/")[2]


def test_a_link_is_short_enough_for_an_sms_and_safe_in_any_text() -> None:
    link = LINKS.link(412, 7, NOW)
    assert link is not None
    assert re.fullmatch(r"https://oncall\.example\.com/a/[A-Za-z0-9_-]{34}", link)


def test_without_a_public_url_there_is_no_link() -> None:
    assert Links(Cipher("k" * 40), None).link(412, 7, NOW) is None


@given(number=st.integers(1, 2**63 - 1), seq=st.integers(0, 2**31), minutes=st.integers(1, 2**32 - 1))
def test_what_was_signed_is_read_back(number: int, seq: int, minutes: int) -> None:
    epoch = datetime(1970, 1, 1, tzinfo=UTC)
    ticket = Ticket(number, seq, epoch + timedelta(minutes=minutes))
    token = LINKS.token(ticket)
    assert len(token) <= 64
    assert LINKS.read(token, epoch) == ticket


def test_it_holds_for_24_hours_to_the_minute_after() -> None:
    token = token_of(LINKS.link(412, 7, NOW))
    end = datetime(2026, 7, 7, 8, 3, tzinfo=UTC)  # 08:02:11 on the next day, rounded up
    assert LINKS.read(token, end - timedelta(microseconds=1)) == Ticket(412, 7, end)
    with pytest.raises(ExpiredLink) as refusal:
        LINKS.read(token, end)
    assert refusal.value.http_status == 410
    assert "412" in refusal.value.mend


@pytest.mark.parametrize("at", range(34))
def test_a_token_with_one_character_changed_is_forged(at: int) -> None:
    token = token_of(LINKS.link(412, 7, NOW))
    for other in "A_-9":
        if token[at] != other:
            with pytest.raises(ForgedLink):
                LINKS.read(token[:at] + other + token[at + 1 :], NOW)


@pytest.mark.parametrize(
    "token", ["", "x", "a" * 64, "a" * 65, "a" * 10_000, "ü" * 34, "====", "../../etc/passwd", "A" * 34, "%00"]
)
def test_anything_else_is_forged_too(token: str) -> None:
    with pytest.raises(ForgedLink):
        LINKS.read(token, NOW)


def test_another_houses_token_is_forged() -> None:
    with pytest.raises(ForgedLink) as refusal:
        LINKS.read(token_of(OTHERS.link(412, 7, NOW)), NOW)
    assert refusal.value.http_status == 403


def test_a_token_can_not_be_stretched_or_cut() -> None:
    token = token_of(LINKS.link(412, 7, NOW))
    for odd in (token + "A", token + "=", token[:-1], token + "\n", " " + token, token + "AAAA"):
        with pytest.raises(ForgedLink):
            LINKS.read(odd, NOW)


def test_what_signs_links_is_not_what_finds_addresses() -> None:
    cipher = Cipher("k" * 40)
    assert cipher.signature(b"x").hex() not in cipher.fingerprint("x")
    assert cipher.signature(b"x") == Cipher("k" * 40).signature(b"x") != Cipher("o" * 40).signature(b"x")
