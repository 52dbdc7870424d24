"""Every dialect's door over a real database: whatever is posted is kept, as an event or among the rejected."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from oncall_tui.intake.sources import DIALECTS
from tests.intake.fuzzing import as_form, examples, mutated, odd_texts, spliced
from tests.intake.housed import Housed, every_kind, housed, key_of

pytestmark = pytest.mark.unmeasured

_TYPES = ["application/json", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", ""]
_MINUTE = 61  # seconds: of one kind ten rejected posts a minute are kept, the rest is counted


@pytest.fixture(scope="module")
def doors(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Housed]:
    folder: Path = tmp_path_factory.mktemp("fuzzed")
    with housed(f"sqlite:///{folder / 'oncall.db'}", every_kind(), folder) as made:
        yield made


@pytest.mark.parametrize("kind", sorted(DIALECTS))
@settings(max_examples=examples(8))
@given(data=st.data())
def test_nothing_posted_is_dropped(doors: Housed, kind: str, data: st.DataObject) -> None:
    body = data.draw(mutated(kind) | spliced(kind) | as_form(kind))
    query = data.draw(st.just("") | odd_texts.map(lambda text: "?" + text.encode("ascii", "ignore").hex()))
    before = doors.kept()
    doors.later(_MINUTE)
    given_type = data.draw(st.sampled_from(_TYPES))
    answer = doors.ask("POST", f"/in/{kind}/{key_of(kind)}{query}", body=body, headers={"content-type": given_type})
    assert answer.status_code < 500, answer.text
    assert doors.log == []
    assert doors.kept() > before, (answer.status_code, answer.text)
