"""What the last weeks were like, in figures."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import click

from oncall_tui.cli.frame.flags import Verb, said
from oncall_tui.cli.frame.opening import session_of_flags
from oncall_tui.cli.frame.printing import remark, say, say_json, table
from oncall_tui.domain.time.durations import short_span
from oncall_tui.domain.time.walltime import format_instant

if TYPE_CHECKING:
    from oncall_tui.domain.insights import ServicePast, Speed
    from oncall_tui.ops.reading.past import Insights


@click.command(cls=Verb)
@click.option("--days", type=click.IntRange(1, 366), default=28, show_default=True, help="How far to look back.")
def report(days: int) -> None:
    """Tell how the last days were: incidents, how fast (MTTA, MTTR), whose nights."""
    from oncall_tui.ops.reading.past import insights

    with session_of_flags() as session:
        seen = insights(session, timedelta(days=days))
    if said().json:
        say_json(_shape(seen))
        return
    if not seen.all.incidents:
        remark(f"there was no incident in {days} days")
        return
    table(
        ("Service", "Incidents", "Open", "MTTA", "Median", "MTTR", "Median", "Most often"),
        [_cells(row, row.service or "all") for row in (seen.all, *seen.services)],
        right={1, 2, 3, 4, 5, 6},
    )
    if seen.people:
        say("")
        table(
            ("Interrupted", "Business", "Off hours", "Sleep", "Nights"),
            [(one.user, str(one.business), str(one.off_hours), str(one.sleep), str(one.nights)) for one in seen.people],
            right={1, 2, 3, 4},
        )


def _cells(row: ServicePast, name: str) -> tuple[str, ...]:
    often = f"{row.often[0][0]} ×{row.often[0][1]}" if row.often else "—"
    spans = (row.acknowledge.mean, row.acknowledge.median, row.resolve.mean, row.resolve.median)
    words = (short_span(span) if span is not None else "—" for span in spans)
    return (name, str(row.incidents), str(row.open), *words, often)


def _shape(seen: Insights) -> dict[str, Any]:
    return {
        "since": format_instant(seen.since),
        "until": format_instant(seen.until),
        "complete": not seen.cut,
        "all": _service(seen.all),
        "services": [{"service": row.service, **_service(row)} for row in seen.services],
        "people": [
            {
                "user": one.user,
                "business": one.business,
                "off_hours": one.off_hours,
                "sleep": one.sleep,
                "nights": one.nights,
            }
            for one in seen.people
        ],
    }


def _service(row: ServicePast) -> dict[str, Any]:
    return {
        "incidents": row.incidents,
        "open": row.open,
        "acknowledged": _speed(row.acknowledge),
        "resolved": _speed(row.resolve),
        "often": [{"title": title, "count": count} for title, count in row.often],
    }


def _speed(speed: Speed) -> dict[str, Any]:
    """Seconds, as a machine wants them."""
    return {
        "count": speed.count,
        "mean_seconds": speed.mean.total_seconds() if speed.mean is not None else None,
        "median_seconds": speed.median.total_seconds() if speed.median is not None else None,
    }
