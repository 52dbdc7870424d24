"""Errors for whoever typed the command: one line each on stderr, or JSON on stdout; the exit status says which kind."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import click

from oncall_tui.cli.frame.printing import say_json
from oncall_tui.domain.errors import InvalidMany, OncallError
from oncall_tui.domain.plaintext import visible

USAGE = 2


class NotUnderstood(InvalidMany):
    """Something on the command line makes no sense."""

    exit_status = USAGE


def shape(error: OncallError) -> dict[str, str]:
    """An error as every `--json` shows it."""
    return {"path": error.path, "code": error.code, "message": error.sentence, "mend": error.mend}


def report(errors: Iterable[OncallError], *, as_json: bool) -> None:
    """Say what went wrong and how to mend it."""
    parts = [part for error in errors for part in error.parts]
    if as_json:
        say_json({"errors": [shape(part) for part in parts]})
        return
    for part in parts:
        click.echo(line(part), err=True)


def line(error: OncallError) -> str:
    """`error: path: sentence (mend)`, harmless to a terminal."""
    path = f"{error.path}: " if error.path else ""
    mend = f" ({error.mend.rstrip('.')})" if error.mend else ""
    return visible(f"error: {path}{error.sentence.rstrip('.')}{mend}")


def of_click(error: click.ClickException) -> OncallError:
    """A usage error of click's as one of ours."""
    ctx = getattr(error, "ctx", None)
    command = ctx.command_path if ctx is not None else "oncall"
    param = getattr(error, "param", None)
    path = param.opts[0] if isinstance(param, click.Option) else (param.human_readable_name if param else "")
    return OncallError(
        error.format_message().rstrip(".").replace("\n", " "),
        path=path,
        mend=f"see '{command} --help'",
        code="usage",
    )


def verb_missing(error: click.UsageError) -> OncallError:
    """A group that was called without a verb."""
    command = error.ctx.command_path if error.ctx is not None else "oncall"
    return OncallError(f"'{command}' needs a verb", mend=f"see '{command} --help'", code="usage")


def wants_json(arguments: Sequence[str]) -> bool:
    """Whether `--json` stands among the arguments; for errors that come before they are read."""
    flags = arguments[: arguments.index("--")] if "--" in arguments else arguments
    return "--json" in flags
