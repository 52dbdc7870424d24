"""Keys, as the registry of commands has them: bound, shown in the key line, and renamed by a person's own keymap."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

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
_SPELLED = {name: key for key, name in _NAMES.items() if "," not in name}
_MOVES = (("↑↓", "choose"), ("enter", "open"))
_LATER = ("incident.new", "incidents.filter")
# Each key of the first does something of its own, that of the second is the editor's.
KEPT = ("schedule.override", "schedule.delete_schedule")
"""Commands whose keys no keymap changes."""


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
    odd = sorted(key for keys in theirs.values() for key in keys if key.startswith("alt+"))
    found += [f"{key} is two keys, esc and {key.removeprefix('alt+')}" for key in odd]
    found += [f"the keys of {BY_ID[name].name} stay as they are" for name in theirs if name in KEPT]
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


class KeyNames:
    """Keys as the key line and the help name them: a person's own in the place of the usual ones."""

    def __init__(self, wanted: Mapping[str, str]) -> None:
        self._own = {
            name: tuple(_SPELLED.get(key, key) for key in keys.split(",") if key)
            for name, keys in keymap_of(wanted).items()
            if name not in KEPT
        }
        self.by_tab = {tab: self._bar(tab) for tab in Tab}
        self.in_full = {tab: self._full(tab) for tab in Tab}
        self.in_story = (
            *self._hints(Scope.INCIDENTS, without=(*_LATER, "incidents.select")),
            ("esc", "back"),
            ("↑↓", "scroll"),
            *self._hints(Scope.ANYWHERE),
        )

    def _full(self, tab: Tab) -> tuple[tuple[str, str], ...]:
        """Where the detail has the whole screen: nothing is opened there any more."""
        left = (("esc", "back"), ("↑↓", "scroll"))
        return (*left, *(pair for pair in self.by_tab[tab] if pair not in (*_MOVES, *left)))

    def of(self, verb: Verb) -> tuple[str, ...]:
        """The keys of a command."""
        return self._own.get(verb.id, verb.keys)

    def pressed(self, verb: Verb) -> str:
        """What Textual calls the first of them; empty when there is none."""
        return textual_keys(self.of(verb)[:1]).partition(",")[0]

    def _hints(self, scope: Scope, *, without: Sequence[str] = ()) -> tuple[tuple[str, str], ...]:
        return self._named(verb for verb in of_scope(scope) if verb.hint and verb.id not in without)

    def _named(self, verbs: Iterable[Verb]) -> tuple[tuple[str, str], ...]:
        return tuple((keys[0], verb.hint or verb.name) for verb in verbs if (keys := self.of(verb)))

    def _bar(self, tab: Tab) -> tuple[tuple[str, str], ...]:
        """The most useful first."""
        own, anywhere = self._hints(SCOPES[tab]), self._hints(Scope.ANYWHERE)
        helping = self._named((BY_ID["anywhere.help"],))
        leaving = tuple(pair for pair in anywhere if pair not in helping)
        match tab:
            case Tab.INCIDENTS:
                later = self._named(BY_ID[name] for name in (*_LATER, "incident.undo"))
                return (*self._hints(SCOPES[tab], without=_LATER), *helping, *later, *leaving)
            case Tab.SCHEDULE:
                return (*own[:7], *helping, *own[7:], *leaving)
            case Tab.USERS:
                both = (("←→", "contact"),) if "users.next_contact" not in self._own else own[:1]
                return (*both, *own[1:], *helping, ("enter", "open"), ("↑↓", "choose"), *leaving)
            case _:
                return (*_MOVES, *own, *anywhere)


IN_FILTER = (("enter", "show"), ("tab", "complete"), ("esc", "back"))
IN_COMMANDS = (("enter", "run"), ("↑↓", "choose"), ("/", "find"), ("esc", "back"))
