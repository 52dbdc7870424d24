"""`oncall integration topics` and `confirm`: AWS SNS asks whether it may post, and an operator says yes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from oncall_tui.cli.frame.flags import Verb, said
from oncall_tui.cli.frame.opening import session_of_flags
from oncall_tui.cli.frame.printing import remark, say, say_json, table
from oncall_tui.domain.time.walltime import format_instant

if TYPE_CHECKING:
    from oncall_tui.ops.integrations.topics import Topic


@click.command("topics", cls=Verb)
@click.argument("name", required=False)
def topics(name: str | None) -> None:
    """List the SNS topics that asked to post, to one integration or to any."""
    from oncall_tui.ops.integrations import topics as ops

    with session_of_flags() as session:
        found = ops.topics(session, name)
    if said().json:
        say_json({"topics": [_shape(one) for one in found]})
        return
    table(
        ("Integration", "Topic", "State", "Asked at", "Confirmed by"),
        [(one.integration, one.arn, one.state, format_instant(one.asked_at), one.confirmed_by or "—") for one in found],
    )
    if not found:
        remark("no topic has asked")


@click.command("confirm", cls=Verb)
@click.argument("name")
@click.argument("topic", required=False)
def confirm(name: str, topic: str | None) -> None:
    """Let an SNS topic post to an integration: TOPIC by its ARN or last part, or the only one that waits."""
    from oncall_tui.ops.integrations import topics as ops

    with session_of_flags() as session:
        confirmed = ops.confirm(session, name, topic)
    if said().json:
        say_json({"topic": _shape(confirmed)})
    else:
        say(f"{confirmed.arn} posts to {name} from now on")


def _shape(one: Topic) -> dict[str, Any]:
    return {
        "integration": one.integration,
        "arn": one.arn,
        "state": one.state,
        "asked_at": format_instant(one.asked_at),
        "confirmed_at": format_instant(one.confirmed_at) if one.confirmed_at else None,
        "confirmed_by": one.confirmed_by,
    }
