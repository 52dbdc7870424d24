"""The export: applied again it changes nothing, and it shows no secret unasked."""

from __future__ import annotations

import pytest

from oncall_tui.domain.directory.people import Role
from oncall_tui.domain.errors import Forbidden
from oncall_tui.ops.config import apply, export, validate
from oncall_tui.ops.config.yaml.reading import read_yaml
from oncall_tui.storage.cipher import digest
from tests.support.configs import KEY, WHOLE
from tests.support.house import House


@pytest.mark.parametrize("with_secrets", [False, True])
def test_it_applies_again_to_no_change(house: House, with_secrets: bool) -> None:
    apply(house.session, WHOLE, addresses=False)
    written = export(house.session, with_secrets)
    assert apply(house.session, written, prune=True, addresses=False).changed == ()
    assert export(house.session, with_secrets) == written


def test_without_being_asked_it_shows_no_secret(house: House) -> None:
    apply(house.session, WHOLE, addresses=False)
    written = export(house.session)
    assert "127.0.0.1" not in written
    assert KEY not in written
    assert digest(KEY) not in written
    assert written.count("'***'") == 12


def test_with_secrets_it_fills_another_database(house: House) -> None:
    apply(house.session, WHOLE, addresses=False)
    written = export(house.session, with_secrets=True)
    assert "json://127.0.0.1:9/ana" in written
    assert digest(KEY) in written
    assert KEY not in written
    assert (
        validate(written, addresses=False).config.plain()["users"]
        == validate(WHOLE, addresses=False).config.plain()["users"]
    )


def test_only_an_admin_gets_secrets(house: House) -> None:
    with pytest.raises(Forbidden):
        export(house.as_user("ana", Role.RESPONDER), with_secrets=True)


def test_nothing_configured_is_a_file_too(house: House) -> None:
    assert read_yaml(export(house.session)) == {"version": 1}


def test_an_override_of_somebody_who_has_left_is_left_out(sqlite_house: House) -> None:
    people = "version: 1\nusers: [{username: ana}, {username: bo}]\nschedules: [{name: s, timezone: UTC"
    past = "overrides: [{user: bo, start: 2020-01-01T00:00, end: 2020-01-02T00:00}]"
    apply(sqlite_house.session, f"{people}, {past}}}]", addresses=False)
    apply(sqlite_house.session, "version: 1\nusers: [{username: ana}]", prune=True, addresses=False)
    written = export(sqlite_house.session)
    assert "bo" not in written
    assert apply(sqlite_house.session, written, prune=True, addresses=False).changed == ()
