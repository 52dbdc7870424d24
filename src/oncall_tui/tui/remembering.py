"""What a terminal remembers from run to run: the tab, the filter, the order, the zone. Nothing of it is a secret."""

from __future__ import annotations

import contextlib
import json
import logging
import os
import secrets
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from oncall_tui.domain.errors import OncallError
from oncall_tui.domain.queue.filters import parse_filter
from oncall_tui.domain.queue.ordering import USUAL, Order, read_grouping, read_sort
from oncall_tui.tui.model import DEFAULT_FILTER, Tab

log = logging.getLogger(__name__)

LARGEST = 10_000  # bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """How the screen was left."""

    tab: Tab = Tab.INCIDENTS
    filter: str = DEFAULT_FILTER
    order: Order = USUAL
    utc: bool = False


def usual_place(user: str) -> Path:
    """Where a user's state is kept; several people may share an account of the system."""
    from platformdirs import user_state_path

    return user_state_path("oncall") / f"terminal-{sha256(user.encode()).hexdigest()[:16]}.json"


class Memory:
    """A file of one's own, 0600, replaced as a whole. What is broken or another's is as good as none."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._last: Kept | None = None

    def recall(self) -> Kept:
        """How the screen was left; each part that can't be read is as it is at first."""
        try:
            found = json.loads(self._read())
        except (OSError, ValueError, RecursionError):
            return Kept()
        return _kept(found) if isinstance(found, Mapping) else Kept()

    def keep(self, kept: Kept) -> None:
        """Remember this; a file that can't be written costs nothing but the memory."""
        if kept == self._last:
            return
        self._last = kept
        try:
            self._write(_written(kept))
        except OSError as error:
            log.info("how the screen was left could not be kept: %s", error.strerror)

    def _read(self) -> str:
        descriptor = os.open(self._path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        with open(descriptor, encoding="utf-8") as file:
            about = os.fstat(descriptor)
            if not stat.S_ISREG(about.st_mode) or about.st_uid != os.getuid() or about.st_size > LARGEST:
                raise ValueError("this file is not ours")
            return file.read()

    def _write(self, text: str) -> None:
        self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        fresh = self._path.with_name(f".{self._path.name}.{secrets.token_hex(4)}")
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
        try:
            with open(descriptor, "w", encoding="utf-8") as file:
                file.write(text)
            fresh.replace(self._path)
        except OSError:
            with contextlib.suppress(OSError):
                fresh.unlink()
            raise


def _written(kept: Kept) -> str:
    return json.dumps(
        {
            "tab": kept.tab.name.lower(),
            "filter": kept.filter,
            "sort": kept.order.sort.value,
            "group": kept.order.group,
            "utc": kept.utc,
        }
    )


def _kept(found: Mapping[str, Any]) -> Kept:
    """What stands in the file, part by part."""
    parts: dict[str, Any] = {}
    with contextlib.suppress(KeyError):
        parts["tab"] = Tab[str(found.get("tab")).upper()]
    text = found.get("filter")
    if isinstance(text, str) and text:
        with contextlib.suppress(OncallError):
            parse_filter(text)
            parts["filter"] = text
    with contextlib.suppress(OncallError):
        parts["order"] = Order(read_sort(str(found.get("sort"))), read_grouping(str(found.get("group"))))
    return Kept(**parts, utc=found.get("utc") is True)
