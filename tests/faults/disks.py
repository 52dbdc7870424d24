"""Small file systems of the tests' own, to be filled."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.conftest import STRICT_VARIABLE


@contextmanager
def small_disk(folder: Path, mebibytes: int = 8) -> Iterator[Path]:
    """A file system of so many MiB; skips where nothing may be mounted."""
    folder.mkdir()
    program = shutil.which("mount")
    said = "there is no mount"
    if program is not None:
        size = f"size={mebibytes}m"
        mounted = subprocess.run(
            [program, "-t", "tmpfs", "-o", size, "none", str(folder)], capture_output=True, text=True, check=False
        )
        said = mounted.stderr.strip()
    if program is None or mounted.returncode:
        unavailable(f"nothing may be mounted here: {said}")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


def fill(filler: Path) -> None:
    """Write until there is no room."""
    with filler.open("wb", buffering=0) as file:
        for size in (65536, 4096, 1):
            try:
                while True:
                    file.write(b"x" * size)
            except OSError:
                continue


def unavailable(why: str) -> None:
    """Skip what this machine can't; where no system test may be skipped, fail."""
    if os.environ.get(STRICT_VARIABLE):
        pytest.fail(f"{why}, and here no system test may be skipped")
    pytest.skip(why)
