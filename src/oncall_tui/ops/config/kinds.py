"""The kinds of text as pydantic knows them: each check with what a schema says of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

from pydantic import BeforeValidator, WithJsonSchema
from pydantic_core import PydanticCustomError

from oncall_tui.domain.errors import Invalid
from oncall_tui.ops.config.texts import (
    LONGEST_NAME,
    LONGEST_TEXT,
    clock_time,
    country,
    cron,
    duration,
    duration_or_off,
    expression,
    free_text,
    instant_text,
    integration_key,
    limit,
    link,
    matchers,
    name,
    runbook,
    some_duration,
    template,
    timezone,
    transform_name,
    turn,
    url,
    username,
    wall_time,
)


class Blank(str):
    """Stands where required text is missing or wrong, so that the rest of its entry can still be checked."""


def checked(check: Callable[[object], Any]) -> BeforeValidator:
    """The check as pydantic wants it, its mend kept."""

    def run(value: object) -> Any:
        if isinstance(value, Blank):
            return ""
        try:
            return check(value)
        except Invalid as error:
            raise PydanticCustomError(
                "oncall", "{sentence}", {"sentence": error.sentence, "mend": error.mend}
            ) from None

    return BeforeValidator(run)


def _kind(check: Callable[[object], str], description: str, example: str, **more: Any) -> Any:
    schema = {"type": "string", "description": description, "examples": [example], **more}
    return Annotated[str, checked(check), WithJsonSchema(schema)]


Name = _kind(name, "a name, unique among its kind", "payments", minLength=1, maxLength=LONGEST_NAME)
Username = _kind(username, "a username: one word", "ana", minLength=1, maxLength=LONGEST_NAME)
Text = _kind(free_text, "any text", "Takes the money", maxLength=LONGEST_TEXT)
Zone = _kind(timezone, "an IANA time zone", "Europe/Lisbon")
Duration = _kind(duration, "a span of time", "5m")
SomeDuration = _kind(some_duration, "a span of time, longer than nothing", "1d")
DurationOrOff = _kind(duration_or_off, "a span of time, or off", "10m")
TurnText = _kind(turn, "how long a turn lasts: hours, days, weeks or months", "1w", pattern="^[0-9]+(h|d|w|mo)$")
WallTime = _kind(wall_time, "a wall time, or an instant with Z or an offset", "2026-01-05T09:00")
InstantText = _kind(instant_text, "an instant: a time with Z or an offset", "2026-02-01T02:00Z")
ClockTime = _kind(clock_time, "a time of day", "08:00")
Cron = _kind(cron, "five cron fields", "0 9 * * MON")
Url = _kind(url, "an Apprise URL; *** keeps what is stored", "ntfy://topic")
Link = _kind(link, "a web address", "https://wiki.example.com/runbook")
Runbook = _kind(
    runbook,
    "a web address, or the runbook itself in Markdown",
    "https://wiki.example.com/runbook",
    maxLength=LONGEST_TEXT,
)
Country = _kind(country, "a country or a part of one, by its code of ISO 3166", "PT-11")
Expression = _kind(expression, "where in the payload it is found, as JMESPath", "alarm.tags[0]")
Template = _kind(template, "a text; $name and ${any.name} stand for labels and fields", "$alertname on $instance")
TransformName = _kind(transform_name, "a transform's name", "tidy")
Limit = _kind(limit, "at most so many messages in a span", "10/5m")
Key = _kind(
    integration_key, "a key, plain or as sha256:…; *** keeps what is stored", "0123456789abcdef0123456789abcdef"
)
Matchers = Annotated[
    str,
    checked(matchers),
    WithJsonSchema(
        {
            "description": "matchers on labels, fields and payload, in one text or a list of them",
            "examples": ['severity="critical", team=~"pay.*"'],
            "anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}],
        }
    ),
]
