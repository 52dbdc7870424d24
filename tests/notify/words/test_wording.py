"""What senders write is made fit for a page."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oncall_tui.notify.words.wording import one_line, paragraphs


@pytest.mark.parametrize(
    ("hostile", "harmless"),
    [
        ("a\x1b[31mb\x07", "a[31mb"),
        ("pay\u202egnp.exe", "paygnp.exe"),
        ("zero\u200bwidth\ufeff", "zerowidth"),
        ("one\r\nSubject: two", "one Subject: two"),
        ("  many \t blanks ", "many blanks"),
        (
            "@everyone @He\u200bre <!channel> bo@here.example @allan",
            "@ everyone @ Here <!channel> bo@here.example @allan",
        ),
        ("half \ud83d a pair", "half a pair"),
        ("👩\u200d🚒 Zürich 日本", "👩\u200d🚒 Zürich 日本"),
    ],
)
def test_one_line_drops_what_does_not_show(hostile: str, harmless: str) -> None:
    assert one_line(hostile, 100) == harmless


def test_a_cut_shows() -> None:
    assert one_line("abcdefgh", 8) == "abcdefgh"
    assert one_line("abcdefghi", 8) == "abcdefg…"
    assert one_line("abcdef hij", 8) == "abcdef…"


def test_paragraphs_keep_their_lines_up_to_a_number() -> None:
    assert paragraphs("\n\n one \n\n two\x00 \n", 100, 9) == "one\n\ntwo"
    assert paragraphs("1\n2\n3\n4", 100, 2) == "1\n2\n…"
    assert paragraphs("1\n2345", 4, 9) == "1\n2…"


@given(st.text(), st.integers(min_value=1, max_value=40))
def test_nothing_gets_through(text: str, limit: int) -> None:
    line = one_line(text, limit)
    assert len(line) <= limit
    assert all(c == "\u200d" or unicodedata.category(c) not in {"Cc", "Cf", "Cs", "Zl", "Zp"} for c in line)
