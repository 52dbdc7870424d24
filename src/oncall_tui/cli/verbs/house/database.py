"""The database's revision: look at it, bring it up to date, check it."""

from __future__ import annotations

from pathlib import Path

import click

from oncall_tui.cli.frame.flags import Family, said
from oncall_tui.cli.frame.opening import settings_of_flags, store_of_flags
from oncall_tui.cli.frame.printing import say, say_json
from oncall_tui.domain.errors import InvalidMany, OncallError


@click.group(cls=Family)
def db() -> None:
    """The database: its revision and its soundness."""


@db.command()
def upgrade() -> None:
    """Bring the database to this version's revision; a SQLite file that is not there is made."""
    from oncall_tui.storage.migrate import head
    from oncall_tui.storage.migrate import upgrade as bring_up

    with store_of_flags() as store:
        bring_up(store)
        shown = store.shown
    if said().json:
        say_json({"database": shown, "revision": head()})
    else:
        say(f"{shown} is at revision {head()}")


@db.command()
def current() -> None:
    """Tell the database's revision and the one that this version needs."""
    from oncall_tui.storage.revision import current as revision_of
    from oncall_tui.storage.revision import head

    with store_of_flags() as store:
        found = revision_of(store)
        shown = store.shown
    if said().json:
        say_json({"database": shown, "revision": found, "needed": head()})
    else:
        say(f"{shown} is at revision {found or 'none'}, this version needs {head()}")


@db.command()
def check() -> None:
    """Check that the database fits this version and is sound; exit 1 when it is not."""
    from oncall_tui.storage.check import check as wrongs
    from oncall_tui.storage.revision import require_head

    with store_of_flags() as store:
        require_head(store)
        found = wrongs(store)
        shown = store.shown
    if found:
        raise InvalidMany(
            [OncallError(sentence, mend="restore a backup", path="database", code="unsound") for sentence in found]
        )
    if said().json:
        say_json({"database": shown, "sound": True})
    else:
        say(f"{shown} is sound")


@db.command()
@click.argument("file", type=click.Path(path_type=Path))
def backup(file: Path) -> None:
    """Copy the SQLite database into FILE as it is now; workers go on.

    The secret key is not in it: without it the addresses of contacts can't be read.
    """
    from oncall_tui.storage.backup import back_up
    from oncall_tui.storage.cipher import key_file

    settings = settings_of_flags()
    with store_of_flags() as store:
        size = back_up(store, file)
        shown, key = store.shown, key_file(store.address, settings.secret_key_text, settings.secret_key_file)
    if said().json:
        say_json({"database": shown, "backup": str(file), "bytes": size, "key_file": str(key) if key else None})
    else:
        say(f"{shown} is in {file}, {size:,} bytes")
        say(f"keep its key as well: {key or 'it is in your settings'}")
