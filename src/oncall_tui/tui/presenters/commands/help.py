"""The commands as lines: the help, and what the palette finds."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from oncall_tui.ops.verbs import VERBS, Scope, Verb
from oncall_tui.tui.presenters.line import Line, Piece, Tone, both_ends, line, quiet, spread, strong, width

KEY_CELLS = 14


def in_help(scope: Scope) -> list[Verb | Scope]:
    """The commands by scope, that of the open tab first, each scope under its heading."""
    order = [scope, Scope.ANYWHERE, *(other for other in Scope if other not in (scope, Scope.ANYWHERE))]
    shown: list[Verb | Scope] = []
    for one in dict.fromkeys(order):
        verbs = [verb for verb in VERBS if verb.scope is one]
        if verbs:
            shown += [one, *verbs]
    return shown


def matching(words: str, scope: Scope) -> list[Verb | Scope]:
    """The commands that all these words are found in: those whose names begin so first, then those of the open tab."""
    wanted = words.lower().split()

    def found(verb: Verb) -> bool:
        text = f"{verb.name} {verb.title} {verb.scope}".lower()
        return all(word in text for word in wanted)

    def rank(verb: Verb) -> tuple[bool, bool, bool]:
        named = bool(wanted) and verb.name.startswith(wanted[0])
        return (not named, verb.scope is not scope, verb.scope is not Scope.ANYWHERE)

    return [*sorted((verb for verb in VERBS if found(verb)), key=rank)]


def whole_lines(verb: Verb, cells: int) -> list[Line]:
    """A command in full, in two lines: how it is typed, and all that it does."""
    return [line(quiet(f" {part}")) for part in spread(f":{verb.usage}  {verb.title}", cells - 1, 2)]


def command_lines(
    shown: Sequence[Verb | Scope], cells: int, keys_of: Callable[[Verb], Sequence[str]]
) -> Iterator[Line]:
    """A line for each: key, what it does, and as far as that leaves room how it is typed."""
    for one in shown:
        if isinstance(one, Scope):
            yield line(strong(f" {one}"))
        else:
            keys = "  ".join(keys_of(one))
            left = line(Piece(f"   {keys:<{KEY_CELLS}}", Tone.ACCENT), one.title)
            typed = (f" :{one.usage} ", f" :{one.name} ", " ")
            yield both_ends(
                left, line(quiet(next((one for one in typed if width(left) + len(one) < cells), " "))), cells
            )
