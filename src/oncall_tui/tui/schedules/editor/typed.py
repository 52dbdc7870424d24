"""The texts of a layer as a person types them, and as a config file writes them: one into the other. Pure.

`weekly`, `every 12h` or `cron 0 9 * * MON` for turns, `mon-fri 20:00-08:00` for windows, `ana+bo` for people together.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from oncall_tui.domain.errors import Invalid
from oncall_tui.tui.schedules.editor.draft import GAP_TEXT

WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_WORDS = {"hourly": "1h", "daily": "1d", "weekly": "1w", "monthly": "1mo"}
_WINDOW = re.compile(r"(?:(?P<days>[a-z, -]+?) +)?(?P<start>\d{1,2}:\d\d) *[-–] *(?P<end>\d{1,2}:\d\d)", re.ASCII)
_DAYS_MEND = "Write them like mon-fri or mon, wed."
_WINDOW_MEND = "Write it like mon-fri 20:00-08:00; several are parted by a semicolon."


def turn_of(text: str) -> dict[str, str]:
    """The keys of a config file that a turn's text stands for: `every` or `cron`."""
    words = " ".join(text.split())
    if words.lower().startswith("cron "):
        return {"cron": words[5:].strip()}
    if len(words.split(" ")) >= 5 or words.startswith("@"):
        return {"cron": words}
    every = words.lower().removeprefix("every ").replace(" ", "")
    return {"every": _WORDS.get(every, every)} if every else {}


def turn_text(entry: Mapping[str, Any]) -> str:
    """The text of a turn."""
    return f"cron {entry['cron']}" if "cron" in entry else str(entry.get("every", ""))


def days_of(text: str) -> list[str]:
    """The days of a text. Raises Invalid for what names no day."""
    days: list[str] = []
    for part in filter(None, re.split(r"[,\s]+", re.sub(r"\s*-\s*", "-", text.strip().lower()))):
        first, dash, last = part.partition("-")
        try:
            start, end = WEEK.index(first[:3]), WEEK.index((last if dash else first)[:3])
        except ValueError:
            raise Invalid(f"{part[:20]!r} is no day of the week.", mend=_DAYS_MEND) from None
        count = (end - start) % len(WEEK) + 1
        days += [WEEK[(start + ahead) % len(WEEK)] for ahead in range(count)]
    return list(dict.fromkeys(days))


def days_text(days: Iterable[str]) -> str:
    """Days as they are typed: runs of three and more as `mon-fri`."""
    left = [place for place, day in enumerate(WEEK) if day in set(days)]
    runs: list[list[int]] = []
    for place in left:
        if runs and runs[-1][-1] == place - 1:
            runs[-1].append(place)
        else:
            runs.append([place])
    parts = [[f"{WEEK[run[0]]}-{WEEK[run[-1]]}"] if len(run) > 2 else [WEEK[place] for place in run] for run in runs]
    return ",".join(word for part in parts for word in part)


def windows_of(text: str) -> list[dict[str, Any]]:
    """The weekly windows of a text; no day named is every day. Raises Invalid."""
    windows = []
    for part in filter(None, (part.strip().lower() for part in text.split(";"))):
        match = _WINDOW.fullmatch(part)
        if match is None:
            raise Invalid(f"{part[:40]!r} is no window.", mend=_WINDOW_MEND)
        days = days_of(match["days"]) if match["days"] else list(WEEK)
        windows.append({"days": days, "from": match["start"].zfill(5), "to": match["end"].zfill(5)})
    return windows


def windows_text(windows: Iterable[Mapping[str, Any]]) -> str:
    """The text of weekly windows."""
    parts = []
    for one in windows:
        days = "" if len(set(one["days"])) == len(WEEK) else f"{days_text(one['days'])} "
        parts.append(f"{days}{one['from']}-{one['to']}")
    return "; ".join(parts)


def slot_of(text: str) -> list[str] | None:
    """The people of a slot; none for a planned gap."""
    if text.strip() in ("", GAP_TEXT):
        return None
    return [name for name in re.split(r"[+\s]+", text.strip()) if name]


def slot_text(slot: Iterable[str]) -> str:
    """The text of a slot."""
    return "+".join(slot) or GAP_TEXT
