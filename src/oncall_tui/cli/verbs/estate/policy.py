"""Escalation policies: list and show. They are made and changed by the config file."""

from __future__ import annotations

import click

from oncall_tui.cli.frame.flags import Family, said
from oncall_tui.cli.frame.opening import session_of_flags
from oncall_tui.cli.frame.printing import remark, say, say_json, table
from oncall_tui.cli.verbs.estate.telling import named
from oncall_tui.domain.time.durations import format_duration


@click.group(cls=Family)
def policy() -> None:
    """Escalation policies: who is paged, and after how long the next."""


@policy.command("list")
def list_() -> None:
    """List the policies and who uses them."""
    from oncall_tui.ops import reading
    from oncall_tui.ops.reading.shapes import policy_shape

    with session_of_flags() as session:
        rows = reading.policies(session)
    if said().json:
        say_json({"policies": [policy_shape(row) for row in rows]})
        return
    table(
        ("Policy", "Steps", "Rounds", "Services", "Teams"),
        [
            (row.name, str(len(row.steps)), str(row.repeat + 1), ", ".join(row.services), ", ".join(row.teams))
            for row in rows
        ],
        right={1, 2},
    )
    if not rows:
        remark("there is no policy yet: 'oncall config apply FILE' makes them")


@policy.command("show")
@click.argument("name")
def show(name: str) -> None:
    """Show one policy: its steps, and whom each would reach now."""
    from oncall_tui.ops import reading
    from oncall_tui.ops.reading.shapes import policy_shape

    with session_of_flags() as session:
        row = named(reading.policies(session), "policy", name)
    if said().json:
        say_json(policy_shape(row))
        return
    remind = format_duration(row.remind) if row.remind is not None else "off"
    say(f"{row.name}: {row.repeat + 1} round{'s' if row.repeat else ''}, remind {remind}")
    table(
        ("Step", "Delay", "Targets", "Reaches now"),
        [
            (
                str(number),
                format_duration(step.delay),
                ", ".join(step.targets) + (", in turn" if step.assign == "round_robin" else ""),
                ", ".join(step.users_now) or "nobody",
            )
            for number, step in enumerate(row.steps, 1)
        ],
        right={0},
    )
    say(f"then: {', '.join(row.fallback) or 'every admin'}")
