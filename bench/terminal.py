"""The terminal UI at 80×24 beside a bare Textual app, and programs people know: usable, memory, keys, bytes.

`python -m bench.terminal [OPEN [HISTORY [LAUNCHES]]]`: these figures alone, with other numbers if wanted.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from bench import terminal_quiet
from bench.neighbours import Neighbour, neighbours
from bench.rows import fill, remember
from bench.terminal_figures import Figures, Program, measured
from tests.support.processes import ONCALL, oncall, oncall_environment
from tests.support.ssh import Sshd

CONFIG = """
version: 1
users: [{username: ana, contacts: [{name: push, url: "json://127.0.0.1:9/ana"}]}]
policies: [{name: p, steps: [{delay: 1h, targets: [{user: ana}]}]}]
services: [{name: checkout, policy: p}]
"""
LAUNCHES = 5
OPEN = 10_000
HISTORY = 1_000_000
A_SECOND = 100  # events of the storm
USABLE_BAR = 1.5
MEMORY_BAR = 1.6
REPAINT_BAR = 10.0  # ms
BARE = (sys.executable, "-m", "bench.bare")
THEMES = {"oncall": "16 colours", "dark": "painted"}


def run(folder: Path, *, open_: int = OPEN, history: int = HISTORY, launches: int = LAUNCHES) -> None:
    """Print the figures."""
    url = prepared(folder)
    empty = prepared(folder, "empty.db")
    fill(url, open_)
    bare = Program(BARE, _plain(os.environ), "Policies")
    _head()
    by_theme = [ours(url, theme) for theme in THEMES]
    base, *seen = measured([bare, *by_theme], launches)
    _tell("bare app", base, base)
    for (theme, kind), figures in zip(THEMES.items(), seen, strict=True):
        _tell(f"{open_:,} open, {theme} ({kind})", figures, base)
    with _storm(url):
        (stormy,) = measured([ours(url)], 1, quiet=0.02)
    _tell(f"the same, {A_SECOND} events/s", stormy, base)
    remember(url, history)
    base, old = measured([bare, ours(url)], launches)
    _tell(f"{history:,} in history", old, base)
    _through_ssh(folder, url, bare, launches)
    with tempfile.TemporaryDirectory(dir=folder) as name:
        for known in neighbours(Path(name)):
            if isinstance(known, Neighbour):
                (figures,) = measured([Program(known.command, known.env, known.text)], min(launches, 3))
                _tell(known.name, figures, base)
            else:
                print(known)
    print(f"bars: usable {USABLE_BAR}×, memory {MEMORY_BAR}×, repaint p50 {REPAINT_BAR:.0f} ms; bytes are tests")
    print("CPU is the program's own until it is usable: it means the same on a busy machine")
    print("a key in the bare app's empty list repaints nothing: there is no baseline for repaint and move")
    terminal_quiet.run(ours(empty, text="Nothing burns"), ours(url))


def prepared(folder: Path, name: str = "terminal.db") -> str:
    """A new database with one person, policy and service; where it is."""
    url, config = str(folder / name), folder / "terminal.yaml"
    config.write_text(CONFIG)
    oncall(url, "config", "apply", str(config))
    return url


def ours(url: str, theme: str = "oncall", *, text: str = "checkout", sshd: Sshd | None = None) -> Program:
    """The terminal UI on this database; `text` is what its first rows hold."""
    env = oncall_environment(url, {"ONCALL_USER": "ana", "ONCALL_THEME": theme})
    return Program(ONCALL, _plain(env), text, sshd)


def _plain(env: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in env.items() if name != "NO_COLOR" and not name.startswith("TEXTUAL")}


@contextmanager
def _storm(url: str) -> Iterator[None]:
    """Events come in, each in a transaction of its own."""
    storm = subprocess.Popen([sys.executable, "-m", "bench.rows", url, str(A_SECOND)], stdin=subprocess.DEVNULL)
    try:
        yield
    finally:
        storm.terminate()
        storm.wait(10)


def _through_ssh(folder: Path, url: str, bare: Program, launches: int) -> None:
    if shutil.which("sshd") is None:
        print("sshd: not here")
        return
    keys = folder / "sshd"
    keys.mkdir()
    sshd = Sshd(keys)
    try:
        base, seen = measured(
            [Program(bare.command, {**bare.env, "PYTHONPATH": os.getcwd()}, bare.text, sshd), ours(url, sshd=sshd)],
            min(launches, 3),
        )
    finally:
        sshd.stop()
    _tell("bare app, through an sshd", base, base)
    _tell("all of it, through an sshd", seen, base)


def _head() -> None:
    columns = ("usable, ms", "ratio", "CPU, ms", "ratio", "memory, MiB", "ratio", "repaint, ms", "move, bytes")
    print(f"{'terminal, 80x24':<32}" + "".join(f"{name:>13}" for name in columns))


def _tell(name: str, seen: Figures, base: Figures) -> None:
    keys = ("–", "–") if seen is base else (f"{seen.repaint:.1f}", f"{seen.move:.0f}")
    cells = (
        f"{seen.usable:.0f}",
        f"{seen.usable / base.usable:.2f}×",
        f"{seen.cpu:.0f}",
        f"{seen.cpu / base.cpu:.2f}×",
        f"{seen.memory:.1f}",
        f"{seen.memory / base.memory:.2f}×",
        *keys,
    )
    print(f"{name:<32}" + "".join(f"{cell:>13}" for cell in cells), flush=True)


def main() -> None:
    """Print the figures, with the numbers that were given."""
    sizes = dict(zip(("open_", "history", "launches"), map(int, sys.argv[1:]), strict=False))
    with tempfile.TemporaryDirectory() as folder:
        run(Path(folder), **sizes)


if __name__ == "__main__":
    main()
