"""Teams: list and show. They are made and changed by the config file."""

from __future__ import annotations

import click

from oncall_tui.cli.frame.flags import Family, said
from oncall_tui.cli.frame.opening import session_of_flags
from oncall_tui.cli.frame.printing import remark, say, say_json, table
from oncall_tui.cli.verbs.estate.telling import named


@click.group(cls=Family)
def team() -> None:
    """Teams: people who own services together."""


@team.command("list")
def list_() -> None:
    """List the teams, their members and policies."""
    from oncall_tui.ops import reading
    from oncall_tui.ops.reading.shapes import team_shape

    with session_of_flags() as session:
        rows = reading.teams(session)
    if said().json:
        say_json({"teams": [team_shape(row) for row in rows]})
        return
    table(
        ("Team", "Members", "Policies"), [(row.name, ", ".join(row.members), ", ".join(row.policies)) for row in rows]
    )
    if not rows:
        remark("there is no team yet: 'oncall config apply FILE' makes them")


@team.command("show")
@click.argument("name")
def show(name: str) -> None:
    """Show one team."""
    from oncall_tui.ops import reading
    from oncall_tui.ops.reading.shapes import team_shape

    with session_of_flags() as session:
        row = named(reading.teams(session), "team", name)
    if said().json:
        say_json(team_shape(row))
        return
    say(f"{row.name}: {', '.join(row.members) or 'nobody'}; policies: {', '.join(row.policies) or 'none'}")
