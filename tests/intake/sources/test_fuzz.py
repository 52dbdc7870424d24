"""Every dialect, fed with mutations of real payloads: a reading or a listed error, never an exception."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from oncall_tui.domain.events import DESCRIPTION_LIMIT, KEY_LIMIT, TITLE_LIMIT, Action
from oncall_tui.intake.payload.reading import Post, Reading, Unusable
from oncall_tui.intake.sources import DIALECTS, example
from tests.intake.fuzzing import as_form, examples, mutated, odd_texts, spliced

pytestmark = pytest.mark.unmeasured


def _check(kind: str, post: Post) -> None:
    dialect = DIALECTS[kind]
    reading = dialect.read(post)
    if isinstance(reading, Unusable):
        assert reading.errors
        answer = dialect.unusable(reading)
        assert answer.status in (400, 401, 422)
        json.dumps(answer.body).encode()
        return
    assert isinstance(reading, Reading)
    for event in reading.events:
        assert len(event.title) <= TITLE_LIMIT
        assert "\n" not in event.title
        assert event.title or event.action is not Action.TRIGGER
        assert len(event.description) <= DESCRIPTION_LIMIT
        assert event.dedup_key is None or 0 < len(event.dedup_key) <= KEY_LIMIT
        texts = [event.title, event.description, event.dedup_key, event.group_key, event.link]
        for text in (*texts, *event.notes, *event.labels, *event.labels.values()):
            assert text is None or "\x00" not in text
            (text or "").encode()


@pytest.mark.parametrize("kind", sorted(DIALECTS))
@settings(max_examples=examples(40))
@given(data=st.data())
def test_mutated_examples(kind: str, data: st.DataObject) -> None:
    body = data.draw(mutated(kind) | spliced(kind) | as_form(kind))
    _check(kind, Post(body=body, query=data.draw(odd_texts), key=data.draw(st.sampled_from(["k", None]))))


@pytest.mark.parametrize("kind", sorted(DIALECTS))
def test_the_example_reads_without_a_note(kind: str) -> None:
    reading = DIALECTS[kind].read(Post(body=example(kind), key="k"))
    assert isinstance(reading, Reading)
    assert [event.notes for event in reading.events if event.notes] == []
