"""One process's copy of the directory, read anew when its revision has moved.

What reads it is loaded with the first world: a terminal shows its queue before.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Connection

    from oncall_tui.domain.world import World
    from oncall_tui.storage.engine import Store
    from oncall_tui.storage.looking import Look


class Directory:
    """The world of one database. Safe to share between threads."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self._lock = threading.Lock()
        self._world: World | None = None

    @property
    def known(self) -> World | None:
        """The world as it was read last, which may not be the newest; None before the first look."""
        return self._world

    def world(self, conn: Connection | Look) -> World:
        """The world as this transaction sees it; costs one small query when nothing has changed."""
        from oncall_tui.storage.directory_rows.reading import revision

        return self._at(conn, revision(conn))

    def asked(self, conn: Connection) -> Callable[[], World]:
        """`world`, asked for among what is told `in_one_go` and there after that."""
        from oncall_tui.storage.directory_rows.revision import asked

        revision = asked(conn)
        return lambda: self._at(conn, revision())

    def _at(self, conn: Connection | Look, at: int) -> World:
        from oncall_tui.ops.directory.loading import load_world

        known = self._world
        if known is not None and known.revision == at:
            return known
        loaded = load_world(conn)
        with self._lock:
            if self._world is None or self._world.revision <= loaded.revision:
                self._world = loaded
        return loaded
