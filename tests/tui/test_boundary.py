"""What reaches the screen: nothing hidden, nothing that acts, never wider than its room."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from oncall_tui.tui.boundary import LONGEST, clip, fit, safe_text, width_of

ANY = st.text(max_size=80)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("disk [/var/log] full [/x] [bold]", "disk [/var/log] full [/x] [bold]"),
        ("\x1b]52;c;aGk=\x07", "␛]52;c;aGk=␇"),
        ("a\x9bb", "a<009B>b"),
        ("a\u202eb", "a<202E>b"),
        ("a\u200bb", "a<200B>b"),
        ("a\ufe0f", "a<FE0F>"),
        ("\u3164", "<3164>"),
        ("a\u00a0b", "a b"),
        ("two\nlines", "two␊lines"),
        ("e\u0301", "e\u0301"),
        ("\u0301x", "◌\u0301x"),
        ("e" + "\u0301" * 40, "e" + "\u0301" * 2),
    ],
)
def test_what_is_hidden_becomes_visible(text: str, shown: str) -> None:
    assert safe_text(text) == shown


@pytest.mark.unmeasured
@given(ANY)
def test_no_control_or_format_character_is_left(text: str) -> None:
    assert not {unicodedata.category(c) for c in safe_text(text)} & {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}


@pytest.mark.unmeasured
@given(ANY)
def test_making_safe_twice_changes_nothing(text: str) -> None:
    assert safe_text(safe_text(text)) == safe_text(text)


@pytest.mark.unmeasured
@given(ANY, st.integers(0, 40))
def test_a_cut_text_is_never_wider_than_its_room(text: str, cells: int) -> None:
    assert cell_len(clip(text, cells)) <= cells


@pytest.mark.unmeasured
@given(ANY, st.integers(0, 40), st.booleans())
def test_a_fitted_text_has_exactly_its_room(text: str, cells: int, right: bool) -> None:
    assert cell_len(fit(text, cells, right=right)) == cells


def test_what_is_cut_ends_in_an_ellipsis_and_wide_characters_count_double() -> None:
    assert clip("Checkout", 5) == "Chec…"
    assert width_of("漢字") == 4
    assert clip("漢字漢字", 5) == "漢字…"


def test_endless_text_is_looked_at_only_so_far() -> None:
    assert len(safe_text("x" * 10_000_000)) == LONGEST
