"""YAML 1.2's core schema, limits, and errors that say where."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oncall_tui.domain.errors import Invalid
from oncall_tui.ops.config.yaml.reading import DEEPEST, MOST_CHARACTERS, read_yaml
from oncall_tui.ops.config.yaml.writing import write_yaml


class TestCoreSchema:
    """What unquoted text means (YAML 1.2.2, 10.3.2)."""

    @pytest.mark.parametrize(
        "text", ["off", "on", "yes", "no", "20:00", "2026-01-05", "2026-01-05T09:00", "1_000", "<<"]
    )
    def test_what_a_1_1_reader_would_change_stays_text(self, text: str) -> None:
        assert read_yaml(f"a: {text}") == {"a": text}

    @pytest.mark.parametrize(
        ("text", "value"),
        [
            ("1", 1),
            ("-7", -7),
            ("0o14", 12),
            ("0x1F", 31),
            ("1e3", 1000.0),
            (".5", 0.5),
            ("true", True),
            ("False", False),
        ],
    )
    def test_numbers_and_booleans(self, text: str, value: object) -> None:
        read = read_yaml(f"a: {text}")["a"]
        assert read == value
        assert type(read) is type(value)

    @pytest.mark.parametrize("text", ["", "~", "null", "NULL"])
    def test_nothing(self, text: str) -> None:
        assert read_yaml(f"a: {text}") == {"a": None}

    def test_special_numbers(self) -> None:
        read = read_yaml("[.inf, -.inf, .nan]")
        assert read[:2] == [math.inf, -math.inf]
        assert math.isnan(read[2])

    def test_quotes_make_text(self) -> None:
        assert read_yaml("['1', \"true\", !!str 5]") == ["1", "true", "5"]

    def test_a_number_too_long_to_be_one_stays_text(self) -> None:
        assert read_yaml("a: " + "9" * 10_000) == {"a": "9" * 10_000}


class TestRefusals:
    """Whatever has no one meaning, with its place."""

    @pytest.mark.parametrize(
        ("text", "place", "says"),
        [
            ("a: 1\na: 2\n", "line 2, column 1", "twice"),
            ("a: [1,\nb", "line 3, column 1", "did not find"),
            ("a: b: c", "line 1, column 5", "not allowed"),
            ("a: !!python/object:os.system x", "line 1, column 4", "tag"),
            ("a: &a [*a]", "line 1, column 8", "alias"),
            ("a: 1\n---\nb: 2\n", "line 2, column 1", "second document"),
            ("a: x\n\tb: y\n", "line 2, column 1", "tab"),
            ("? [a]\n: 1", "line 1, column 5", "key must be text"),
            ("1: x", "line 1, column 1", "key must be text"),
            ("a: \x00", "line 1, column 4", "character"),
        ],
    )
    def test_with_line_and_column(self, text: str, place: str, says: str) -> None:
        with pytest.raises(Invalid) as refused:
            read_yaml(text)
        assert refused.value.path == place
        assert says in refused.value.sentence
        assert refused.value.code == "syntax"

    def test_a_lone_surrogate(self) -> None:
        with pytest.raises(Invalid, match="Unicode"):
            read_yaml("a: \ud800")

    def test_depth(self) -> None:
        assert read_yaml("[" * DEEPEST + "]" * DEEPEST) is not None
        with pytest.raises(Invalid, match="levels deep"):
            read_yaml("[" * 200_000)

    def test_an_alias_bomb(self) -> None:
        bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
            f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]\n" for n in range(1, 12)
        )
        with pytest.raises(Invalid, match="aliases counted"):
            read_yaml(bomb)

    def test_size(self) -> None:
        with pytest.raises(Invalid, match="MiB"):
            read_yaml("a" * (MOST_CHARACTERS + 1))

    def test_few_aliases_are_fine(self) -> None:
        assert read_yaml("a: &x {k: 1}\nb: *x\n") == {"a": {"k": 1}, "b": {"k": 1}}


TEXTS = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=30) | st.from_regex(
    r"[-+0-9.eox:TZ_]{1,12}|(?i:on|off|yes|no|null|true|~|\.inf|\.nan)", fullmatch=True
)
VALUES = st.recursive(
    TEXTS | st.none() | st.booleans() | st.integers(-(10**15), 10**15),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=12,
)


@given(VALUES)
def test_what_is_written_is_read_back(value: object) -> None:
    assert read_yaml(write_yaml({"v": value})) == {"v": value}


@given(st.text(max_size=200))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        read_yaml(text)
    except Invalid as refused:
        assert refused.sentence  # noqa: PT017 - either way out is right, no other is
