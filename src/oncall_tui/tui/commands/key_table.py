"""The table of keys of docs/responding.md: `python -m oncall_tui.tui.commands.key_table FILE` renews it."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from oncall_tui.ops.verbs import VERBS, Scope, Verb

BEGIN = "<!-- keys: made by python -m oncall_tui.tui.commands.key_table -->"
END = "<!-- end of keys -->"


def table() -> str:
    """Every command by where it works: its keys, how it is typed after `:`, what it does."""
    return "\n".join(_lines())


def renewed(page: str) -> str:
    """The page with its table as it should be. Raises ValueError when the marks around it are missing."""
    before, begun, rest = page.partition(BEGIN)
    _, ended, after = rest.partition(END)
    if not (begun and ended):
        raise ValueError(f"the page lacks {BEGIN} or {END}")
    return f"{before}{BEGIN}\n\n{table()}\n\n{END}{after}"


def _lines() -> Iterator[str]:
    for place, scope in enumerate(Scope):
        verbs = [verb for verb in VERBS if verb.scope is scope]
        if verbs:
            yield from ("",) if place else ()
            yield from (f"| {scope.value} | `:` | does |", "|---|---|---|", *(_row(verb) for verb in verbs))


def _row(verb: Verb) -> str:
    keys = " ".join(f"`{key}`" for key in verb.keys)
    return f"| {keys} | `{_cell(verb.usage)}` | {_cell(verb.title)} |"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


if __name__ == "__main__":
    file = Path(sys.argv[1])
    file.write_text(renewed(file.read_text(encoding="utf-8")), encoding="utf-8")
