"""Every dialect, fed with mutations of real payloads: a reading or a listed error, never an exception."""

from __future__ import annotations

import json
from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from oncall_tui.domain.events import DESCRIPTION_LIMIT, KEY_LIMIT, TITLE_LIMIT
from oncall_tui.intake.reading import Post, Reading, Unusable
from oncall_tui.intake.sources import DIALECTS, example

odd_texts = st.text(max_size=30) | st.sampled_from(["", "\x00", "\ud800", "a\r\nb", "x" * 2000, "\u2028", "1e999"])
odd_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | odd_texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(odd_texts, inner, max_size=3),
    max_leaves=6,
)


def _places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    found = [path] if path else []
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, item in pairs:
        found += _places(item, (*path, name))
    return found


@st.composite
def mutated(draw: st.DrawFn, kind: str) -> bytes:
    """The dialect's example with some of its values replaced, anywhere in it."""
    value = deepcopy(json.loads(example(kind)))
    for _ in range(draw(st.integers(1, 4))):
        *way, last = draw(st.sampled_from(_places(value)))
        target = value
        for step in way:
            target = target[step]
        target[last] = draw(odd_values)
        if not _places(value):
            break
    return json.dumps(value, ensure_ascii=draw(st.booleans())).encode("utf-8", "surrogatepass")


def _check(kind: str, post: Post) -> None:
    dialect = DIALECTS[kind]
    reading = dialect.read(post)
    if isinstance(reading, Unusable):
        assert reading.errors
        answer = dialect.unusable(reading)
        assert answer.status == 400
        json.dumps(answer.body).encode()
        return
    assert isinstance(reading, Reading)
    for event in reading.events:
        assert len(event.title) <= TITLE_LIMIT
        assert "\n" not in event.title
        assert len(event.description) <= DESCRIPTION_LIMIT
        assert event.dedup_key is None or 0 < len(event.dedup_key) <= KEY_LIMIT
        texts = [event.title, event.description, event.dedup_key, event.group_key, event.link]
        for text in (*texts, *event.notes, *event.labels, *event.labels.values()):
            assert text is None or "\x00" not in text
            (text or "").encode()


@pytest.mark.parametrize("kind", sorted(DIALECTS))
@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_mutated_examples(kind: str, data: st.DataObject) -> None:
    _check(kind, Post(body=data.draw(mutated(kind)), query=data.draw(odd_texts), key="k"))


@pytest.mark.parametrize("kind", sorted(DIALECTS))
@settings(max_examples=100, deadline=None)
@given(body=st.binary(max_size=200), start=st.integers(0, 400), query=odd_texts)
def test_bytes_spliced_into_examples(kind: str, body: bytes, start: int, query: str) -> None:
    whole = example(kind)
    _check(kind, Post(body=whole[:start] + body + whole[start + len(body) :], query=query, key="k"))
    _check(kind, Post(body=body, query=query))
