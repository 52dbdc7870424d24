"""The kinds of text in a config file: each is checked and brought into one spelling, so that equal means the same."""

from __future__ import annotations

import re
import unicodedata
from datetime import UTC, datetime, timedelta

from oncall_tui.domain.directory.runbooks import is_address
from oncall_tui.domain.errors import Invalid
from oncall_tui.domain.matching.matchers import check_expression
from oncall_tui.domain.routing import format_matchers, parse_matchers
from oncall_tui.domain.routing.templates import check_template
from oncall_tui.domain.schedules.cron import check_cron
from oncall_tui.domain.time.durations import format_duration, format_turn, parse_duration, parse_turn
from oncall_tui.domain.time.walltime import FIRST_YEAR, LAST_YEAR, format_instant, parse_wall, zone

KEPT = "***"
"""Stands for a secret that is stored and not shown."""

OFF = "off"
LONGEST_NAME = 120
LONGEST_TEXT = 20_000
LONGEST_SPAN = timedelta(days=3660)
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

_CLOCK = re.compile(r"([01]?[0-9]|2[0-4]):([0-5][0-9])")
_COUNTRY = re.compile(r"[A-Z]{2}(?:-[A-Z0-9]{1,3})?", re.ASCII)
_LIMIT = re.compile(r"([1-9][0-9]{0,3})/(.+)")
_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")
_TRANSFORM = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}", re.ASCII)
_SHORTEST_KEY = 16


def text_of(value: object) -> str:
    """The value, if it is text. Otherwise Invalid, saying what it is."""
    if isinstance(value, str):
        return value
    raise Invalid(
        f"must be text, not {what(value)}",
        mend="put it in quotes" if isinstance(value, int | float) else "write a text",
    )


def what(value: object) -> str:
    """The kind of a value in words."""
    match value:
        case None:
            return "nothing"
        case bool():
            return "true or false"
        case int() | float():
            return "a number"
        case list():
            return "a list"
        case dict():
            return "a mapping"
        case _:
            return "text"


def name(value: object) -> str:
    """A name by which other entries know this one."""
    text = text_of(value)
    if not text.strip():
        raise Invalid("a name can't be empty", mend="give it a name, or remove the entry")
    if text != text.strip():
        raise Invalid("a name can't begin or end with a space", mend=f"write '{text.strip()}'")
    if len(text) > LONGEST_NAME:
        raise Invalid(f"a name has at most {LONGEST_NAME} characters", mend="shorten it")
    if any(unicodedata.category(sign) in ("Cc", "Cf", "Cs", "Zl", "Zp") for sign in text):
        raise Invalid("a name can't hold control characters", mend="remove them")
    return text


def username(value: object) -> str:
    """A name that can be typed as one word."""
    text = name(value)
    if any(sign.isspace() or sign in "@," for sign in text):
        raise Invalid("a username has no spaces, @ or commas", mend="use letters, digits, dots and dashes")
    return text


def free_text(value: object) -> str:
    """Any text; of control characters only line ends and tabs."""
    text = text_of(value)
    if len(text) > LONGEST_TEXT:
        raise Invalid(f"more than {LONGEST_TEXT} characters", mend="shorten it")
    if any(unicodedata.category(sign) in ("Cc", "Cs") and sign not in "\n\t" for sign in text):
        raise Invalid("control characters can't stand here", mend="remove them")
    return text


def timezone(value: object) -> str:
    """An IANA zone's name."""
    return zone(text_of(value)).key


