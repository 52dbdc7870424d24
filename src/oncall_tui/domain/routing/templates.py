"""Texts that rules make: `$name` and `${any.name}` stand for labels and fields, and nothing else has a meaning.

No logic, no attributes, no second look: what a sender wrote is never itself a template (FAULTS 48).
"""

from __future__ import annotations

from collections.abc import Callable
from string import Template

from oncall_tui.domain.errors import Invalid
from oncall_tui.domain.events import cut

LONGEST_TEMPLATE = 2_000
LONGEST_MADE = 64_000
"""Characters; a made text is cut visibly there, however often it names however long a label."""


class Absent(Exception):
    """The text names something that the event does not have; its first argument is the name."""


class _Text(Template):
    braceidpattern = r"[^{}\n]{1,200}"


def check_template(text: str) -> None:
    """Raise Invalid unless this can be filled in."""
    if len(text) > LONGEST_TEMPLATE:
        raise Invalid(f"a text to fill in has at most {LONGEST_TEMPLATE} characters", mend="shorten it")
    if not _Text(text).is_valid():
        raise Invalid("a $ stands alone", mend="write $$ for a dollar sign, $name or ${any.name} for a label")


def fill_in(text: str, value_of: Callable[[str], str], limit: int) -> str:
    """The text with each name's value in its place, cut visibly at `limit`. Raises Absent for a name without one."""
    return cut(_Text(text).substitute(_Values(value_of)), limit)


class _Values(dict[str, str]):
    """Looks names up until so much text has been given out that no more could show."""

    def __init__(self, value_of: Callable[[str], str]) -> None:
        super().__init__()
        self._value_of = value_of
        self._left = LONGEST_MADE

    def __missing__(self, name: str) -> str:
        value = self._value_of(name)
        if not value:
            raise Absent(name)
        value = value[: self._left]
        self._left -= len(value)
        return value
