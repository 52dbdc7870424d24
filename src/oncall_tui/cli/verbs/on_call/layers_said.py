"""Layers as somebody types them: people, turns and weekly windows in options, or a whole layer in one text."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any

from oncall_tui.cli.frame.failing import NotUnderstood
from oncall_tui.cli.frame.moves import moment
from oncall_tui.domain.errors import Invalid
from oncall_tui.domain.time.walltime import wall, zone

OFF = "off"
GAP = "-"
TOGETHER = "+"
LISTS = ("users", "days")
KEYS = ("name", "users", "start", "every", "cron", "length", "days", "restrict", "until", "timezone", "priority")
WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
LAYER_HELP = "Like 'name=nights,users=ana,bo+cy,-,start=2026-01-05 20:00,every=1d,restrict=mon-fri 20:00-08:00'."
WINDOW_HELP = "Like 'mon-fri 09:00-17:00', 'sat,sun 00:00-24:00' or 'daily 22:00-06:00'."
USERS_HELP = "In order, by commas: ana,bo+cy,- has bo and cy together and then a planned gap."

_NEW_KEY = re.compile(rf"(?:^|,)\s*({'|'.join(KEYS)})=")
_WINDOW = re.compile(r"(\S+)\s+(\d{1,2}:\d\d)\s*-\s*(\d{1,2}:\d\d)")


def slots_said(text: str, option: str) -> list[list[str] | str | None]:
    """The slots of `ana,bo+cy,-`."""
    slots = [_slot(one.strip()) for one in text.split(",")]
    if any(slot in ("", []) for slot in slots):
        raise _not_understood(f"'{text}' names nobody at one place", "write it like ana,bo+cy,-", option)
    return slots


def _slot(text: str) -> list[str] | str | None:
    if text == GAP:
        return None
    people = [one.strip() for one in text.split(TOGETHER)]
    return people[0] if len(people) == 1 else [one for one in people if one]


def days_said(text: str, option: str) -> list[str]:
    """The days of `mon,wed`, `mon-fri` or `daily`."""
    days: list[str] = []
    for part in text.lower().split(","):
        first, dash, last = (one.strip() for one in part.strip().partition("-"))
        if part.strip() == "daily":
            days += WEEK
        elif first in WEEK and (not dash or last in WEEK):
            start, end = WEEK.index(first), WEEK.index(last or first)
            days += [WEEK[(start + ahead) % len(WEEK)] for ahead in range((end - start) % len(WEEK) + 1)]
        else:
            raise _not_understood(f"'{part}' names no days", "write it like mon,wed or mon-fri or daily", option)
    return list(dict.fromkeys(days))


def windows_said(texts: Iterable[str], option: str) -> list[dict[str, Any]]:
    """The weekly windows of texts like `mon-fri 09:00-17:00`."""
    windows = []
    for text in texts:
        found = _WINDOW.fullmatch(text.strip())
        if found is None:
            raise _not_understood(f"'{text}' is no window", WINDOW_HELP, option)
        windows.append({"days": days_said(found[1], option), "from": found[2], "to": found[3]})
    return windows


def layer_said(text: str, option: str, timezone: str, now: datetime) -> dict[str, Any]:
    """The entry of a layer in one text, `name=…,users=…,start=…,every=…`. Raises NotUnderstood."""
    found = list(_NEW_KEY.finditer(text))
    if not found or found[0].start() != 0:
        raise _not_understood(f"'{text}' is no layer", LAYER_HELP, option)
    ends = [match.start() for match in found[1:]] + [len(text)]
    said = {match[1]: text[match.end() : end].strip() for match, end in zip(found, ends, strict=True)}
    if len(said) < len(found):
        raise _not_understood(f"'{text}' says something twice", "give each key once", option)
    said["restrict"] = said.get("restrict", "")
    return entry_said(
        {**said, "restrict": [one for one in said["restrict"].split(";") if one.strip()]}, option, timezone, now
    )


def entry_said(said: Mapping[str, Any], option: str | None, timezone: str, now: datetime) -> dict[str, Any]:
    """The entry of a layer from texts by key; what is None or not there is left out. Raises NotUnderstood.

    `option` is where all of them stand; without it, each has an option of its own.
    """
    entry = {key: value for key, value in said.items() if value is not None and value != []}
    from oncall_tui.ops.schedules.editing.entries import spell_instant  # heavy

    where = timezone
    if "timezone" in entry:
        entry["timezone"] = where = zone_said(entry["timezone"], option or "--layer-timezone")
    readers: dict[str, Callable[[Any, str], Any]] = {
        "users": slots_said,
        "days": days_said,
        "restrict": windows_said,
        "start": lambda text, at: _wall_said(text, at, where, now),
        "until": lambda text, at: spell_instant(moment(text, at, timezone, now), zone(timezone)),
        "priority": _number_said,
    }
    return {key: readers[key](value, option or f"--{key}") if key in readers else value for key, value in entry.items()}


def zone_said(text: str, option: str) -> str:
    """The zone that an option names. Raises NotUnderstood."""
    try:
        return zone(text).key
    except Invalid as error:
        raise _not_understood(error.sentence, error.mend, option) from None


def _wall_said(text: str, option: str, timezone: str, now: datetime) -> str:
    return wall(moment(text, option, timezone, now), zone(timezone)).isoformat(timespec="minutes")


def _number_said(text: object, option: str) -> int:
    try:
        return int(str(text))
    except ValueError:
        raise _not_understood(f"'{text}' is no priority", "write a number: the higher one wins", option) from None


def _not_understood(sentence: str, mend: str, option: str) -> NotUnderstood:
    return NotUnderstood([Invalid(sentence, mend=mend, path=option)])
