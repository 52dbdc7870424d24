"""A payload of any shape under the names that the generic dialect reads, by an integration's own mapping."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import jmespath
from jmespath.exceptions import JMESPathError

from oncall_tui.domain.events import cut


def mapped(fields: Mapping[str, object], mapping: Mapping[str, str], notes: list[str]) -> Mapping[str, object]:
    """The fields, and on top those that the mapping finds in them by JMESPath; what it does not find stays as it is."""
    found: dict[str, object] = {}
    for name, expression in mapping.items():
        try:
            value = _compiled(expression).search(fields)
        except (JMESPathError, RecursionError, ValueError, TypeError) as error:
            notes.append(f"mapping of {name} failed: {cut(str(error).partition(chr(10))[0], 100)}")
            continue
        if value is not None and value != "":
            found[name] = value
    return {**fields, **found}


@lru_cache(maxsize=256)
def _compiled(expression: str) -> Any:
    return jmespath.compile(expression)
