"""Who acts, on which database: what every face opens once and hands to the use cases."""

from __future__ import annotations

import getpass
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from oncall_tui.clock import Clock, SystemClock
from oncall_tui.domain.directory.people import Role
from oncall_tui.domain.errors import Forbidden
from oncall_tui.ops.directory import Directory
from oncall_tui.storage.engine import Store, open_store
from oncall_tui.storage.looking import Look
from oncall_tui.storage.reading import overview
from oncall_tui.storage.revision import require_head

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from oncall_tui.settings import Settings
    from oncall_tui.storage.cipher import Cipher


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Who acts and by which way. `username` is None for somebody the directory does not know: they may only look.

    `wanted` is the name that was given for such a one, if any was. `keeper`: there is no admin, so whoever can open the
    database may configure it; else nobody ever could again.
    """

    username: str | None
    role: Role
    os_account: str
    via: str
    wanted: str | None = None
    keeper: bool = False

    @property
    def name(self) -> str:
        """The name for the timeline."""
        return self.username or self.os_account

    def may_act(self) -> None:
        """Raise Forbidden, with the way out, unless this actor may change incidents."""
        if self.username is None and self.role is not Role.ADMIN:
            raise Forbidden(
                f"'{self.wanted or self.os_account}' is nobody the team knows: you may look, not act",
                mend="ask an admin to add you to the config file, or name yourself with --user or ONCALL_USER",
            )
        if self.role is Role.VIEWER:
            raise Forbidden(f"{self.name} may look but not act", mend="ask an admin for the role responder")

    def may_configure(self) -> None:
        """Raise Forbidden unless this actor may change the directory."""
        if self.role is not Role.ADMIN and not self.keeper:
            raise Forbidden(f"{self.name} is no admin", mend="ask an admin to do it or to give you the role admin")


@dataclass(frozen=True, slots=True)
class Session:
    """An open database and the person at it. Close it when done."""

    store: Store
    directory: Directory
    clock: Clock
    actor: Actor
    settings: Settings

    def now(self) -> datetime:
        """The process clock's instant, aware and in UTC."""
        return self.clock.now()

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A short read transaction."""
        with self.store.read() as conn:
            yield conn

    @contextmanager
    def looking(self) -> Iterator[Look]:
        """A short read transaction for questions in SQL text: what a terminal needs to show its screen."""
        with self.store.look() as look:
            yield look

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """One write transaction: committed as a whole at the end, or not at all."""
        with self.store.write() as conn:
            yield conn

    def as_actor(self, actor: Actor) -> Session:
        """The same database with somebody else at it."""
        return replace(self, actor=actor)

    def cipher(self) -> Cipher:
        """What seals and unseals secrets; opened at its first use, since most acts need none."""
        from oncall_tui.storage.cipher import Cipher

        return Cipher.open(self.store, self.settings.secret_key_text, self.settings.secret_key_file)

    def close(self) -> None:
        """Give the database back."""
        self.store.close()


def open_session(settings: Settings, *, via: str, clock: Clock | None = None) -> Session:
    """Open the configured database, at the code's own revision, as the person who runs this process.

    Raises DatabaseAway when it can't be reached and WrongRevision, naming the mending command, when its revision is
    another than the code's.
    """
    store = open_store(settings.database, busy_timeout=settings.busy_timeout, any_disk=settings.any_disk)
    try:
        require_head(store)
        directory = Directory(store)
        with store.look() as look:
            actor = identify(look, settings.user, via)
    except BaseException:
        store.close()
        raise
    return Session(store, directory, clock or SystemClock(), actor, settings)


def os_account() -> str:
    """The operating system's name for whoever runs this process: the real uid's, never the environment's word."""
    try:
        import pwd

        return pwd.getpwuid(os.getuid()).pw_name
    except (ImportError, KeyError):
        return getpass.getuser()


def identify(conn: Connection | Look, wanted: str | None, via: str) -> Actor:
    """Who acts: the wanted name, else the OS account's. With no users at all, the local caller is admin."""
    account = os_account()
    name = wanted or account
    keeper = not overview.has_admin(conn)
    role = overview.role_of(conn, name)
    if role is not None:
        return Actor(username=name, role=Role(role), os_account=account, via=via, keeper=keeper)
    role_of_strangers = Role.VIEWER if overview.has_users(conn) else Role.ADMIN
    return Actor(username=None, role=role_of_strangers, os_account=account, via=via, wanted=wanted, keeper=keeper)
