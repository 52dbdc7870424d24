"""Which integration a key opens, and until when."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import insert, update

from oncall_tui.domain.directory.services import Integration
from oncall_tui.domain.world import World
from oncall_tui.ops.intake.intake_keys import IntakeKeys
from oncall_tui.storage.cipher import digest
from oncall_tui.storage.engine import Store, open_store
from oncall_tui.storage.migrate import upgrade
from oncall_tui.storage.tables import integration_keys, integrations, services

NOW = datetime(2026, 1, 5, 10, tzinfo=UTC)
MONITOR = Integration("monitor", "generic", "checkout")


def world(integration: Integration = MONITOR, revision: int = 1) -> World:
    return World(integrations={integration.name: integration}, revision=revision)


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    made = open_store(database_url)
    upgrade(made)
    with made.write() as conn:
        conn.execute(insert(services), {"id": 1, "name": "checkout"})
        conn.execute(insert(integrations), {"id": 1, "name": "monitor", "kind": "generic", "service_id": 1})
        for number, key in enumerate(("first-key", "second-key")):
            conn.execute(
                insert(integration_keys),
                {"id": number, "integration_id": 1, "digest": digest(key), "made_at": NOW},
            )
    yield made
    made.close()


def opens(store: Store, key: str, directory: World | None = None, now: datetime = NOW) -> Integration | None:
    with store.read() as conn:
        return IntakeKeys().integration(conn, directory or world(), key, now)


def test_each_of_several_keys_opens(store: Store) -> None:
    assert opens(store, "first-key") == opens(store, "second-key") == MONITOR


@pytest.mark.parametrize(
    "key", ["", "first-ke", "FIRST-KEY", digest("first-key"), pytest.param("k" * 1_000_000, id="giant"), "\ufffd"]
)
def test_nothing_else_opens(store: Store, key: str) -> None:
    assert opens(store, key) is None


def test_a_key_ends_at_its_instant(store: Store) -> None:
    with store.write() as conn:
        conn.execute(update(integration_keys).values(expires_at=NOW))
    assert opens(store, "first-key", now=NOW - timedelta(microseconds=1)) == MONITOR
    assert opens(store, "first-key", now=NOW) is None


def test_a_revoked_key_opens_nothing(store: Store) -> None:
    with store.write() as conn:
        conn.execute(update(integration_keys).where(integration_keys.c.id == 0).values(revoked_at=NOW))
    assert opens(store, "first-key") is None
    assert opens(store, "second-key") == MONITOR


def test_a_disabled_or_unknown_integration_opens_nothing(store: Store) -> None:
    off = Integration("monitor", "generic", "checkout", enabled=False)
    assert opens(store, "first-key", world(off)) is None
    assert opens(store, "first-key", World()) is None


def test_the_table_is_read_again_when_the_directory_has_changed(store: Store) -> None:
    keys = IntakeKeys()
    with store.read() as conn:
        assert keys.integration(conn, world(), "third-key", NOW) is None
    with store.write() as conn:
        conn.execute(
            insert(integration_keys), {"id": 9, "integration_id": 1, "digest": digest("third-key"), "made_at": NOW}
        )
    with store.read() as conn:
        assert keys.integration(conn, world(), "third-key", NOW) is None
        assert keys.integration(conn, world(revision=2), "third-key", NOW) == MONITOR
