"""The ids behind the names of integrations and services, kept as long as the directory stays as it is."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import Connection

from oncall_tui.domain.errors import Unknown
from oncall_tui.domain.world import World
from oncall_tui.storage.statements.intake import events as rows


class Names:
    """Read anew when the directory has changed. For one thread."""

    __slots__ = ("_integrations", "_revision", "_services")

    def __init__(self) -> None:
        self._revision = -1
        self._integrations: Mapping[str, int] = {}
        self._services: Mapping[str, int] = {}

    def look(self, conn: Connection, world: World) -> Names:
        """The names as they are at the world's revision."""
        if self._revision != world.revision:
            self._integrations, self._services = rows.ids(conn)
            self._revision = world.revision
        return self

    def integration(self, name: str) -> int:
        """An integration's id. Raises Unknown when it is gone."""
        return _id(self._integrations, name, "integration")

    def service(self, name: str) -> int:
        """A service's id. Raises Unknown when it is gone."""
        return _id(self._services, name, "service")


def _id(ids: Mapping[str, int], name: str, kind: str) -> int:
    found = ids.get(name)
    if found is None:
        raise Unknown(f"there is no {kind} '{name}'", mend="see the config file")
    return found
