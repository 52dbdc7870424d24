"""FAULTS C4 19: the migration of an empty database is killed at each of its statements; the next start makes it whole.

Four of them are killed in the test command, by tests/storage/test_migrate.py.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import closing
from itertools import count
from pathlib import Path

import pytest
from sqlalchemy import Engine, event

from oncall_tui.storage import migrate
from oncall_tui.storage.check import check
from oncall_tui.storage.engine import open_store
from tests.faults.scale import FULL
from tests.support import postgres

pytestmark = [
    pytest.mark.timeout(3600),
    pytest.mark.skipif(not FULL, reason="in the long form only: make faults-full"),
]


@pytest.fixture(params=["sqlite", "postgresql"])
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Iterator[str]]:
    """The addresses of as many empty databases as are asked for."""
    if request.param == "sqlite":
        yield (f"sqlite:///{tmp_path / f'{number}.db'}" for number in count())
        return
    server: str = request.getfixturevalue("postgres_server")
    made: list[str] = []

    def fresh() -> Iterator[str]:
        while True:
            made.append(postgres.make_database(server))
            yield made[-1]
            postgres.drop_database(server, made.pop())

    yield fresh()
    for url in made:
        postgres.drop_database(server, url)


def test_c4_19_a_migration_killed_at_each_statement_is_whole_at_the_next_start(empty: Iterator[str]) -> None:
    killed = 0
    for url in empty:
        if not dies_at(killed + 1, url):
            break
        killed += 1
        with closing(open_store(url)) as store:
            migrate.upgrade(store)
            migrate.require_head(store)
            assert check(store) == (), f"killed at statement {killed}"
        if url.startswith("sqlite"):
            Path(url.removeprefix("sqlite:///")).unlink()
    print(f"c4-19: killed at each of {killed} statements, whole each time")
    assert killed > 100


def dies_at(statement: int, url: str) -> bool:
    """Whether a process of its own that migrates is killed at this statement; False when it has ended before."""
    child = os.fork()
    if not child:
        _migrate_and_die(statement, url)
    _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status):
        assert os.WTERMSIG(status) == signal.SIGKILL
        return True
    assert os.WEXITSTATUS(status) == 0
    return False


def _migrate_and_die(left: int, url: str) -> None:
    """Never returns."""

    @event.listens_for(Engine, "before_cursor_execute")
    def _(*_: object) -> None:
        nonlocal left
        left -= 1
        if not left:
            os.kill(os.getpid(), signal.SIGKILL)

    try:
        migrate.upgrade(open_store(url))
    except BaseException:  # the test of the parent must not go on in here
        os._exit(1)
    os._exit(0)
