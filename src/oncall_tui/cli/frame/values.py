"""Arguments as values: incident numbers, durations, times."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import click

from oncall_tui.cli.frame.failing import NotUnderstood
from oncall_tui.domain.errors import Invalid
from oncall_tui.domain.time.durations import parse_duration
from oncall_tui.domain.time.walltime import FIRST_YEAR, LAST_YEAR, zone
from oncall_tui.domain.time.when import read_when

LARGEST = 2**63 - 1


class Number(click.ParamType[int]):
    """An incident's number: `412` or `#412`."""

    name = "number"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """The number, or a usage error."""
        text = str(value).removeprefix("#")
        if not (text.isascii() and text.isdigit()) or not 0 < int(text[:20]) <= LARGEST:
            self.fail(f"'{value}' is no incident number", param, ctx)
        return int(text)


class Span(click.ParamType[timedelta]):
    """A duration: `5m`, `2h30m`, `1w`."""

    name = "duration"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> timedelta:
        """The span, or a usage error."""
        try:
            return parse_duration(str(value))
        except Invalid as error:
            self.fail(f"{error.sentence} {error.mend}", param, ctx)


NUMBER = Number()
SPAN = Span()


def time_said(text: str | None, option: str, timezone: str | None = None) -> datetime | None:
    """The instant that an option names as a person types it, read in `timezone`, else UTC. Raises NotUnderstood."""
    if text is None:
        return None
    try:
        at = read_when(text, this_instant(), zone(timezone or "UTC"))
        if not FIRST_YEAR <= at.year <= LAST_YEAR:
            raise Invalid(f"the year {at.year} is out of reach", mend=f"use {FIRST_YEAR} to {LAST_YEAR}")
        return at
    except Invalid as error:
        raise NotUnderstood([Invalid(error.sentence, mend=error.mend, path=option)]) from None


def this_instant() -> datetime:
    """This second, by the host's clock: some commands have no database whose clock they could ask."""
    from oncall_tui.clock import SystemClock

    return SystemClock().now().replace(microsecond=0)
