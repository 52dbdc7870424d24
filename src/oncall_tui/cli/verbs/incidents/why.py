"""Why somebody was paged, or was not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from oncall_tui.cli.frame.flags import Verb, said
from oncall_tui.cli.frame.opening import session_of_flags
from oncall_tui.cli.frame.printing import remark, say, say_json, table
from oncall_tui.cli.frame.values import NUMBER
from oncall_tui.domain.time.walltime import format_instant

if TYPE_CHECKING:
    from oncall_tui.domain.why import Reason, Verdict


@click.command(cls=Verb)
@click.argument("number", type=NUMBER, metavar="N")
@click.argument("of", required=False, metavar="[USER]")
def why(number: int, of: str | None) -> None:
    """Tell why USER was paged for incident N, or was not; without one, everybody concerned."""
    from oncall_tui.ops.reading.incidents.why import why as look

    with session_of_flags() as session:
        found = look(session, number, of)
    if said().json:
        users = [_shape(verdict) for verdict in found.verdicts]
        say_json({"number": found.number, "users": users, "channels": _reasons(found.channels)})
        return
    for place, verdict in enumerate(found.verdicts):
        if place:
            say("")
        say(f"#{found.number}  {verdict.user}: {_paged(verdict)}")
        table(("At", "Because"), [(format_instant(reason.at), reason.text) for reason in verdict.reasons])
    if found.channels:
        if found.verdicts:
            say("")
        say(f"#{found.number}  channels")
        table(("At", "Because"), [(format_instant(reason.at), reason.text) for reason in found.channels])
    elif not found.verdicts:
        remark("nobody was paged, and its policy leads to nobody")


def _paged(verdict: Verdict) -> str:
    if not verdict.pages:
        return "not paged"
    return "paged once" if verdict.pages == 1 else f"paged {verdict.pages} times"


def _shape(verdict: Verdict) -> dict[str, Any]:
    return {
        "user": verdict.user,
        "paged": verdict.pages > 0,
        "pages": verdict.pages,
        "reasons": _reasons(verdict.reasons),
    }


def _reasons(reasons: tuple[Reason, ...]) -> list[dict[str, str]]:
    return [{"at": format_instant(reason.at), "text": reason.text} for reason in reasons]
