"""Config as code: validate, plan, apply, export, schema."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from oncall_tui.cli.frame.flags import Family, said
from oncall_tui.cli.frame.opening import is_missing, make_database, session_of_flags, settings_of_flags, text_of
from oncall_tui.cli.frame.printing import remark, say, say_json, table

if TYPE_CHECKING:
    from oncall_tui.ops.config import Change
    from oncall_tui.ops.config.checks.found import Warned

file_argument = click.argument("file", type=click.Path(path_type=Path, allow_dash=True))
prune_option = click.option("--prune", is_flag=True, help="Also delete what the file's sections do not name.")


@click.group(cls=Family)
def config() -> None:
    """The team's config file: users, schedules, policies, services and what reports on them."""


@config.command()
@file_argument
def validate(file: Path) -> None:
    """Check a file, without any database; exit 1 when something in it is wrong."""
    from oncall_tui.ops.config.validation import validate as check

    warnings = check(text_of(file)).warnings
    if said().json:
        say_json({"valid": True, "warnings": _shapes(warnings)})
        return
    _warn(warnings)
    say(f"{file} is valid")


@config.command()
@file_argument
@prune_option
def plan(file: Path, prune: bool) -> None:
    """Tell what apply would change, and change nothing."""
    from oncall_tui.ops.config import plan as planned

    with session_of_flags() as session:
        found = planned(session, text_of(file), prune=prune)
    _tell(found.changed, found.warnings, {}, "would be")


@config.command("apply")
@file_argument
@prune_option
def apply_(file: Path, prune: bool) -> None:
    """Make the database say what the file says. New integration keys are printed this once."""
    from oncall_tui.ops.config import apply
    from oncall_tui.ops.config.validation import validate as check

    text = text_of(file)
    settings = settings_of_flags()
    if is_missing(settings):
        check(text)  # a file that is wrong makes no database
    make_database(settings)
    with session_of_flags() as session:
        done = apply(session, text, prune=prune)
    _tell(done.changed, done.warnings, done.keys, "")


@config.command()
@click.option("--with-secrets", is_flag=True, help="Write contact addresses and channels instead of ***.")
def export(with_secrets: bool) -> None:
    """Print the database's directory as a config file."""
    from oncall_tui.ops.config import export as exported

    with session_of_flags() as session:
        text = exported(session, with_secrets=with_secrets)
    if said().json:
        say_json({"config": text})
    else:
        click.echo(text, nl=False)


@config.command()
def schema() -> None:
    """Print the file's JSON Schema."""
    from oncall_tui.ops.config.reading import schema as json_schema

    say_json(json_schema())


def _tell(changed: Sequence[Change], warnings: Sequence[Warned], keys: dict[str, str], will: str) -> None:
    """What changed, or would; and the integration keys that are shown this once."""
    if said().json:
        rows = [{"action": change.action, "kind": change.kind, "name": change.name} for change in changed]
        say_json({"changed": rows, "keys": keys, "warnings": _shapes(warnings)})
        return
    _warn(warnings)
    table(
        ("Change", "Kind", "Name"),
        [(f"{will} {change.action}".strip(), change.kind, change.name) for change in changed],
    )
    if not changed:
        remark("nothing to change")
    for name, key in keys.items():
        say(f"key of {name}: {key}   (shown this once)")


def _shapes(warnings: Sequence[Warned]) -> list[dict[str, str]]:
    return [{"path": warning.path, "message": warning.sentence} for warning in warnings]


def _warn(warnings: Sequence[Warned]) -> None:
    for warning in warnings:
        remark(f"warning: {warning}")
