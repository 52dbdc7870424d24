"""Terminal programs that people know, set up with as many lines as ours: Debian's `tig` and `aerc`."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

MAILS = 1_000
# They open /dev/tty: the pseudo-terminal must be their session's own.
_CONTROLLED = (
    sys.executable,
    "-c",
    "import fcntl, os, sys, termios; fcntl.ioctl(0, termios.TIOCSCTTY, 0); os.execvp(sys.argv[1], sys.argv[1:])",
)


@dataclass(frozen=True)
class Neighbour:
    """A program, its environment, and a text that shows that it can be used."""

    name: str
    command: Sequence[str]
    env: Mapping[str, str]
    text: str


def neighbours(folder: Path) -> list[Neighbour | str]:
    """Those that are installed; of the others the name."""
    return [
        make(folder) if shutil.which(name) else f"{name}: not here" for name, make in (("tig", _tig), ("aerc", _aerc))
    ]


def _tig(folder: Path) -> Neighbour:
    repository = folder / "repository"
    env = os.environ | {"HOME": str(folder), "GIT_CONFIG_NOSYSTEM": "1"}
    who = ["-c", "user.name=bench", "-c", "user.email=bench@example.com"]
    subprocess.run(["git", "init", "-q", str(repository)], env=env, check=True)
    for number in range(60):
        message = f"Commit number {number}"
        command = ["git", *who, "-C", str(repository), "commit", "-q", "--allow-empty", "-m", message]
        subprocess.run(command, env=env, check=True)
    return Neighbour("tig", [*_CONTROLLED, "tig", "-C", str(repository)], env, "Commit number 59")


def _aerc(folder: Path) -> Neighbour:
    inbox, config = folder / "mail" / "INBOX", folder / "config" / "aerc"
    for part in ("cur", "new", "tmp"):
        (inbox / part).mkdir(parents=True)
    for number in range(MAILS):
        head = f"From: a@example.com\nTo: b@example.com\nDate: Thu, 1 Jan 2026 {number % 24:02}:00:00 +0000\n"
        (inbox / "cur" / f"{number}.m:2,S").write_text(f"{head}Subject: Mail number {number}\n\nbody\n")
    config.mkdir(parents=True)
    accounts = config / "accounts.conf"
    accounts.write_text(f"[bench]\nsource = maildir://{folder / 'mail'}\ndefault = INBOX\nfrom = b <b@example.com>\n")
    accounts.chmod(0o600)
    env = os.environ | {"HOME": str(folder), "XDG_CONFIG_HOME": str(folder / "config")}
    return Neighbour("aerc", [*_CONTROLLED, "aerc"], env, "Mail number")
