"""Debian's OpenSSH server, unmodified, on a port of the loopback, with keys made for the occasion."""

from __future__ import annotations

import getpass
import os
import shlex
import shutil
import socket
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.support.processes import free_port, wait_until

_CONFIG = """
ListenAddress 127.0.0.1
Port {port}
HostKey {folder}/host_key
PidFile {folder}/sshd.pid
AuthorizedKeysFile {folder}/key.pub
AuthenticationMethods publickey
PermitRootLogin yes
StrictModes no
UsePAM no
"""


class Sshd:
    """A server that lets the user of this process in, by one key."""

    def __init__(self, folder: Path) -> None:
        program = shutil.which("sshd")
        assert program is not None
        self._folder, self._port = folder, free_port()
        for name in ("host_key", "key"):
            _run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(folder / name))
        if os.geteuid() == 0:
            Path("/run/sshd").mkdir(mode=0o755, exist_ok=True)  # where a server of root's parts with its rights
        (folder / "sshd_config").write_text(_CONFIG.format(port=self._port, folder=folder))
        self._log = (folder / "sshd.log").open("w+")
        self.process = subprocess.Popen(
            [program, "-D", "-e", "-f", str(folder / "sshd_config")],
            stdin=subprocess.DEVNULL, stdout=self._log, stderr=self._log,
        )  # fmt: skip
        wait_until(self._listens, "sshd to listen")

    def _listens(self) -> bool:
        assert self.process.poll() is None, Path(self._log.name).read_text()
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self._port)) == 0

    def command(self, command: Sequence[str], env: Mapping[str, str]) -> list[str]:
        """What runs the command with this environment at the other end, on a terminal of its own there."""
        there = shlex.join(["env", *(f"{name}={value}" for name, value in env.items()), *command])
        options = {
            "IdentityFile": self._folder / "key",
            "IdentitiesOnly": "yes",
            "StrictHostKeyChecking": "no",
            "UserKnownHostsFile": "/dev/null",
            "LogLevel": "ERROR",
        }
        said = [part for name, value in options.items() for part in ("-o", f"{name}={value}")]
        return ["ssh", "-F", "/dev/null", "-tt", "-p", str(self._port), *said, f"{getpass.getuser()}@127.0.0.1", there]

    def stop(self) -> None:
        """End it, and whatever is connected."""
        self.process.terminate()
        self.process.wait(10)
        self._log.close()


def _run(*command: str) -> None:
    subprocess.run(command, check=True, capture_output=True, timeout=20, stdin=subprocess.DEVNULL)
