"""From the flags to settings, to an open database, to the directory of a config file."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from oncall_tui.cli.frame.failing import NotUnderstood
from oncall_tui.cli.frame.flags import said
from oncall_tui.domain.errors import InvalidMany, MissingFile

if TYPE_CHECKING:
    from oncall_tui.domain.world import World
    from oncall_tui.ops.session import Session
    from oncall_tui.settings import Settings
    from oncall_tui.storage.engine import Store

config_option = click.option(
    "--config",
    type=click.Path(path_type=Path, allow_dash=True),
    metavar="FILE",
    help="Ask this config file; no database is needed then.",
)


def settings_of_flags(**flags: Any) -> Settings:
    """The settings of this command: file, environment, global flags and its own."""
    from oncall_tui.settings import load_settings

    try:
        return load_settings({"database": said().database, "user": said().user, **flags})
    except InvalidMany as error:
        if all(part.path.startswith("--") for part in error.parts):
            raise NotUnderstood(error.parts) from None
        raise


@contextmanager
def session_of_flags() -> Iterator[Session]:
    """The configured database with whoever runs this command at it."""
    from oncall_tui.ops.session import open_session

    session = open_session(settings_of_flags(), via="cli")
    try:
        yield session
    finally:
        session.close()


@contextmanager
def store_of_flags() -> Iterator[Store]:
    """The configured database, at whatever revision it is."""
    from oncall_tui.storage.engine import open_store

    settings = settings_of_flags()
    store = open_store(settings.database, busy_timeout=settings.busy_timeout, any_disk=settings.any_disk)
    try:
        yield store
    finally:
        store.close()


def is_missing(settings: Settings) -> bool:
    """Whether the database is a SQLite file that is not there."""
    from oncall_tui.storage.drivers.address import SqliteAddress, read_address

    address = read_address(settings.database)
    return isinstance(address, SqliteAddress) and not address.path.exists()


def make_database(settings: Settings) -> None:
    """Make the SQLite file if there is none, and the tables if there are none; an older database is left as it is."""
    from oncall_tui.storage.engine import open_store
    from oncall_tui.storage.revision import current

    store = open_store(settings.database, busy_timeout=settings.busy_timeout, any_disk=settings.any_disk)
    try:
        store.create()
        if current(store) is None:
            from oncall_tui.storage.migrate import upgrade

            upgrade(store)
    finally:
        store.close()


def world_of_flags(config: Path | None) -> World:
    """The directory of a config file, without any database, or of the configured database."""
    if config is not None:
        from oncall_tui.ops.config.validation import validate
        from oncall_tui.ops.config.worlds import world_of

        return world_of(validate(text_of(config), addresses=False).config)
    with session_of_flags() as session, session.reading() as conn:
        return session.directory.world(conn)


def world_ahead_of_flags(config: Path | None) -> World:
    """The same to look ahead in: with the turns of round robin steps as the database keeps them."""
    if config is not None:
        return world_of_flags(config)
    from oncall_tui.ops.reading.incidents.foreseen import world_ahead

    with session_of_flags() as session:
        return world_ahead(session)


def text_of(file: Path) -> str:
    """The text of a file; `-` is stdin. Raises MissingFile."""
    if str(file) == "-":
        return sys.stdin.read()
    try:
        return file.read_text(encoding="utf-8")
    except OSError as error:
        raise MissingFile(f"{file} can't be read: {error.strerror}", mend="check the path") from error
    except UnicodeDecodeError as error:
        raise MissingFile(f"{file} is no UTF-8 text", mend="save it as UTF-8") from error
