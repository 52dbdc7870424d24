"""What a command is: its name, its keys, where it works, what it takes, what it asks first, and how it is run."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from oncall_tui.ops.incidents.acting import Done
    from oncall_tui.ops.session import Session


class Scope(StrEnum):
    """Where a command works; the value is the heading of its keys in the help."""

    ANYWHERE = "Anywhere"
    INCIDENTS = "Incidents"
    SCHEDULE = "Schedule"
    USERS = "Users"
    POLICIES = "Policies"
    SERVICES = "Services"
    INSIGHTS = "Insights"
    SYSTEM = "System"


class Takes(StrEnum):
    """What has to be said beside the command; the value is how the help writes it."""

    NOTHING = ""
    TEXT = "TEXT"
    UNTIL = "FOR-OR-UNTIL"
    SOMEBODY = "USER|policy:NAME"
    INCIDENT = "N"
    REASON = "REASON"
    FILTER = "FILTER"
    VIEW = "VIEW"
    SORT = "SORT"
    GROUP = "GROUP"


class Asks(StrEnum):
    """What a command asks before it acts."""

    NOTHING = "nothing"
    YES = "y/n"
    COUNT = "y/n, with the count"


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """An incident as it was seen when the command was given. `version` None: as it stands now."""

    number: int
    version: int | None = None
    take_over: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What was said beside the command, with what is needed to understand it: the moment and the speaker's zone."""

    text: str = ""
    at: datetime
    zone: ZoneInfo


Run = Callable[["Session", Target, Said], "Done"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Verb:
    """One command.

    `id` is what a keymap names; `name` what one types after `:`; `title` what the help says; `hint` the word in the key
    line (empty: not there). `keys` are as a person writes them: `a`, `ctrl+p`, `/`. `cli` is the command line's verb
    for the same, `done` what bulk acts report. `run` acts on one incident; a command without it is the screen's own.
    """

    id: str
    name: str
    title: str
    scope: Scope
    keys: tuple[str, ...] = ()
    hint: str = ""
    takes: Takes = Takes.NOTHING
    asks: Asks = Asks.NOTHING
    cli: str = ""
    done: str = ""
    run: Run | None = None

    @property
    def usage(self) -> str:
        """How it is typed after `:`."""
        return f"{self.name} {self.takes}".rstrip()
