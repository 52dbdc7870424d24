"""Making, editing and deleting schedules: schedule create, edit, delete. Each tells first whom it moves."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import click

from oncall_tui.cli.frame.flags import Verb, said
from oncall_tui.cli.frame.moves import WHEN_HELP, stretch_shape
from oncall_tui.cli.frame.opening import session_of_flags
from oncall_tui.cli.frame.printing import remark, say, say_json
from oncall_tui.cli.verbs.on_call.layers_said import (
    LAYER_HELP,
    USERS_HELP,
    WINDOW_HELP,
    entry_said,
    layer_said,
    zone_said,
)
from oncall_tui.cli.verbs.on_call.previews import agreed, tell_preview
from oncall_tui.domain.errors import InvalidMany, Refused

if TYPE_CHECKING:
    from oncall_tui.domain.schedules import Schedule
    from oncall_tui.ops.session import Session

FIRST_LAYER = "rotation"
WEEKS = click.IntRange(1, 520)


def turn_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options that describe one rotation."""
    options = [
        click.option("--users", metavar="LIST", help=USERS_HELP),
        click.option("--start", metavar="TIME", help=f"The first handoff. {WHEN_HELP}"),
        click.option("--every", metavar="TURN", help="12h, 1d, 1w or 1mo."),
        click.option("--cron", metavar="TEXT", help="Hand off at these times instead: '0 9 * * MON'."),
        click.option("--length", metavar="DURATION", help="A shift shorter than its turn."),
        click.option("--days", metavar="DAYS", help="On which a shift starts: mon-fri or sat,sun."),
        click.option("--restrict", multiple=True, metavar="WINDOW", help=WINDOW_HELP),
        click.option("--until", metavar="TIME", help="The layer ends here."),
        click.option("--layer-timezone", metavar="ZONE", help="Of its handoffs; the schedule's unless said."),
        click.option("--priority", metavar="N", help="The higher one wins."),
    ]
    for option in reversed(options):
        command = option(command)
    return command


