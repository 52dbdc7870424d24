"""SQLite files with a config in them, kept to copy: applying it was half of what a test on a database cost.

Only an untouched file is furnished so, the one that every test gets; what a test does to its copy is its own.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from oncall_tui.storage.cipher import KEY_SUFFIX

_MOST = 100  # files of some 500 KiB
_kept: dict[tuple[bytes, str, datetime], tuple[bytes, bytes | None]] = {}


def furnish(url: str, config: str, at: datetime, apply: Callable[[], None]) -> None:
    """Let `config` be in the database as `apply` brings it there at this instant; `apply` closes what it opens."""
    path = Path(url.removeprefix("sqlite:///"))
    if not url.startswith("sqlite:///") or not _is_closed(path) or _key(path).exists():
        apply()
        return
    asked = hashlib.sha256(path.read_bytes()).digest(), config, at
    if asked in _kept:
        furnished, key = _kept[asked]
        path.write_bytes(furnished)
        if key is not None:
            _key(path).touch(0o600)
            _key(path).write_bytes(key)
        return
    apply()
    if _is_closed(path):
        if len(_kept) >= _MOST:
            _kept.pop(next(iter(_kept)))
        _kept[asked] = path.read_bytes(), _key(path).read_bytes() if _key(path).exists() else None


def _key(path: Path) -> Path:
    return path.with_name(path.name + KEY_SUFFIX)


def _is_closed(path: Path) -> bool:
    """Whether all that is in the database is in its file."""
    return path.exists() and not any(path.with_name(path.name + suffix).exists() for suffix in ("-wal", "-journal"))
