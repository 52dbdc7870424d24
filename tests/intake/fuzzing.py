"""Mutations of real payloads: what a sender's next version, a careless template or a hostile hand may post."""

from __future__ import annotations

import json
import os
from copy import deepcopy
from typing import Any
from urllib.parse import urlencode

from hypothesis import strategies as st

from oncall_tui.intake.sources import example

EXAMPLES_VARIABLE = "ONCALL_FUZZ"


def examples(few: int) -> int:
    """How many examples a test draws: a few, or as many as the setting says."""
    return int(os.environ.get(EXAMPLES_VARIABLE) or few)


odd_texts = st.text(max_size=30) | st.sampled_from(
    ["", "\x00", "\ud800", "a\r\nb", "x" * 2000, "\u2028", "1e999", "{EVENT.ID}", "$STATUS", "0001-01-01T00:00:00Z"]
)
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
def changed(draw: st.DrawFn, kind: str) -> Any:
    """The dialect's example with some of its values replaced or taken away, anywhere in it."""
    value = deepcopy(json.loads(example(kind)))
    for _ in range(draw(st.integers(1, 4))):
        *way, last = draw(st.sampled_from(_places(value)))
        target = value
        for step in way:
            target = target[step]
        if draw(st.integers(0, 3)):
            target[last] = draw(odd_values)
        else:
            del target[last]
        if not _places(value):
            break
    return value


@st.composite
def mutated(draw: st.DrawFn, kind: str) -> bytes:
    """Such a payload as JSON text."""
    return json.dumps(draw(changed(kind)), ensure_ascii=draw(st.booleans())).encode("utf-8", "surrogatepass")


@st.composite
def spliced(draw: st.DrawFn, kind: str) -> bytes:
    """The example with bytes of all kinds in its middle, or only those."""
    whole, odd = example(kind), draw(st.binary(max_size=200))
    start = draw(st.integers(0, len(whole)))
    return draw(st.sampled_from([whole[:start] + odd + whole[start + len(odd) :], whole[:start] + odd, odd]))


@st.composite
def as_form(draw: st.DrawFn, kind: str) -> bytes:
    """Such a payload as a form, what is nested as JSON text."""
    value = draw(changed(kind))
    fields = value if isinstance(value, dict) else {"payload": value}
    pairs = {name: item if isinstance(item, str) else json.dumps(item) for name, item in fields.items()}
    return urlencode(
        {name.encode("utf-8", "replace"): item.encode("utf-8", "replace") for name, item in pairs.items()}
    ).encode()