def saving_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options of whatever saves a schedule."""
    options = [
        click.option("--dry-run", "--preview", is_flag=True, help="Only tell what it would do."),
        click.option("--yes", is_flag=True, help="Save it though a gap or a double booking opens."),
        click.option("--weeks", type=WEEKS, default=8, show_default=True, metavar="N", help="How far to look ahead."),
    ]
    for option in reversed(options):
        command = option(command)
    return command


@click.command(cls=Verb)
@click.argument("name")
@click.option("--timezone", required=True, metavar="ZONE", help="Like Europe/Lisbon: of all wall times in it.")
@click.option("--layer", "layers", multiple=True, metavar="LAYER", help=f"Again for each; later ones win. {LAYER_HELP}")
@turn_options
@saving_options
def create(name: str, timezone: str, layers: tuple[str, ...], **more: Any) -> None:
    """Make a schedule: of one rotation by --users, --start and --every, or of --layer again and again."""
    from oncall_tui.domain.schedules import Schedule
    from oncall_tui.ops.schedules.editing import read_layer

    with session_of_flags() as session:
        now = session.now().replace(microsecond=0)
        timezone = zone_said(timezone, "--timezone")
        entries = [layer_said(text, "--layer", timezone, now) for text in layers]
        if single := _turns(more):
            entries.insert(0, entry_said({"name": FIRST_LAYER, **single}, None, timezone, now))
        made = Schedule(name=name, timezone=timezone, layers=tuple(read_layer(one, timezone) for one in entries))
        _save(session, made, None, more)


@click.command(cls=Verb)
@click.argument("name")
@click.option("--layer", "chosen", metavar="NAME", help="Which layer; needed only with several.")
@click.option("--add", multiple=True, metavar="USER", help="One more at the end; bo+cy: together; -: a planned gap.")
@click.option("--remove", multiple=True, metavar="USER", help="Out of the rotation.")
@click.option("--move", type=(str, click.IntRange(1)), metavar="USER N", help="To the place N, counted from 1.")
@click.option("--replace", "replaced", type=(str, str), multiple=True, metavar="USER OTHER", help="All their places.")
@turn_options
@click.option("--rename-layer", metavar="NAME", help="Another name for the layer.")
@click.option("--add-layer", multiple=True, metavar="LAYER", help=f"On top of the others. {LAYER_HELP}")
@click.option("--remove-layer", multiple=True, metavar="NAME", help="Those below it show through.")
@click.option("--move-layer", type=(str, click.IntRange(1)), metavar="NAME N", help="To the place N; later ones win.")
@click.option("--timezone", metavar="ZONE", help="The same wall times in another zone.")
@click.option("--rename", metavar="NAME", help="Another name; policies follow.")
@click.option(
    "--now",
    "now_moves",
    type=click.Choice(["keep", "move"]),
    default="keep",
    show_default=True,
    help="keep: whoever has the turn has it until the same handoff; move: the list stands as given.",
)
@saving_options
def edit(name: str, **more: Any) -> None:
    """Edit a schedule; --length, --days, --restrict, --until, --layer-timezone and --priority take 'off', too."""
    from oncall_tui.ops.reading.who import schedule_named

    with session_of_flags() as session:
        with session.reading() as conn:
            seen = schedule_named(session.directory.world(conn), name)
        from oncall_tui.cli.verbs.on_call.edits import edited

        _save(session, edited(seen, more, session.now().replace(microsecond=0)), seen, more)


@click.command(cls=Verb)
@click.argument("name")
@click.option("--dry-run", "--preview", is_flag=True, help="Only tell what goes.")
@click.option("--yes", is_flag=True, help="Delete it though people have shifts in it.")
def delete(name: str, dry_run: bool, yes: bool) -> None:
    """Delete a schedule with all that belongs to it; refused while a policy pages it."""
    from oncall_tui.ops.schedules.editing import delete_schedule

    with session_of_flags() as session:
        gone = delete_schedule(session, name, dry_run=True)
        if gone.lost and not yes and not dry_run:
            people = ", ".join(dict.fromkeys(one.user for one in gone.lost))
            raise Refused(
                f"schedule {name} is not deleted: {people} would lose shifts", mend="say --yes", code="needs_yes"
            )
        if not dry_run:
            gone = delete_schedule(session, name)
    if said().json:
        say_json(
            {
                "schedule": name,
                "kept": not dry_run,
                "layers": list(gone.layers),
                "overrides": gone.overrides,
                "temporary": gone.temporaries,
                "calendars": gone.calendars,
                "lost": [stretch_shape(one) for one in gone.lost],
            }
        )
        return
    say(f"schedule {name} {'would be' if dry_run else 'is'} deleted, with {_belongings(gone)}")
    for user in dict.fromkeys(one.user for one in gone.lost):
        remark(f"{user} loses {_count(sum(one.user == user for one in gone.lost), 'shift')} of the coming 8 weeks")


def _belongings(gone: Any) -> str:
    counted = [
        _count(len(gone.layers), "layer"),
        _count(gone.overrides, "override"),
        _count(gone.temporaries, "temporary schedule"),
        _count(gone.calendars, "calendar"),
    ]
    return ", ".join(counted)


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"


def _turns(more: dict[str, Any]) -> dict[str, Any]:
    """What the options say of one rotation, by the keys of an entry."""
    keys = ("users", "start", "every", "cron", "length", "days", "until", "priority")
    turns = {key: more[key] for key in keys if more[key] is not None}
    if more["restrict"]:
        turns["restrict"] = list(more["restrict"])
    if more["layer_timezone"] is not None:
        turns["timezone"] = more["layer_timezone"]
    return turns


def _save(session: Session, after: Schedule, seen: Schedule | None, more: dict[str, Any]) -> None:
    from oncall_tui.ops.schedules.editing import preview_schedule, save_schedule

    span = timedelta(weeks=more["weeks"])
    shown = preview_schedule(session, after, seen=seen, span=span)
    if shown.problems:
        raise InvalidMany(shown.problems)
    if not more["dry_run"]:
        shown = save_schedule(session, after, seen=seen, accept=agreed(shown, yes=more["yes"]), span=span)
    tell_preview(shown, kept=not more["dry_run"] and shown.before != shown.after)
