"""Real processes for end-to-end tests: the worker, Alertmanager, a terminal inside tmux."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

PATIENCE = 90.0  # seconds that a condition may take: a guard against hanging, never a measure of speed
LOOK_EVERY = 0.02
PATIENT = {"ONCALL_LEASE": "60s", "ONCALL_SEND_TIMEOUT": "60s"}
"""Of a worker under test: it gives nobody up for being slow, unless that is what its test is about."""


def wait_until(condition: Callable[[], Any], what: str, patience: float = PATIENCE) -> Any:
    """The first true value of the condition; fails, naming what was waited for, when it does not come."""
    end = time.monotonic() + patience
    while True:
        found = condition()
        if found:
            return found
        if time.monotonic() > end:
            raise AssertionError(f"waited {patience:.0f} s in vain for {what}")
        time.sleep(LOOK_EVERY)


def oncall_environment(url: str, extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """An environment for `oncall` that knows the database and nothing of this machine's own settings."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("ONCALL_")}
    # What a terminal remembers of its last run is nothing to the next test's.
    state = tempfile.mkdtemp(prefix="oncall-state-")
    kept |= {"ONCALL_DATABASE": url, "ONCALL_SETTINGS": os.devnull, "NO_COLOR": "1", "XDG_STATE_HOME": state}
    if url.startswith("postgresql"):
        kept["ONCALL_SECRET_KEY"] = "dGVzdHMtb25seS0zMi1ieXRlLXNlY3JldC1rZXkhISE="
    return kept | dict(extra or {})


UNREACHABLE = 3  # the exit status of one that finds no database, or its port taken
ONCALL = (sys.executable, "-m", "oncall_tui")


def oncall(
    url: str, *arguments: str, env: Mapping[str, str] | None = None, expect: int | None = 0
) -> subprocess.CompletedProcess[str]:
    """Run one `oncall` command; its exit status must be `expect` unless that is None."""
    done = subprocess.run(
        [*ONCALL, *arguments],
        env=oncall_environment(url, env),
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        stdin=subprocess.DEVNULL,
        check=False,
    )
    if expect is not None and done.returncode != expect:
        raise AssertionError(f"oncall {' '.join(arguments)} → {done.returncode}\n{done.stdout}\n{done.stderr}")
    return done


