"""What an empty place says: what it means, and what to do next."""

from __future__ import annotations

from datetime import datetime, tzinfo
from typing import TYPE_CHECKING

from oncall_tui.tui.presenters.line import EMPTY, Line, Piece, Tone, line, quiet
from oncall_tui.tui.presenters.top import on_call_words

if TYPE_CHECKING:
    from oncall_tui.tui.model import Snapshot


def empty_queue(snapshot: Snapshot, now: datetime, zone: tzinfo) -> list[Line]:
    """No incident to show: because nothing burns, because of the filter, or because nothing is set up yet."""
    if not snapshot.has_users:
        return _steps(
            "Nobody is set up yet, so you are admin here.",
            ("oncall config schema", "what a configuration may say"),
            ("oncall config apply oncall.yaml", "people, schedules, policies, services"),
            ("oncall worker", "takes alerts in and pages"),
            ("oncall demo", "or look around in a made-up team first"),
        )
    if not snapshot.services:
        return _steps(
            "There are no services yet, so nothing can burn.",
            ("oncall config apply oncall.yaml", "add a service and an integration for its alerts"),
        )
    from oncall_tui.tui.model import DEFAULT_FILTER

    if snapshot.wanted.filter not in ("", DEFAULT_FILTER):
        return _steps(
            f"Nothing matches  {snapshot.wanted.filter}",
            ("/", "change the filter"),
            ("/  ctrl+u  enter", "all that is open"),
        )
    on_call = (Piece("  "), *on_call_words(snapshot.status.on_call, snapshot.me, now, zone))
    return [
        EMPTY,
        line(Piece("  ✓ Nothing burns.", Tone.GOOD)),
        EMPTY,
        on_call,
        EMPTY,
        line(
            Piece("  c", Tone.ACCENT),
            quiet(" open an incident   "),
            Piece("/", Tone.ACCENT),
            quiet(" state:all shows what was"),
        ),
    ]


def _steps(words: str, *steps: tuple[str, str]) -> list[Line]:
    room = max(len(command) for command, _ in steps) + 3
    return [
        EMPTY,
        line(f"  {words}"),
        EMPTY,
        *(line(Piece(f"  {command.ljust(room)}", Tone.ACCENT), quiet(why)) for command, why in steps),
    ]


def nothing_yet(what: str) -> list[Line]:
    """A tab with nothing in it."""
    return _steps(f"There are no {what} yet.", ("oncall config apply oncall.yaml", f"add {what} to the configuration"))
