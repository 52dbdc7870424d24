"""The lines around everything: who is on call, what is open, whether a worker lives; tabs; keys."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta, tzinfo
from typing import TYPE_CHECKING

from oncall_tui.tui.boundary import width_of
from oncall_tui.tui.model import Me, Snapshot, Tab, Trouble
from oncall_tui.tui.presenters import times
from oncall_tui.tui.presenters.line import EMPTY, Line, Piece, Tone, both_ends, cut, line, quiet, spread, width

if TYPE_CHECKING:
    from oncall_tui.domain.severity import Severity
    from oncall_tui.ops.reading.rows import OnCallRow

WORKER_DEAD_AFTER = timedelta(seconds=30)
HELP = "help"
NAME = Piece(" oncall", Tone.ACCENT)


def top_line(snapshot: Snapshot | None, now: datetime, cells: int, zone: tzinfo) -> Line:
    """Who is on call, the counts, the worker, the last event; the less important parts go first when it is narrow."""
    if snapshot is None:
        return line(NAME, quiet("   opening the database"))
    status = snapshot.status
    counts = (*_count(status.triggered, "triggered", Tone.ALARM), *_count(status.acknowledged, "acked", Tone.WARN))
    if not counts:
        counts = (Piece("all quiet", Tone.GOOD),)
    worker = worker_words(status.worker_seen_at, now)
    last = status.last_event_at
    event = line(quiet(f"event {times.age(now - last)}" if last else "no event yet"))
    parts = [counts, worker, event]
    left = (*NAME_AND_GAP, *on_call_words(status.on_call, snapshot.me, now, zone))
    while len(parts) > 2 and width(left) + width(_joined(parts)) + 2 > cells:
        parts.pop()
    return both_ends(left, _joined(parts), cells)


NAME_AND_GAP = line(NAME, "   ")


def _joined(parts: Sequence[Line]) -> Line:
    pieces: list[Piece] = []
    for part in parts:
        pieces += [*part, Piece("   ")]
    return (*pieces[:-1], Piece(" "))


def _count(counts: Mapping[Severity, int], word: str, tone: Tone) -> Line:
    total = sum(counts.values())
    return line(Piece(f"{total} {word}", tone), "  " if word == "triggered" else "") if total else EMPTY


def worker_words(seen_at: datetime | None, now: datetime) -> Line:
    """`worker ok 3s`, or in red that none lives: then nobody is paged."""
    if seen_at is None:
        return line(Piece("no worker: nobody is paged", Tone.ALARM))
    silent = now - seen_at
    if silent > WORKER_DEAD_AFTER:
        return line(Piece(f"worker dead {times.age(silent)}", Tone.ALARM))
    return line(quiet("worker "), Piece("ok", Tone.GOOD), quiet(f" {times.age(silent)}"))


def on_call_words(rows: Sequence[OnCallRow], me: Me, now: datetime, zone: tzinfo) -> Line:
    """My own turn first, else the first schedule's: who, until when, then who."""
    if not rows:
        return line(quiet("no schedules yet"))
    row = next((row for row in rows if me.username in row.users), rows[0])
    if row.broken:
        return line(Piece(f"! {row.schedule} is broken", Tone.ALARM))
    if not row.users:
        back = f" until {times.until(row.until, now, zone)}" if row.until else ""
        return line(Piece(f"○ nobody on call in {row.schedule}{back}", Tone.ALARM))
    pieces: list[Piece] = [Piece("● ", Tone.GOOD)]
    for place, name in enumerate(row.users):
        mine = name == me.username
        pieces += [Piece(", ") if place else Piece(""), Piece(f"{name} (you)", Tone.STRONG) if mine else Piece(name)]
    if row.until is not None:
        pieces.append(quiet(f" until {times.until(row.until, now, zone)}"))
        if row.next_users:
            then = ", ".join("you" if name == me.username else name for name in row.next_users)
            pieces.append(quiet(f", then {then}"))
    if len(rows) > 1:
        pieces.append(quiet(f"  +{len(rows) - 1}"))
    return tuple(pieces)


def tab_line(current: Tab, cells: int) -> Line:
    """The tabs by number."""
    tones = {current: Tone.ACCENT}
    return tuple(Piece(name, tones.get(tab, Tone.QUIET)) for tab, name in _tab_names(cells).items())


def tab_at(column: int, cells: int) -> Tab | None:
    """The tab drawn at this column of a line of so many cells."""
    end = 0
    for tab, name in _tab_names(cells).items():
        end += len(name)
        if column < end:
            return tab
    return None


def _tab_names(cells: int) -> dict[Tab, str]:
    """What stands for each tab: its name, or where all of them have no room as much of each as lets all be seen."""
    whole = {tab: f" {tab.value} {tab.title} " for tab in Tab}
    if sum(map(len, whole.values())) <= cells + 1:
        return whole
    room = max(1, cells // len(whole) - len(" 1  "))
    return {tab: f" {tab.value} {tab.title[:room]} " for tab in Tab}


def banner_lines(trouble: Trouble, since: datetime | None, now: datetime, cells: int) -> list[Line]:
    """What is wrong, its mend, and how old the screen is that stays meanwhile; `since` None: nothing is shown yet."""
    word = "database away" if trouble.away else "out of date"
    age = f", shown is {times.age(now - since)} old" if since is not None else ""
    said = trouble.sentence + (f" · {trouble.mend}" if trouble.mend else "")
    head = line(Piece(f" ! {word}{age}, trying again", Tone.ALARM))
    if width(whole := (*head, quiet(f"  {said}"))) <= cells:
        return [whole]
    return [head, *(line(quiet(f"   {part}")) for part in spread(said, cells - 4, 2))]


def keys_line(keys: Sequence[tuple[str, str]], cells: int) -> Line:
    """`a ack  e escalate`: as many as fit, the most useful first, and always the one that leads to all others."""
    shown = [(key, word) for key, word in keys if word == HELP]
    for key, word in keys:
        if word == HELP:
            continue
        tried = sorted({*shown, (key, word)}, key=keys.index)
        if sum(len(key) + len(word) + 3 for key, word in tried) - 1 > cells:
            break
        shown = tried
    pieces: list[Piece] = []
    for key, word in shown:
        pieces += [Piece("  " if pieces else " "), Piece(key, Tone.ACCENT), quiet(f" {word}")]
    return tuple(pieces)


TERMS = "state: service: team: sev>= urgency: label:k=v since: before: @me @nobody #412"


def filter_line(keys: Sequence[tuple[str, str]], cells: int) -> Line:
    """The keys of a filter that is typed, and what can be said in it, as far as there is room."""
    return cut((*keys_line(keys, cells), quiet(f"   {TERMS}")), cells)


def key_at(shown: Line, column: int) -> str:
    """The key whose name or word stands at this column of a line of keys; empty where none does."""
    end, key = 0, ""
    for piece in shown:
        end += width_of(piece.text)
        if piece.tone is Tone.ACCENT:
            key = piece.text.strip()
        elif piece.tone is not Tone.QUIET:
            key = ""
        if column < end:
            return key
    return ""
