"""docs/responding.md tells every key and every command of the terminal, as the registry has them."""

from __future__ import annotations

from pathlib import Path

import pytest

from oncall_tui.ops.verbs import VERBS
from oncall_tui.settings import THEMES
from oncall_tui.tui.commands.key_table import renewed, table

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "responding.md").read_text(encoding="utf-8")


def test_the_page_has_the_table_of_the_registry() -> None:
    assert renewed(PAGE) == PAGE, "write it anew: python -m oncall_tui.tui.commands.key_table docs/responding.md"


def test_the_table_has_a_row_for_every_command() -> None:
    rows = [row for row in table().splitlines() if row.startswith(("| `", "|  |"))]
    assert len(rows) == len(VERBS)


def test_a_page_without_its_marks_is_left_alone() -> None:
    with pytest.raises(ValueError, match="lacks"):
        renewed("# Responding")


def test_the_themes_are_named_where_one_looks_for_them() -> None:
    for place in (PAGE, (ROOT / ".env.example").read_text(encoding="utf-8")):
        assert all(theme in place for theme in THEMES)