def duration(value: object) -> str:
    """A span of time, nothing included."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        raise Invalid("a duration needs a unit", mend=f"write {value}s or {value}m" if value else "write 0s")
    text = text_of(value)
    try:
        span = parse_duration(text)
    except OverflowError:
        span = timedelta.max
    if span > LONGEST_SPAN:
        raise Invalid("longer than ten years", mend="write a shorter one")
    return format_duration(span)


def some_duration(value: object) -> str:
    """A span longer than nothing."""
    text = duration(value)
    if text == "0s":
        raise Invalid("must be longer than nothing", mend="write it like 30s, 5m or 1d")
    return text


def duration_or_off(value: object) -> str:
    """A span longer than nothing, or `off`."""
    if value == OFF:
        return OFF
    if value is False:
        raise Invalid("must be a duration or off, not false", mend="write off")
    return some_duration(value)


def turn(value: object) -> str:
    """How long a slot lasts."""
    if isinstance(value, int) and not isinstance(value, bool):
        raise Invalid("a turn needs a unit", mend=f"write {value}d or {value}w")
    return format_turn(parse_turn(text_of(value)))


def wall_time(value: object) -> str:
    """A wall time, or an instant when it bears Z or an offset; instants are written in UTC."""
    text = text_of(value)
    if "T" not in text and " " not in text.strip():
        raise Invalid(f"'{text}' has no time of day", mend=f"write it like {text}T09:00")
    written = parse_wall(text)
    if not FIRST_YEAR <= written.year <= LAST_YEAR:
        raise Invalid(f"the year {written.year} is out of reach", mend=f"use {FIRST_YEAR} to {LAST_YEAR}")
    if written.microsecond:
        raise Invalid("a fraction of a second can't stand here", mend="leave it out")
    return spell_wall(written)


def spell_wall(written: datetime) -> str:
    """The one spelling of a wall time or an instant."""
    if written.tzinfo is not None:
        return format_instant(written.astimezone(UTC))
    return written.isoformat(timespec="seconds" if written.second else "minutes")


def instant_text(value: object) -> str:
    """A time with Z or an offset."""
    text = wall_time(value)
    if not text.endswith("Z"):
        raise Invalid(f"'{text}' needs a zone here", mend="add Z or an offset like +01:00")
    return text


def clock_time(value: object) -> str:
    """A time of day, 00:00 to 24:00."""
    if isinstance(value, int) and not isinstance(value, bool):
        raise Invalid("a time of day is written with minutes", mend='write it like "08:00"')
    text = text_of(value)
    found = _CLOCK.fullmatch(text)
    if found is None or (int(found[1]) == 24 and found[2] != "00"):
        raise Invalid(f"'{text}' is no time of day", mend='write it like "08:00"')
    return f"{int(found[1]):02}:{found[2]}"


def cron(value: object) -> str:
    """Five cron fields."""
    text = " ".join(text_of(value).split())
    check_cron(text)
    return text


def url(value: object) -> str:
    """An address that Apprise understands; its syntax is checked elsewhere, at once for all."""
    text = text_of(value)
    if text == KEPT:
        return text
    if not text or any(sign.isspace() or unicodedata.category(sign) in ("Cc", "Cs") for sign in text):
        raise Invalid("a URL has no spaces and is not empty", mend="write it like ntfy://topic")
    if "://" not in text:
        raise Invalid("this is no URL", mend="write it like ntfy://topic or mailto://user:password@example.com")
    return text


def link(value: object) -> str:
    """A web address for people."""
    text = free_text(value)
    if not text.startswith(("https://", "http://")) or any(sign.isspace() for sign in text):
        raise Invalid("this is no web address", mend="write it like https://wiki.example.com/runbook")
    return text


def runbook(value: object) -> str:
    """The address of a runbook, or the runbook itself: a text of several lines, in Markdown."""
    text = free_text(value).strip("\n")
    return link(text) if is_address(text) else text


def country(value: object) -> str:
    """A country, or a part of one, by its code of ISO 3166."""
    text = text_of(value)
    if _COUNTRY.fullmatch(text) is None:
        raise Invalid(f"'{text}' is no code of a country", mend="write it like PT, or PT-11 for a part of one")
    return text


def limit(value: object) -> str:
    """So many messages in a span of time."""
    text = text_of(value)
    found = _LIMIT.fullmatch(text.replace(" ", ""))
    if found is None:
        raise Invalid(f"'{text}' is no limit", mend="write it like 10/5m")
    return f"{found[1]}/{some_duration(found[2])}"


def matchers(value: object) -> str:
    """Matchers as Prometheus people write them, in one text or a list of texts; in their one spelling."""
    if isinstance(value, list):
        value = ", ".join(text_of(one) for one in value)
    return format_matchers(parse_matchers(free_text(value)))


def expression(value: object) -> str:
    """Where something is found in a payload, as JMESPath."""
    text = free_text(value)
    check_expression(text)
    return text


def template(value: object) -> str:
    """A text in which $name stands for a label or a field."""
    text = free_text(value)
    check_template(text)
    return text


def transform_name(value: object) -> str:
    """The name of an entry point, or of a file without its .py."""
    text = text_of(value)
    if _TRANSFORM.fullmatch(text) is None:
        raise Invalid(f"'{text[:40]}' is no transform's name", mend="use letters, digits, _ and -")
    return text


def integration_key(value: object) -> str:
    """A plain key or a key's digest."""
    text = text_of(value)
    if text == KEPT or _DIGEST.fullmatch(text):
        return text
    if text.startswith("sha256:"):
        raise Invalid("this is no SHA-256 digest", mend="sha256: and 64 hexadecimal digits in small letters")
    if len(text) < _SHORTEST_KEY or not text.isascii() or any(not sign.isalnum() and sign not in "-_" for sign in text):
        raise Invalid(
            f"a key has at least {_SHORTEST_KEY} letters, digits, dashes and underscores",
            mend="leave the key out and apply makes a good one",
        )
    return text