class WorkerProcess:
    """A real `oncall worker`, its address, and what it printed."""

    def __init__(self, url: str, folder: Path, env: Mapping[str, str] | None = None, *, waits: bool = True) -> None:
        self._log = (folder / f"worker-{time.monotonic_ns()}.log").open("w+")
        self._environment = oncall_environment(url, PATIENT | dict(env or {}))
        self.process = self._start()
        self.address = self._ready() if waits else ""  # one that is to die may do so before it is ready

    def _start(self) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [*ONCALL, "worker", "--listen", "127.0.0.1:0"],
            env=self._environment,
            stdout=subprocess.PIPE,
            stderr=self._log,
            stdin=subprocess.DEVNULL,
            text=True,
        )

    def _ready(self) -> str:
        """Its address; one that could not reach the database is started again, as whoever supervises it would."""
        end = time.monotonic() + PATIENCE
        while True:
            assert self.process.stdout is not None
            for line in self.process.stdout:
                if line.startswith("ready "):
                    return line.split()[1].strip().rstrip("/")
            if self.process.wait(PATIENCE) != UNREACHABLE or time.monotonic() > end:
                break
            self.process.stdout.close()
            self.process = self._start()
        raise AssertionError(f"the worker ended with {self.process.returncode} before it was ready:\n{self.log}")

    @property
    def log(self) -> str:
        """What it wrote to stderr so far."""
        return Path(self._log.name).read_text()

    def kill(self) -> None:
        """kill -9."""
        self.process.kill()
        self.process.wait(PATIENCE)

    def wait_dead(self, patience: float = 2 * PATIENCE) -> int:
        """Wait for it to end by itself; its return code (-9: SIGKILL). One that finds no database starts again."""
        end = time.monotonic() + patience
        while (status := self.process.wait(patience)) == UNREACHABLE and time.monotonic() < end:
            assert self.process.stdout is not None
            self.process.stdout.close()
            self.process = self._start()
        return status

    def stop(self) -> int:
        """SIGTERM; its exit status."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(PATIENCE)
        finally:
            if self.process.poll() is None:
                self.process.kill()
            if self.process.stdout is not None:
                self.process.stdout.close()
            self._log.close()


@contextmanager
def worker(url: str, folder: Path, env: Mapping[str, str] | None = None) -> Iterator[WorkerProcess]:
    """A running worker, stopped at the end; a dirty end of one still running fails the test."""
    process = WorkerProcess(url, folder, env)
    try:
        yield process
    finally:
        killed = process.process.poll() is not None
        log = process.log
        status = process.stop()
    if not killed and status != 0:
        raise AssertionError(f"the worker ended with {status}:\n{log}")


def post(url: str, body: object, *, headers: Mapping[str, str] | None = None) -> tuple[int, Any]:
    """POST JSON (or raw bytes), again while the answer is 503; the status and the answer, as JSON if it is.

    A worker that gets no processor for two seconds says 503 as it should: senders are to come back, and so do we.
    """

    def answered() -> tuple[int, Any] | None:
        status, answer = _posted(url, body, headers)
        return None if status == 503 else (status, answer)

    done: tuple[int, Any] = wait_until(answered, "an answer other than 503")
    return done


def _posted(url: str, body: object, headers: Mapping[str, str] | None) -> tuple[int, Any]:
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    request = urllib.request.Request(url, data, {"Content-Type": "application/json", **(headers or {})})
    try:
        with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
            return answer.status, _parsed(answer.read())
    except urllib.error.HTTPError as error:
        return error.code, _parsed(error.read())


def get(url: str) -> tuple[int, Any]:
    """GET; the status and the answer, as JSON if it is."""
    try:
        with urllib.request.urlopen(url, timeout=PATIENCE) as answer:
            return answer.status, _parsed(answer.read())
    except urllib.error.HTTPError as error:
        return error.code, _parsed(error.read())


def _parsed(body: bytes) -> Any:
    try:
        return json.loads(body)
    except ValueError:
        return body.decode(errors="replace")


def free_port() -> int:
    """A port of the loopback that nobody listens on right now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Alertmanager:
    """Debian's Alertmanager, unmodified, posting to a webhook, or to what another configuration says."""

    def __init__(self, folder: Path, webhook: str = "", *, text: str | None = None) -> None:
        program = shutil.which("prometheus-alertmanager")
        assert program is not None
        port = free_port()
        self.address = f"http://127.0.0.1:{port}"
        config = folder / "alertmanager.yml"
        config.write_text(
            text
            or "route: {receiver: oncall, group_by: [alertname], group_wait: 0s,\n"
            "        group_interval: 1s, repeat_interval: 1h}\n"
            f"receivers: [{{name: oncall, webhook_configs: [{{url: '{webhook}', send_resolved: true}}]}}]\n"
        )
        self._log = (folder / "alertmanager.log").open("w")
        self.process = subprocess.Popen(
            [
                program,
                f"--config.file={config}",
                f"--web.listen-address=127.0.0.1:{port}",
                f"--storage.path={folder / 'alertmanager'}",
                "--cluster.listen-address=",
            ],
            stdout=self._log,
            stderr=subprocess.STDOUT,
        )
        wait_until(self._ready, "Alertmanager to be ready")

    def _ready(self) -> bool:
        try:
            return get(f"{self.address}/-/ready")[0] == 200
        except OSError:
            return False

    def alert(self, name: str, *, ends_at: str | None = None, **labels: str) -> None:
        """Tell Alertmanager that an alert fires, or that it ended."""
        alert: dict[str, Any] = {
            "labels": {"alertname": name, "severity": "critical", **labels},
            "annotations": {"summary": f"{name} burns"},
        }
        if ends_at is not None:
            alert["endsAt"] = ends_at
        status, answer = post(f"{self.address}/api/v2/alerts", [alert])
        assert status == 200, answer

    def stop(self) -> None:
        """End it."""
        self.process.terminate()
        self.process.wait(PATIENCE)
        self._log.close()


class Terminal:
    """A program in a real tmux, driven by keys and read from the screen."""

    def __init__(
        self, folder: Path, command: tuple[str, ...], env: Mapping[str, str], columns: int = 80, rows: int = 24
    ) -> None:
        self._tmux = ["tmux", "-S", str(folder / "tmux.sock"), "-f", os.devnull]
        plain = {name: env[name] for name in ("PATH", "HOME", "LANG") if name in env}
        settings = [f"{name}={value}" for name, value in env.items() if name.startswith(("ONCALL_", "XDG_"))]
        self._run(
            "new-session", "-d", "-x", str(columns), "-y", str(rows), "env", *settings, "TERM=tmux-256color", *command,
            env={**plain, "LANG": "C.UTF-8", "LC_ALL": "C.UTF-8"},
        )  # fmt: skip
        self._run("set-option", "-g", "remain-on-exit", "on")

    def _run(self, *arguments: str, env: Mapping[str, str] | None = None) -> str:
        done = subprocess.run(
            [*self._tmux, *arguments],
            env=dict(env) if env is not None else None,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=True,
        )
        return done.stdout

    def press(self, *keys: str) -> None:
        """Send keys by tmux's names."""
        self._run("send-keys", *keys)

    @property
    def screen(self) -> str:
        """What the screen shows."""
        return self._run("capture-pane", "-p")

    def wait_for(self, text: str, patience: float = PATIENCE) -> str:
        """The screen once it shows the text."""
        try:
            return str(wait_until(lambda: self.screen if text in self.screen else None, f"'{text}'", patience))
        except AssertionError as error:
            raise AssertionError(f"{error}; the screen shows:\n{self.screen}") from None

    def close(self) -> None:
        """End the program and tmux."""
        subprocess.run([*self._tmux, "kill-server"], capture_output=True, timeout=PATIENCE, check=False)
