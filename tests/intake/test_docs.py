"""The integration pages say what the code does: every dialect, path, word, example and metric."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from oncall_tui.intake.app import build_app
from oncall_tui.intake.metrics import Metrics
from oncall_tui.intake.sources import DIALECTS, example, generic
from tests.intake.serving import NO_FIGURES, NoteDoor

DOCS = Path(__file__).parents[2] / "docs" / "integrations"


def page(name: str) -> str:
    return (DOCS / f"{name}.md").read_text("utf-8")


@pytest.mark.parametrize("kind", sorted(DIALECTS))
def test_every_dialect_has_its_page_its_line_and_its_shipped_example(kind: str) -> None:
    assert f"]({kind}.md)" in page("README")
    blocks = re.findall(r"```json\n(.*?)```", page(kind), re.DOTALL)
    assert json.loads(example(kind)) in [json.loads(block) for block in blocks]


def test_every_path_is_documented() -> None:
    app = build_app(NoteDoor(), ailments=tuple, metrics=Metrics(lambda: NO_FIGURES))
    for route in app.routes:
        path = getattr(route, "path", "")
        # Each dialect's path without a key is one rule, told once.
        path = "/in/{kind}" if path.startswith("/in/") and "{key}" not in path else path
        assert f"`{path.rstrip('/')}`" in page("README"), path


def test_every_metric_is_documented() -> None:
    metrics = Metrics(lambda: NO_FIGURES)
    metrics.answered("generic", 202, 0.01)
    for name in re.findall(r"^# HELP (\S+)", metrics.text().decode(), re.MULTILINE):
        if not name.endswith("_created"):
            assert f"`{name}`" in page("README"), name


def test_every_generic_word_and_name_is_documented() -> None:
    text = page("generic")
    for words in generic._WORDS.values():
        for word in words.split():
            assert re.search(rf"\b{word}\b", text), word
    for name in generic.KNOWN:
        assert f"`{name}`" in text, name
