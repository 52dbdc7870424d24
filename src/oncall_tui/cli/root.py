"""`oncall` itself: finds the verb's module, and turns whatever goes wrong into lines and an exit status."""

from __future__ import annotations

import errno
import os
import sys
import traceback
from collections.abc import Sequence
from importlib import import_module
from typing import Any, NoReturn

import click

from oncall_tui import __version__
from oncall_tui.cli.frame.failing import USAGE, of_click, report, verb_missing, wants_json
from oncall_tui.cli.frame.flags import Family, said
from oncall_tui.cli.frame.printing import say, say_json
from oncall_tui.domain.errors import OncallError
from oncall_tui.domain.plaintext import visible

INTERRUPTED = 130
NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)

ROOMS = {
    "incidents.acts": ("trigger", "ack", "resolve", "escalate", "assign", "snooze", "note", "merge", "undo", "edit"),
    "incidents.reading": ("incidents", "show"),
    "incidents.watch": ("watch",),
    "incidents.why": ("why",),
    "incidents.maintenance": ("maintenance",),
    "incidents.silence": ("silence",),
    "incidents.heartbeat": ("heartbeat",),
    "on_call.who": ("who",),
    "on_call.schedule": ("schedule",),
    "on_call.override": ("override",),
    "on_call.take": ("take",),
    "on_call.leave": ("leave",),
    "on_call.calendar": ("calendar",),
    "foreseeing.simulate": ("simulate",),
    "foreseeing.check": ("check",),
    "foreseeing.replay": ("replay",),
    "people.user": ("user",),
    "estate.team": ("team",),
    "estate.service": ("service",),
    "estate.policy": ("policy",),
    "integrations.integration": ("integration",),
    "integrations.token": ("token",),
    "house.config": ("config",),
    "house.database": ("db",),
    "house.worker": ("worker",),
    "house.status": ("status", "notices"),
    "house.report": ("report",),
    "estate.audit": ("audit",),
    "house.demo": ("demo",),
}
"""The verbs, in the order of `oncall --help`, by the module of `cli.verbs` in which they are functions."""

_ROOM_OF = {verb: room for room, verbs in ROOMS.items() for verb in verbs}


class Root(Family):
    """The group of all verbs."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """Every verb."""
        return list(_ROOM_OF)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - click's
        """The verb, loaded now."""
        room = _ROOM_OF.get(cmd_name)
        if room is None:
            return None
        command: click.Command = getattr(import_module(f"oncall_tui.cli.verbs.{room}"), cmd_name)
        return command

    def main(
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = None,
        complete_var: str | None = None,
        standalone_mode: bool = True,  # noqa: ARG002 - click's signature; we always end the process
        windows_expand_args: bool = True,
        **extra: Any,
    ) -> NoReturn:
        """Run the command line and end the process with its exit status."""
        arguments = [_as_text(given) for given in (sys.argv[1:] if args is None else args)]
        as_json = wants_json(arguments)
        try:
            ended = super().main(
                arguments,
                prog_name or "oncall",
                complete_var,
                standalone_mode=False,
                windows_expand_args=windows_expand_args,
                **extra,
            )
            sys.stdout.flush()
        except click.exceptions.NoArgsIsHelpError as error:
            if as_json:
                report([verb_missing(error)], as_json=True)
            else:
                click.echo(error.format_message(), err=True)
            sys.exit(USAGE)
        except click.ClickException as error:
            report([of_click(error)], as_json=as_json)
            sys.exit(USAGE)
        except (click.Abort, KeyboardInterrupt):
            sys.exit(INTERRUPTED)
        except OncallError as error:
            report([error], as_json=as_json)
            sys.exit(error.exit_status)
        except BrokenPipeError:
            # Whoever read our output has gone.
            _let_go_of_output()
            sys.exit(1)
        except Exception as error:  # noqa: BLE001 - a fault of ours: whoever reads JSON gets JSON all the same
            _tell_fault(error, as_json=as_json)
            sys.exit(1)
        sys.exit(ended if isinstance(ended, int) else 0)


def _tell_fault(error: Exception, *, as_json: bool) -> None:
    if isinstance(error, OSError) and error.errno in NO_ROOM:
        _let_go_of_output()
        report([_unsaid(error)], as_json=False)  # what was to be said may lie there by halves
        return
    for line in traceback.format_exc().splitlines():
        click.echo(visible(line), err=True)
    report([_fault(error)], as_json=as_json)


def _fault(error: Exception) -> OncallError:
    return OncallError(
        f"this is a fault of oncall itself: {type(error).__name__}", mend="report it with the lines above", code="fault"
    )


def _unsaid(error: OSError) -> OncallError:
    return OncallError(f"the answer can't be written: {error.strerror}", mend="free some space", code="no_room")


def _let_go_of_output() -> None:
    """What is still in the buffer goes nowhere: Python would complain again when it flushes at exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _version() -> str:
    """The version as installed, with the commit it was built from."""
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("oncall-tui")
    except PackageNotFoundError:
        return __version__


def _as_text(argument: str) -> str:
    """An argument whose bytes are no UTF-8 (a script's Latin-1 title) with U+FFFD for them: no database keeps those."""
    return argument.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def _tell_version(ctx: click.Context, _param: click.Parameter, value: bool) -> None:
    if not value or ctx.resilient_parsing:
        return
    if said().json or wants_json(sys.argv[1:]):
        say_json({"version": _version()})
    else:
        say(f"oncall {_version()}")
    ctx.exit()


@click.group(cls=Root, invoke_without_command=True, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--version", is_flag=True, is_eager=True, expose_value=False, callback=_tell_version, help="Tell the version."
)
@click.pass_context
def root(ctx: click.Context) -> None:
    """On-call and incident response in the terminal. Without a verb: the terminal UI."""
    if ctx.invoked_subcommand is None:
        from oncall_tui.cli.verbs.house.terminal import open_terminal

        open_terminal()


def main() -> NoReturn:
    """The program `oncall`."""
    _open_what_is_closed()
    for stream in (sys.stdout, sys.stderr):
        # A terminal whose encoding lacks a sign gets its escape, not a traceback.
        stream.reconfigure(errors="backslashreplace")  # type: ignore[union-attr] # these two are text streams of files
    root.main()


def _open_what_is_closed() -> None:
    """Give a process that was started with closed streams (`>&-`) the null device for them.

    Otherwise the next file opened, the database, would be its standard output.
    """
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # takes the lowest free number: this one
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115 - as long as the process
