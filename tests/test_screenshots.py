"""The pictures show today's application: a stale one fails here; `python -m screenshots.generate` draws them anew."""

from __future__ import annotations

from pathlib import Path

import pytest

from screenshots import walk
from screenshots.generate import HERE, PICTURES, generate

pytestmark = pytest.mark.unmeasured

NAMES = {*PICTURES, walk.NAME}


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """All pictures, drawn now."""
    folder = tmp_path_factory.mktemp("pictures")
    generate(folder)
    return folder


@pytest.mark.parametrize("name", sorted(NAMES))
def test_a_picture_is_what_the_application_draws_today(drawn: Path, name: str) -> None:
    kept, now = HERE / f"{name}.svg", drawn / f"{name}.svg"
    assert kept.read_text(encoding="utf-8") == now.read_text(encoding="utf-8"), "stale: python -m screenshots.generate"


def test_no_picture_is_left_over() -> None:
    assert {path.stem for path in HERE.glob("*.svg")} == NAMES
