"""Secret addresses at which calendar programs read shifts: calendar add, list, revoke."""

from __future__ import annotations

import click

from oncall_tui.cli.frame.flags import Family, said
from oncall_tui.cli.frame.opening import session_of_flags
from oncall_tui.cli.frame.printing import remark, say, say_json, table
from oncall_tui.domain.time.walltime import format_instant


@click.group(cls=Family)
def calendar() -> None:
    """Secret addresses at which calendar programs read shifts."""


@calendar.command("add")
@click.option("--schedule", metavar="NAME", help="Everybody's shifts in this schedule.")
@click.option("--of", "of", metavar="USER", help="This user's shifts; yours unless said.")
def add(schedule: str | None, of: str | None) -> None:
    """Make an address for your shifts, or a schedule's; it is told once."""
    from oncall_tui.ops.feeds import make_feed

    if schedule is not None and of is not None:
        raise click.UsageError("give --schedule or --of, not both")
    with session_of_flags() as session:
        user = None if schedule is not None else of or session.actor.name
        made = make_feed(session, user=user, schedule=schedule)
        where = session.settings.public_url
    url = f"{where.rstrip('/')}{made.path}" if where else made.path
    if said().json:
        say_json({"calendar": made.feed.number, "user": made.feed.user, "schedule": made.feed.schedule, "url": url})
        return
    say(url)
    remark(f"calendar {made.feed.number}, {made.feed.told}: whoever has this address can read it; it is not told again")
    if not where:
        remark("it is a path of the worker's listener: set public_url for whole addresses")


@calendar.command("list")
def list_() -> None:
    """List the calendars that can be read; their addresses are not kept."""
    from oncall_tui.ops.feeds import list_feeds

    with session_of_flags() as session:
        feeds = list_feeds(session)
    if said().json:
        rows = [
            {
                "calendar": feed.number,
                "user": feed.user,
                "schedule": feed.schedule,
                "made_by": feed.made_by,
                "made_at": format_instant(feed.made_at),
            }
            for feed in feeds
        ]
        say_json({"calendars": rows})
        return
    table(
        ("No.", "Of", "Made by", "Made at"),
        [(str(feed.number), feed.told, feed.made_by, format_instant(feed.made_at)) for feed in feeds],
        right={0},
    )
    if not feeds:
        remark("there is no calendar")


@calendar.command("revoke")
@click.argument("number", type=click.IntRange(1, 2**63 - 1), metavar="N")
def revoke(number: int) -> None:
    """Let the address of calendar N (see 'calendar list') answer nothing any more."""
    from oncall_tui.ops.feeds import revoke_feed

    with session_of_flags() as session:
        feed = revoke_feed(session, number)
    if said().json:
        say_json({"calendar": feed.number, "user": feed.user, "schedule": feed.schedule})
    else:
        say(f"calendar {feed.number}, {feed.told}, is revoked")
