"""Who acts: the wanted name, else the OS account's; and nobody is ever locked out of the configuration."""

from __future__ import annotations

from pathlib import Path

import pytest

from oncall_tui.domain.directory.people import Role
from oncall_tui.domain.errors import Forbidden
from oncall_tui.ops.config import apply
from oncall_tui.ops.session import identify, os_account
from tests.support.house import House

NOBODY = "version: 1\n"
NO_ADMIN = "version: 1\nusers: [{username: ana}]\n"
ADMIN = "version: 1\nusers: [{username: ana, role: admin}, {username: bo}]\n"


def test_with_no_users_at_all_the_local_caller_is_admin(database_url: str, tmp_path: Path) -> None:
    with House(database_url, NOBODY, tmp_path) as house, house.store.read() as conn:
        actor = identify(conn, "whoever", "test")
    assert (actor.username, actor.role, actor.os_account) == (None, Role.ADMIN, os_account())
    actor.may_act()
    actor.may_configure()


def test_the_wanted_name_counts_and_the_account_is_recorded(sqlite_url: str, tmp_path: Path) -> None:
    with House(sqlite_url, ADMIN, tmp_path) as house, house.store.read() as conn:
        bo = identify(conn, "bo", "test")
    assert (bo.username, bo.role, bo.name) == ("bo", Role.RESPONDER, "bo")
    bo.may_act()
    with pytest.raises(Forbidden, match="bo is no admin"):
        bo.may_configure()


def test_a_stranger_may_only_look(sqlite_url: str, tmp_path: Path) -> None:
    with House(sqlite_url, ADMIN, tmp_path) as house, house.store.read() as conn:
        stranger = identify(conn, "ghost", "test")
    with pytest.raises(Forbidden) as refused:
        stranger.may_act()
    assert "--user" in refused.value.mend
    with pytest.raises(Forbidden):
        stranger.may_configure()


def test_without_an_admin_nobody_is_locked_out_of_the_configuration(sqlite_url: str, tmp_path: Path) -> None:
    with House(sqlite_url, NO_ADMIN, tmp_path) as house:
        with house.store.read() as conn:
            stranger, ana = identify(conn, "ghost", "test"), identify(conn, "ana", "test")
        with pytest.raises(Forbidden):
            stranger.may_act()
        for actor in (stranger, ana):
            apply(house.session.as_actor(actor), NO_ADMIN.replace("ana", "ana, role: responder"), addresses=False)
        apply(house.session.as_actor(ana), ADMIN, addresses=False)
        with house.store.read() as conn, pytest.raises(Forbidden):
            identify(conn, "bo", "test").may_configure()
