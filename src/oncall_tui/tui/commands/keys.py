"""Keys, as the registry of commands has them: bound, shown in the key line, and renamed by a person's own keymap."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from textual.binding import Binding

from oncall_tui.ops.verbs import BY_ID, BY_NAME, VERBS, Scope, Verb
from oncall_tui.tui.model import Tab

SCOPES = {
    Tab.INCIDENTS: Scope.INCIDENTS,
    Tab.SCHEDULE: Scope.SCHEDULE,
    Tab.USERS: Scope.USERS,
    Tab.POLICIES: Scope.POLICIES,
    Tab.SERVICES: Scope.SERVICES,
    Tab.INSIGHTS: Scope.INSIGHTS,
    Tab.SYSTEM: Scope.SYSTEM,
}

_NAMES = {
    "/": "slash",
    ":": "colon",
    "?": "question_mark",
    "+": "plus,equals_sign",
    "-": "minus",
    "[": "left_square_bracket",
    "]": "right_square_bracket",
    "*": "asterisk",
    ",": "comma",
    "←": "left",
    "→": "right",
    "↑": "up",
    "↓": "down",
    "esc": "escape",
    "pgup": "pageup",
    "pgdn": "pagedown",
}
_HELP = ("?", "help")
_MOVES = (("↑↓", "choose"), ("enter", "open"))


def textual_keys(keys: Sequence[str]) -> str:
    """What Textual calls these keys."""
    return ",".join(_NAMES.get(key, key) for key in keys)


def bindings(scope: Scope) -> list[Binding]:
    """A binding for each command of the scope that the application runs, known by the command's id to a keymap."""
    return [
        Binding(textual_keys(verb.keys), f"app.verb('{verb.id}')", verb.title, show=False, id=verb.id)
        for verb in VERBS
        if verb.scope is scope and verb.keys
    ]


def bound(name: str, action: str, *, also: str = "", only: Sequence[str] = ()) -> Binding:
    """The keys of a command whose action a widget has itself; `also` keys that the help does not name.

    `only`: these of its keys, where each does something of its own; a keymap then leaves them as they are.
    """
    verb = BY_ID[name]
    keys = ",".join(part for part in (textual_keys(only or verb.keys), also) if part)
    return Binding(keys, action, verb.title, show=False, id=None if only else verb.id)


def keymap_of(wanted: Mapping[str, str]) -> dict[str, str]:
    """A person's keymap (command's id or name → keys) as Textual takes it; unknown commands are left out."""
    known = {verb.id: verb.id for verb in VERBS} | {verb.name: verb.id for verb in VERBS}
    return {
        known[name]: textual_keys([key.strip() for key in keys.split(",") if key.strip()])
        for name, keys in wanted.items()
        if name in known
    }


def keymap_problems(wanted: Mapping[str, str]) -> list[str]:
    """What is wrong with a keymap: commands that there are none of, and keys that mean two things in one place."""
    found = [f"there is no command {name!r}" for name in wanted if name not in BY_ID and name not in BY_NAME]
    ours = {verb.id: set(textual_keys(verb.keys).split(",")) for verb in VERBS}
    theirs = {name: set(keys.split(",")) - {""} for name, keys in keymap_of(wanted).items()}
    found += [f"{BY_ID[name].name} has no key left" for name, keys in theirs.items() if not keys]
    now = ours | theirs
    for name, keys in theirs.items():
        for other in VERBS:
            near = other.scope is BY_ID[name].scope or Scope.ANYWHERE in (other.scope, BY_ID[name].scope)
            taken = keys & now[other.id] - (ours[name] & ours[other.id])
            if other.id != name and near and taken and (other.id not in theirs or other.id > name):
                found.append(f"{', '.join(sorted(taken))} means both {BY_ID[name].name} and {other.name}")
    return found


def of_scope(scope: Scope) -> Iterator[Verb]:
    """The commands of a scope."""
    return (verb for verb in VERBS if verb.scope is scope)


def _hints(scope: Scope) -> tuple[tuple[str, str], ...]:
    return tuple((verb.keys[0], verb.hint) for verb in of_scope(scope) if verb.hint and verb.keys)


def _bar(tab: Tab) -> tuple[tuple[str, str], ...]:
    own, anywhere = _hints(SCOPES[tab]), _hints(Scope.ANYWHERE)
    match tab:
        case Tab.INCIDENTS:
            later = [pair for pair in own if pair[0] in ("c", "/")]
            return (*(pair for pair in own if pair not in later), _HELP, *later, ("u", "undo"), *anywhere[1:])
        case Tab.SCHEDULE:
            return (*own[:7], *anywhere[:1], *own[7:], *anywhere[1:])
        case Tab.USERS:
            return (("←→", "contact"), *own[1:], *anywhere[:1], ("enter", "open"), ("↑↓", "choose"), *anywhere[1:])
        case _:
            return (*_MOVES, *own, *anywhere)


BY_TAB = {tab: _bar(tab) for tab in Tab}
"""The keys of the key line by tab, the most useful first."""

IN_STORY = (
    *(pair for pair in _hints(Scope.INCIDENTS) if pair[0] not in ("c", "space", "/")),
    ("esc", "back"),
    ("↑↓", "scroll"),
    *_hints(Scope.ANYWHERE),
)

IN_COMMANDS = (("enter", "run"), ("↑↓", "choose"), ("/", "find"), ("esc", "back"))
