"""Textual's parsed stylesheets, kept for the whole run: each test has an application of its own, all the same ones."""

from __future__ import annotations

from typing import Any

from textual.css.model import RuleSet
from textual.css.stylesheet import Stylesheet

_parsed: dict[tuple[Any, ...], list[RuleSet]] = {}
_parse = Stylesheet._parse_rules


def share_among_applications() -> None:
    """From now on a sheet is parsed once for each set of colours."""
    Stylesheet._parse_rules = _remembered  # type: ignore[method-assign]


def _remembered(self: Stylesheet, *of: Any, **how: Any) -> list[RuleSet]:
    key = (tuple(self._variables.items()), of, *how.items())
    if key not in _parsed:
        _parsed[key] = _parse(self, *of, **how)
    return _parsed[key]
