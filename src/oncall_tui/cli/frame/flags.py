"""The global flags, taken before or after the verb; the one nearer to the end wins."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import click


@dataclass(slots=True)
class Globals:
    """What the global flags say."""

    database: str | None = None
    user: str | None = None
    json: bool = False


def said() -> Globals:
    """What the global flags of the running command say."""
    return click.get_current_context().ensure_object(Globals)


def global_flags() -> list[click.Parameter]:
    """New options that write into Globals instead of being handed to the command."""
    return [
        click.Option(
            ["--database"],
            metavar="WHERE",
            help="A path, sqlite:///path or postgresql://…; ONCALL_DATABASE sets it too.",
            expose_value=False,
            callback=_keep,
        ),
        click.Option(
            ["--user"],
            metavar="NAME",
            help="Act as this user; otherwise ONCALL_USER, else the OS account's name.",
            expose_value=False,
            callback=_keep,
        ),
        click.Option(
            ["--json"], is_flag=True, help="Answer in JSON, errors included.", expose_value=False, callback=_keep
        ),
    ]


def _keep(ctx: click.Context, param: click.Parameter, value: Any) -> None:
    # An empty text is kept, to be refused: a script's unset variable must not lead to the usual database.
    if value is not None and value is not False and param.name is not None:
        setattr(ctx.ensure_object(Globals), param.name, value)


class Verb(click.Command):
    """A command that knows the global flags."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.params = [*self.params, *global_flags()]


class Family(click.Group):
    """A group of verbs that knows the global flags."""

    command_class = Verb

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.params = [*self.params, *global_flags()]
