"""docs/responding.md and the command line name the same commands and options."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from oncall_tui.cli.frame.flags import Globals
from oncall_tui.cli.root import root

DOCS = Path(__file__).resolve().parents[2] / "docs"
PAGE = (DOCS / "responding.md").read_text(encoding="utf-8")
ROW = re.compile(r"^\| `oncall(?P<command>[a-z ]*)(?: [^`]*)?` \| (?P<does>.*) \|$", re.MULTILINE)
GLOBAL = {*(f"--{name}" for name in Globals.__dataclass_fields__), "--help", "--version"}


def commands(group: click.Group, path: tuple[str, ...] = ()) -> Iterator[tuple[str, click.Command]]:
    """Every command that does something, by its words."""
    ctx = click.Context(group, info_name="oncall")
    for name in group.list_commands(ctx):
        command = group.get_command(ctx, name)
        assert command is not None
        if isinstance(command, click.Group):
            yield from commands(command, (*path, name))
        else:
            yield " ".join((*path, name)), command


COMMANDS = dict(commands(root))
DOCUMENTED = {match["command"].strip(): match[0] for match in ROW.finditer(PAGE)}


def test_the_page_names_every_command_and_no_other() -> None:
    assert set(DOCUMENTED) == {"", *COMMANDS}


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_the_page_names_every_option(name: str) -> None:
    known = {
        option
        for param in COMMANDS[name].params
        if isinstance(param, click.Option) and not param.hidden
        for option in param.opts
        if option.startswith("--")
    }
    assert known >= {"--database", "--user", "--json"}
    told = set(re.findall(r"--[a-z-]+", DOCUMENTED[name]))
    assert told == known - GLOBAL


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_every_command_says_what_it_does(name: str) -> None:
    assert COMMANDS[name].help
    for param in COMMANDS[name].params:
        if isinstance(param, click.Option) and not isinstance(param.type, click.Choice) and param.name != "limit":
            assert param.help, f"{name} {param.opts[0]}"


def test_commands_in_other_pages_exist() -> None:
    for page in DOCS.rglob("*.md"):
        for words in re.findall(r"^    oncall ([a-z].*)$", page.read_text(encoding="utf-8"), re.MULTILINE):
            said = words.split()
            known = any(" ".join(said[:count]) in COMMANDS for count in (1, 2, 3))
            assert known, f"{page.name}: oncall {words}"
