"""Signing secrets in a config file: sealed, written as ***, kept where the file says nothing, cleared by command."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from oncall_tui.domain.errors import InvalidMany
from oncall_tui.intake.sources import DIALECTS
from oncall_tui.ops.config import apply, export
from oncall_tui.ops.config.checks.services import SIGNED
from oncall_tui.ops.integrations import editing
from oncall_tui.storage.tables import integrations
from tests.support.house import House

CONFIG = """
version: 1
services: [{name: checkout}]
integrations:
  - {name: sentry, kind: sentry, service: checkout, key: "0123456789abcdef0123456789abcdef"SECRET}
"""


def config(secret: str | None) -> str:
    return CONFIG.replace("SECRET", f', secret: "{secret}"' if secret is not None else "")


def stored(house: House) -> str | None:
    with house.store.read() as conn:
        sealed = conn.execute(select(integrations.c.secret)).scalar_one()
    return house.session.cipher().unseal(sealed) if sealed is not None else None


def test_a_secret_is_sealed_shown_as_stars_and_kept(house: House) -> None:
    apply(house.session, config("hush-hush"), addresses=False)
    assert stored(house) == "hush-hush"
    with house.store.read() as conn:
        assert "hush" not in str(conn.execute(select(integrations.c.secret)).scalar_one())
    told = export(house.session)
    assert "hush" not in told
    assert 'secret: "***"' in told or "secret: '***'" in told or "secret: ***" in told
    assert "hush-hush" in export(house.session, with_secrets=True)
    for again in (told, config("***"), config(None), config("hush-hush")):
        assert apply(house.session, again, addresses=False).changed == ()
        assert stored(house) == "hush-hush"
    assert [one.name for one in apply(house.session, config("other"), addresses=False).changed] == ["sentry"]
    assert stored(house) == "other"
    editing.sign_with(house.session, "sentry", None)
    assert stored(house) is None


def test_stars_keep_only_what_is_there(sqlite_house: House) -> None:
    with pytest.raises(InvalidMany) as refused:
        apply(sqlite_house.session, config("***"), addresses=False)
    (error,) = refused.value.errors
    assert (error.path, error.code) == ("integrations[0].secret", "nothing_kept")


def test_a_secret_that_nobody_signs_with_is_warned_of(sqlite_house: House) -> None:
    unsigned = config("hush").replace("kind: sentry", "kind: generic")
    warnings = apply(sqlite_house.session, unsigned, addresses=False).warnings
    assert any("sign nothing" in one.sentence for one in warnings)


def test_the_kinds_that_sign_are_those_whose_dialects_verify() -> None:
    assert {kind for kind, dialect in DIALECTS.items() if dialect.verify is not None} == SIGNED
