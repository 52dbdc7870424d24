"""The frozen rows with every text of theirs turned hostile, and a program that shows them."""

from __future__ import annotations

import dataclasses
import sys
from collections.abc import Mapping
from datetime import UTC
from enum import Enum
from typing import Any

from oncall_tui.clock import ManualClock
from oncall_tui.ops.reading.incidents.story_rows import IncidentDetail
from oncall_tui.tui.app import OncallApp
from oncall_tui.tui.model import Me, Snapshot, Wanted
from oncall_tui.tui.outcome import Outcome, Seen
from oncall_tui.tui.tty.hangup import end_when_the_terminal_is_gone
from tests.tui.frozen import NOW, QUEUE, FrozenBackend

EVIL = (
    "\x1b[?1337h\x1b]52;c;SEFDS0VE\x07\x1b]0;HACKED\x07\x1bP+q\x1b\\\x9b31m\x9d2;C1\x9c[/x][bold]disk [/var/log] full"
    "\u202eright to left\u2066\u200b\u200d\ufeff漢字｜\u0301\u0301\u0301\r\n\t\x00\x7f\u2028\u3164\U000e0041"
)
ENDLESS = EVIL + "long " * 2_000
_LONG = {"title", "subject", "body", "comment", "sample", "answer", "text", "detail", "description", "summary"}
# What the program chooses by, which nobody outside can write.
_CHOOSING = {"state", "phase", "timezone", "zone", "via", "role", "assign", "id", "kind", "wanted"}


def poisoned(value: Any, name: str = "") -> Any:
    """The value with EVIL at the end of every text in it; one text always becomes the same one."""
    if isinstance(value, Enum) or name in _CHOOSING:
        return value
    if isinstance(value, str):
        return value + (ENDLESS if name in _LONG else EVIL)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return dataclasses.replace(
            value,
            **{
                field.name: poisoned(getattr(value, field.name), field.name)
                for field in dataclasses.fields(value)
                if field.init
            },
        )
    if isinstance(value, tuple) and hasattr(value, "_fields"):
        return type(value)(*(poisoned(one, field) for one, field in zip(value, value._fields, strict=True)))
    if isinstance(value, tuple):
        return tuple(poisoned(one, name) for one in value)
    if isinstance(value, Mapping):
        return {poisoned(key): poisoned(one) for key, one in value.items()}
    return value


RUNBOOK = f"""# Burns {EVIL}
Read [the page](https://wiki.example.com/burns) or [this](javascript:alert(1)) or [that](file:///etc/passwd), write to
<mailto:ops@example.com>, [semi](https://example.com/;rm), [esc](https://example.com/\x1b]8;;x), https://例.example/x,
![picture](https://example.com/beacon.png), [long](https://example.com/{"x" * 3000}).
"""


class HostileBackend(FrozenBackend):
    """Everything it says could have been written by whoever wants the terminal."""

    def __init__(self) -> None:
        super().__init__([dataclasses.replace(row, runbook=RUNBOOK, link="https://example.com/") for row in QUEUE])

    def look(self, wanted: Wanted) -> Snapshot:
        asked = wanted.policy.removesuffix(EVIL) if wanted.policy else None
        shown: Snapshot = poisoned(super().look(dataclasses.replace(wanted, policy=asked, number=None)))
        me = Me("ana" + EVIL, "ana" + EVIL, may_act=True, hint="hint" + EVIL)
        detail = self.story(wanted.number) if wanted.number is not None else None
        return dataclasses.replace(shown, wanted=wanted, me=me, detail=detail)

    def story(self, number: int) -> IncidentDetail | None:
        return poisoned(super().story(number))  # type: ignore[no-any-return]  # a story

    def act(self, verb: str, seen: Any, said: str, *, take_over: bool = False) -> Outcome:
        return poisoned(super().act(verb, seen, said, take_over=take_over))  # type: ignore[no-any-return]  # an Outcome

    def who_is_next(self, seen: Seen) -> tuple[str, ...]:
        return ("bo" + EVIL,)


if __name__ == "__main__":
    end_when_the_terminal_is_gone(sys.stdin.fileno())
    OncallApp(HostileBackend(), clock=ManualClock(NOW), zone=UTC, ticking=False).run()
