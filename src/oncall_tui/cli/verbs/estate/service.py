"""Services: list and show. They are made and changed by the config file."""

from __future__ import annotations

import click

from oncall_tui.cli.frame.flags import Family, said
from oncall_tui.cli.frame.opening import session_of_flags
from oncall_tui.cli.frame.printing import remark, say, say_json, table
from oncall_tui.cli.verbs.estate.telling import named


@click.group(cls=Family)
def service() -> None:
    """What is watched: healthy, or unhealthy while an incident is open."""


@service.command("list")
def list_() -> None:
    """List the services: healthy or not, their teams and policies."""
    from oncall_tui.ops import reading
    from oncall_tui.ops.reading.shapes import service_shape

    with session_of_flags() as session:
        rows = reading.services(session)
    if said().json:
        say_json({"services": [service_shape(row) for row in rows]})
        return
    table(
        ("Service", "Health", "Open", "Team", "Policies"),
        [
            (row.name, _health(row.healthy), str(row.open_incidents), row.team or "—", _all(row.policies))
            for row in rows
        ],
        right={2},
    )
    if not rows:
        remark("there is no service yet: 'oncall config apply FILE' makes them")


@service.command("show")
@click.argument("name")
def show(name: str) -> None:
    """Show one service, with the integrations that report on it."""
    from oncall_tui.ops import reading
    from oncall_tui.ops.reading.shapes import service_shape

    with session_of_flags() as session:
        row = named(reading.services(session), "service", name)
    if said().json:
        say_json(service_shape(row))
        return
    say(f"{row.name}: {_health(row.healthy)}, {row.open_incidents} open")
    if row.description:
        say(row.description)
    say(f"team: {row.team or 'none'}; policies: {_all(row.policies)}")
    table(("Integration", "Kind"), row.integrations)


def _health(healthy: bool) -> str:
    return "healthy" if healthy else "unhealthy"


def _all(names: tuple[str, ...]) -> str:
    return ", ".join(names) or "none"
