"""What every test may use: databases of both kinds, and the rules that all tests keep."""

from __future__ import annotations

import os
import shutil
import socket
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from tests.support import compiled, measuring, postgres, verdicts
from tests.support.shelf import Shelf

SERVER_VARIABLE = "ONCALL_TESTS_POSTGRES"
STRICT_VARIABLE = "ONCALL_REQUIRE_SYSTEM_TESTS"
SIZE_VARIABLE = "ONCALL_FAULTS"  # "full": the long form of tests/faults
FUZZ_VARIABLE = "ONCALL_FUZZ"  # how many examples each fuzz test of a dialect draws, `make fuzz`
LOOPBACK = ("127.", "::1", "localhost", "0.0.0.0")

settings.register_profile("tests", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("tests")

_server: postgres.PostgresServer | None = None


def _start_server() -> str:
    global _server  # noqa: PLW0603 - one server for the whole run
    _server = postgres.PostgresServer()
    url = _server.url("postgres")
    postgres.make_template(url)
    os.environ[SERVER_VARIABLE] = url
    return url


def pytest_configure(config: pytest.Config) -> None:
    """Start the server before the workers of a parallel run, which share it; a plain run starts it when needed."""
    # The processes that tests start would else compile every module anew, each of them.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    ours = (SERVER_VARIABLE, STRICT_VARIABLE, SIZE_VARIABLE, FUZZ_VARIABLE)
    for name in [name for name in os.environ if name.startswith("ONCALL_") and name not in ours]:
        del os.environ[name]
    # What a terminal or a pipeline says about colours and sizes is not what the tests are about.
    for name in ("NO_COLOR", "FORCE_COLOR", "COLORTERM", "COLUMNS", "LINES"):
        os.environ.pop(name, None)
    compiled.share_among_engines()
    verdicts.keep_verdicts()
    is_worker = hasattr(config, "workerinput")
    if is_worker:
        # The workers of a run are measured; the programs that tests start are judged by what they do.
        for name in ("COVERAGE_PROCESS_START", "COVERAGE_PROCESS_CONFIG"):
            os.environ.pop(name, None)
    if not is_worker and getattr(config.option, "numprocesses", None) and not config.option.collectonly:
        _start_server()


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop the server that this process started."""
    global _server  # noqa: PLW0603 - one server for the whole run
    if _server is not None:
        _server.stop()
        _server = None
        os.environ.pop(SERVER_VARIABLE, None)


def pytest_runtest_setup(item: pytest.Item) -> None:
    """A test that needs a program skips where it is missing; in CI it is installed, and a skip is a failure."""
    for marker in item.iter_markers("system"):
        program = marker.args[0]
        if shutil.which(program) is None:
            if os.environ.get(STRICT_VARIABLE):
                pytest.fail(f"{program} is not installed, and here no system test may be skipped")
            pytest.skip(f"{program} is not installed")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """Measure what each line of ours needs to be run once for, and no more."""
    if measuring.is_measured(item):
        return (yield)
    with measuring.unmeasured():
        return (yield)


@pytest.fixture(autouse=True)
def loopback_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test speaks with anything but this machine."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: Any) -> None:
        if self.family in (socket.AF_INET, socket.AF_INET6) and not str(address[0]).startswith(LOOPBACK):
            raise AssertionError(f"a test tried to connect to {address}")
        return connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", guarded)


@pytest.fixture(scope="session")
def postgres_server() -> str:
    """The address of the server's maintenance database."""
    return os.environ.get(SERVER_VARIABLE) or _start_server()


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite database at the code's revision, to copy."""
    from oncall_tui.storage.engine import open_store
    from oncall_tui.storage.migrate import upgrade

    path = tmp_path_factory.mktemp("migrated") / "oncall.db"
    store = open_store(str(path))
    upgrade(store)
    store.close()
    return path


@pytest.fixture
def sqlite_url(tmp_path: Path, migrated_file: Path) -> str:
    """A fresh SQLite database at the code's revision."""
    path = tmp_path / "oncall.db"
    shutil.copy(migrated_file, path)
    return f"sqlite:///{path}"


@pytest.fixture(scope="session")
def postgres_shelf(postgres_server: str) -> Iterator[Shelf]:
    """Where PostgreSQL databases at the code's revision are taken from."""
    shelf = Shelf(postgres_server)
    yield shelf
    shelf.clear()


@pytest.fixture
def postgres_url(postgres_shelf: Shelf) -> Iterator[str]:
    """An empty PostgreSQL database at the code's revision."""
    url = postgres_shelf.take()
    yield url
    postgres_shelf.give_back(url)


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """A fresh database at the code's revision, once of each kind."""
    return str(request.getfixturevalue("sqlite_url" if request.param == "sqlite" else "postgres_url"))


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database that nobody has migrated, once of each kind; on SQLite not even the file is there."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'oncall.db'}"
        return
    server = str(request.getfixturevalue("postgres_server"))
    url = postgres.make_database(server)
    yield url
    postgres.drop_database(server, url)
