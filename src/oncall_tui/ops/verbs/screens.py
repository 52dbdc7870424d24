"""The commands that belong to the screens: tabs, moving, and what the tabs beside the incidents can do."""

from __future__ import annotations

from oncall_tui.ops.verbs.kinds import Asks, Scope, Verb


def _verbs(scope: Scope, *rows: tuple[str, str, tuple[str, ...], str, str]) -> tuple[Verb, ...]:
    """Verbs of (name, hint, keys, title, cli), in the order of the help."""
    room = scope.name.lower()
    return tuple(
        Verb(id=f"{room}.{name.replace('-', '_')}", name=name, hint=hint, keys=keys, title=title, scope=scope, cli=cli)
        for name, hint, keys, title, cli in rows
    )


ANYWHERE_VERBS = (
    *_verbs(
        Scope.ANYWHERE,
        ("tab-incidents", "", ("1",), "the queue, and the story of an incident", ""),
        ("tab-schedule", "", ("2",), "the calendar: who is on call, when and why", "schedule"),
        ("tab-users", "", ("3",), "people, how they are reached, teams", "user"),
        ("tab-policies", "", ("4",), "who would be paged, when, if an incident opened now", ""),
        ("tab-services", "", ("5",), "services: their senders, heartbeats, maintenance, silences", ""),
        ("tab-insights", "", ("6",), "the last weeks: how fast, how often, whose nights", ""),
        ("tab-system", "", ("7",), "workers, deliveries, rejected posts, notices, the audit", "status"),
        ("down", "", ("j", "↓"), "down", ""),
        ("up", "", ("k", "↑"), "up", ""),
        ("top", "", ("g", "home"), "the first", ""),
        ("bottom", "", ("G", "end"), "the last", ""),
        ("page-down", "", ("pgdn", "ctrl+d"), "a page down", ""),
        ("page-up", "", ("pgup", "ctrl+u"), "a page up", ""),
        ("open", "", ("enter",), "open: the detail gets the whole screen", "show"),
        ("back", "", ("esc",), "back, one layer at a time; never out of the program", ""),
        ("command", "", (":",), "type a command: tab completes, up and down are its history", ""),
        ("palette", "", ("ctrl+p",), "find a command by its words", ""),
        ("help", "help", ("?",), "the keys that work here; enter runs one", ""),
        ("suspend", "", ("ctrl+z",), "back to the shell for a while: fg returns", ""),
        ("quit", "quit", ("q", "ctrl+q"), "quit", ""),
    ),
)

SCHEDULE_VERBS = (
    *_verbs(
        Scope.SCHEDULE,
        ("override", "override", ("o", "w"), "cover, swap in, add, take off; tells first, then asks", "override"),
        ("take", "take", ("t",), "take the shift under the cursor; with several on, asks whose", "take"),
        ("undo-change", "undo", ("u",), "undo my last change, for a minute", ""),
        ("edit", "edit", ("E",), "edit name, zone, layers, people, turns, windows", "schedule"),
        ("new-schedule", "new", ("c",), "a new schedule", "schedule"),
        ("go", "date", ("/",), "go to a time: fri 9am, +2h, tomorrow 18:00, 2026-12-24", ""),
        ("nearer", "zoom", ("+",), "nearer: both, a week, a day", ""),
        ("farther", "", ("-",), "farther: a week, both, a month", ""),
        ("delete-override", "delete", ("d",), "delete the override under the cursor", "override"),
        ("zone", "zone", ("z",), "times in the schedule's zone, in mine, in UTC", ""),
        ("hour-back", "", ("←", "h"), "an hour back; a day in the month alone", ""),
        ("hour-on", "", ("→", "l"), "an hour on; a day in the month alone", ""),
        ("now", "", ("g",), "now", ""),
        ("next-schedule", "", ("]", "n"), "the next schedule", ""),
        ("previous-schedule", "", ("[", "p"), "the schedule before", ""),
    ),
    Verb(
        id="schedule.delete_schedule",
        name="delete-schedule",
        keys=("X",),
        title="delete the schedule, when nothing uses it; asks",
        scope=Scope.SCHEDULE,
        asks=Asks.YES,
        cli="schedule",
    ),
)

USERS_VERBS = _verbs(
    Scope.USERS,
    ("next-contact", "contact", ("→", "l"), "the person's next contact", ""),
    ("previous-contact", "", ("←", "h"), "the contact before", ""),
    ("test", "test", ("t",), "send a test to the contact, and watch it arrive", "user"),
    ("verify", "verify", ("v",), "verify it: a code goes there, you type it in", "user"),
    ("switch", "on/off", ("x", "space"), "let pages go to it, or not any more", "user"),
)
