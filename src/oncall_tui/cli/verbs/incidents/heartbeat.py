"""Heartbeats: list, show, and a sign by hand."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

import click

from oncall_tui.cli.frame.flags import Family, said
from oncall_tui.cli.frame.opening import session_of_flags
from oncall_tui.cli.frame.printing import say, say_json, table
from oncall_tui.domain.directory.heartbeats import Signal
from oncall_tui.domain.time.walltime import format_instant

if TYPE_CHECKING:
    from oncall_tui.ops.heartbeats import HeartbeatRow


@click.group(cls=Family)
def heartbeat() -> None:
    """Signs of life that are expected; a job that stays silent opens an incident."""


@heartbeat.command("list")
def list_() -> None:
    """List the heartbeats: how each is, and when it is late next."""
    from oncall_tui.ops.heartbeats import heartbeats

    with session_of_flags() as session:
        rows = heartbeats(session)
    if said().json:
        say_json({"heartbeats": [_shape(row) for row in rows]})
        return
    table(
        ("Name", "Service", "State", "Last sign", "Late from", "Rhythm"),
        [
            (row.name, row.service, row.health.value, _at(row.heard_at, "never"), _at(row.due_at, "—"), row.rhythm)
            for row in rows
        ],
    )


@heartbeat.command()
@click.argument("name")
def show(name: str) -> None:
    """Show one heartbeat, with what its last sign said."""
    from oncall_tui.ops.heartbeats import heartbeat as found

    with session_of_flags() as session:
        row = found(session, name)
    if said().json:
        say_json(_shape(row))
        return
    say(f"{row.name}: {row.health.value} since {_at(row.since, 'never')}, of service {row.service}")
    say(f"expected {row.rhythm}; late from {_at(row.due_at, '—')}")
    say(f"last sign: {row.signal} at {format_instant(row.heard_at)}" if row.heard_at else "last sign: none, ever")
    if row.started_at is not None:
        say(f"a run started at {format_instant(row.started_at)} and has not ended")
    if row.away is not None:
        since, until = map(format_instant, row.away)
        say(f"oncall was away from {since} to {until}: it has got more time since")
    if row.detail:
        say(row.detail)


@heartbeat.command()
@click.argument("name")
@click.option("--signal", type=click.Choice([str(one) for one in Signal]), default="success", show_default=True)
@click.option("--detail", default="", metavar="TEXT", help="Kept with it; 500 characters.")
def ping(name: str, signal: str, detail: str) -> None:
    """Give a sign for NAME, as its job would."""
    from oncall_tui.ops.heartbeats import ping_by_hand

    with session_of_flags() as session:
        heard = ping_by_hand(session, name, Signal(signal), detail)
    if said().json:
        say_json({"heartbeat": heard.name, "state": heard.health.value, "due_at": format_instant(heard.due_at)})
        return
    say(f"{heard.name} is {heard.health.value}, late from {format_instant(heard.due_at)}")


def _at(at: datetime | None, otherwise: str) -> str:
    return otherwise if at is None else format_instant(at)


def _shape(row: HeartbeatRow) -> dict[str, Any]:
    return {
        "name": row.name,
        "service": row.service,
        "rhythm": row.rhythm,
        "state": row.health.value,
        "since": _json(row.since),
        "due_at": _json(row.due_at),
        "heard_at": _json(row.heard_at),
        "signal": row.signal or None,
        "detail": row.detail,
        "started_at": _json(row.started_at),
        "away": None if row.away is None else [format_instant(at) for at in row.away],
    }


def _json(at: datetime | None) -> str | None:
    return None if at is None else format_instant(at)
