"""What each key of the registry does, seen from outside: where it starts, and what is there once it was pressed.

A row whose effect stands on the screen before its key is pressed proves nothing: the test refuses it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from oncall_tui.domain.queue.filters import VIEWS
from oncall_tui.ops.verbs import Scope
from tests.tui.test_app import Driver

Seen = Callable[[Driver], object]
WAIT = "~"  # before a text: wait until it shows
NOW = ((412, 1),)


@dataclass(frozen=True, slots=True)
class Row:
    """`first` leads to where the key means something, `then` are keys after it, `back` undoes what a reset does not."""

    seen: Seen
    first: tuple[str, ...] = ()
    then: tuple[str, ...] = ()
    back: tuple[str, ...] = ()


def shows(text: str) -> Seen:
    """The screen has this text."""
    return lambda driver: text in driver.screen


def hides(text: str) -> Seen:
    """The screen no longer has this text."""
    return lambda driver: text not in driver.screen


def at(*numbers: int) -> Seen:
    """The cursor stands on one of these incidents."""
    return lambda driver: driver.under_cursor in numbers


def asked(*act: object) -> Seen:
    """This was the last thing asked of the house."""
    return lambda driver: driver.backend.acts and driver.backend.acts[-1][: len(act)] == act


def ended(driver: Driver) -> object:
    """The program is over."""
    return driver.app._exit


DOWN, UP = Row(at(59)), Row(at(60), ("G", "g", "j"))
PAGED = tuple(range(40, 59))
PAGED_BACK = tuple(range(3, 30))
ANYWHERE: dict[tuple[str, str], Row] = {
    ("tab-incidents", "1"): Row(shows("/ state:open"), ("2", "~payments-primary")),
    ("tab-schedule", "2"): Row(shows("payments-primary   Europe/Lisbon")),
    ("tab-users", "3"): Row(shows("Ana Silva")),
    ("tab-policies", "4"): Row(shows("Steps  First now")),
    ("tab-services", "5"): Row(shows("takes the money")),
    ("tab-insights", "6"): Row(shows("all services")),
    ("tab-system", "7"): Row(shows("Deliveries")),
    ("down", "j"): DOWN,
    ("down", "↓"): DOWN,
    ("up", "k"): UP,
    ("up", "↑"): UP,
    ("top", "g"): Row(at(60), ("G",)),
    ("top", "home"): Row(at(60), ("G",)),
    ("bottom", "G"): Row(at(1)),
    ("bottom", "end"): Row(at(1)),
    ("page-down", "pgdn"): Row(at(*PAGED)),
    ("page-down", "ctrl+d"): Row(at(*PAGED)),
    ("page-up", "pgup"): Row(at(*PAGED_BACK), ("G",)),
    ("page-up", "ctrl+u"): Row(at(*PAGED_BACK), ("G",)),
    ("open", "enter"): Row(shows("high, urgency high")),
    ("back", "esc"): Row(shows("/ state:open"), ("enter", "~high, urgency high")),
    ("command", ":"): Row(shows("tab completes, enter runs")),
    ("palette", "ctrl+p"): Row(shows("words of a command")),
    ("help", "?"): Row(shows("acknowledge: it is yours")),
    ("suspend", "ctrl+z"): Row(shows("no shell behind this terminal")),
    ("quit", "q"): Row(ended),
    ("quit", "ctrl+q"): Row(ended),
}
_UNFILTER = ("/", "ctrl+u", "enter", "~3 of 3")
INCIDENTS: dict[tuple[str, str], Row] = {
    ("ack", "a"): Row(asked("acknowledge", NOW, False)),
    ("escalate", "e"): Row(asked("escalate", NOW), then=("~page bo?", "y")),
    ("resolve", "r"): Row(asked("resolve", NOW, "fixed"), then=("enter",)),
    ("snooze", "z"): Row(asked("snooze", NOW, "2h"), then=(*"2h", "enter")),
    ("assign", "s"): Row(asked("assign", NOW, "bo"), then=(*"bo", "enter")),
    ("note", "n"): Row(asked("note", NOW, "hm"), then=(*"hm", "enter")),
    ("merge", "m"): Row(asked("merge", NOW, "411"), then=(*"411", "enter")),
    ("undo", "u"): Row(asked("undo", ((412, None),)), ("a", "~acknowledged")),
    ("ack-all", "A"): Row(asked("acknowledge", ((412, 1), (411, 1)), False), then=("y",)),
    ("new", "c"): Row(shows("New incident")),
    ("select", "space"): Row(shows("1 selected")),
    ("filter", "/"): Row(shows("1 of 1"), then=(*"disk", "enter"), back=_UNFILTER),
    ("view", "v"): Row(shows(VIEWS["day"]), then=(*"day", "enter"), back=_UNFILTER),
    ("sort", ","): Row(shows("oldest first"), then=("o",), back=(",", "d")),
    ("group", "b"): Row(shows("edge  1 acked"), then=("s",), back=("b", "x")),
    ("utc", "U"): Row(shows("10:01:11"), ("~05:01:11",), back=("U",)),
    ("select-all", "*"): Row(shows("3 selected")),
    ("runbook", "o"): Row(shows("copied: https://wiki.example.com/checkout")),
    ("copy", "y"): Row(shows("copied: #412 Checkout 5xx above 5 %")),
}
_TO_BO = ("down", "down", "~Tue 3 Mar")
SCHEDULE: dict[tuple[str, str], Row] = {
    ("override", "o"): Row(shows("take over from all")),
    ("override", "w"): Row(shows("swap in for")),
    ("take", "t"): Row(asked("cover"), _TO_BO, ("~Take bo's shift?", "y")),
    ("undo-change", "u"): Row(asked("undo_schedule"), (*_TO_BO, "t", "~Take bo's shift?", "y", "~u undoes it")),
    ("edit", "E"): Row(shows("2 fixed")),
    ("new-schedule", "c"): Row(shows("New schedule")),
    ("go", "/"): Row(shows("Fri 6 Mar 09:00"), then=(*"fri 9am", "enter")),
    ("nearer", "+"): Row(hides("16 Feb"), back=("minus",)),
    ("farther", "-"): Row(hides("▲"), back=("plus",)),
    ("delete-override", "d"): Row(shows("no override stands under the cursor")),
    ("zone", "z"): Row(shows("America/New_York, yours"), back=("z", "z")),
    ("hour-back", "←"): Row(shows("Sun 1 Mar 09:00"), ("right", "~11:00", "left", "~Sun 1 Mar 10:00")),
    ("hour-back", "h"): Row(shows("Sun 1 Mar 09:00"), ("right", "~11:00", "left", "~Sun 1 Mar 10:00")),
    ("hour-on", "→"): Row(shows("Sun 1 Mar 11:00")),
    ("hour-on", "l"): Row(shows("Sun 1 Mar 11:00")),
    ("now", "g"): Row(shows("Sun 1 Mar 10:03"), ("right", "~11:00")),
    ("next-schedule", "]"): Row(shows("schedule 2 of 2"), back=("[",)),
    ("next-schedule", "n"): Row(shows("schedule 2 of 2"), back=("[",)),
    ("previous-schedule", "["): Row(shows("schedule 1 of 2"), ("]", "~2 of 2")),
    ("previous-schedule", "p"): Row(shows("schedule 1 of 2"), ("]", "~2 of 2")),
    ("delete-schedule", "X"): Row(
        asked("delete_schedule"), ("E", "~2 fixed"), ("~Delete schedule payments-primary", "y")
    ),
}
USERS: dict[tuple[str, str], Row] = {
    ("next-contact", "→"): Row(shows("▸ ! mail"), back=("left",)),
    ("next-contact", "l"): Row(shows("▸ ! mail"), back=("left",)),
    ("previous-contact", "←"): Row(shows("▸   push"), ("right", "~▸ ! mail")),
    ("previous-contact", "h"): Row(shows("▸   push"), ("right", "~▸ ! mail")),
    ("test", "t"): Row(asked("test", "ana", "push")),
    ("verify", "v"): Row(shows("Verify ana, mail:"), ("right", "~▸ ! mail"), back=("escape", "left")),
    ("switch", "x"): Row(asked("switch", "ana", "push", False)),
    ("switch", "space"): Row(asked("switch", "ana", "push", False)),
}

ROWS: dict[Scope, dict[tuple[str, str], Row]] = {
    Scope.ANYWHERE: ANYWHERE,
    Scope.INCIDENTS: INCIDENTS,
    Scope.SCHEDULE: SCHEDULE,
    Scope.USERS: USERS,
}
"""Every key of the registry: scope → (command, key) → what it does."""
