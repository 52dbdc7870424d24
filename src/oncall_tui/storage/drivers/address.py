"""Where the database is, read from what a human wrote."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from oncall_tui.domain.errors import Invalid

if TYPE_CHECKING:
    from sqlalchemy.engine import URL

_MEND = "write a file path, sqlite:///path/to/oncall.db or postgresql://user@host/name"
# Several hosts as libpq has them, "URIs" in the manual's 34.1.1.2: host:port,host:port. A password may hold commas.
_SEVERAL = re.compile(r"^(?P<before>\w+(?:\+\w+)?://(?:[^/?]*@)?)(?P<hosts>[^/?@]*,[^/?@]*)(?P<after>.*)$", re.DOTALL)
_HOST = re.compile(r"^(?:\[(?P<v6>[^\]]*)\]|(?P<name>[^:\[\]]*))(?::(?P<port>\d*))?$")


@dataclass(frozen=True, slots=True)
class SqliteAddress:
    """A database in a file."""

    path: Path

    @property
    def shown(self) -> str:
        """The address for human eyes."""
        return str(self.path)


@dataclass(frozen=True, slots=True)
class PostgresAddress:
    """A database on a server. `url` is for SQLAlchemy and holds the password; several `hosts` stand in its query."""

    url: URL = field(repr=False)
    hosts: tuple[str, ...] = ()

    @property
    def shown(self) -> str:
        """The address for human eyes, without its password."""
        plain = self.url.set(drivername="postgresql", query={})
        if not self.hosts:
            return plain.render_as_string()
        return plain.set(host=_SOMEWHERE).render_as_string().replace(_SOMEWHERE, ",".join(self.hosts), 1)

    @property
    def conninfo(self) -> str:
        """The address for psycopg itself, password and all."""
        from psycopg.conninfo import make_conninfo

        return make_conninfo(**_arguments(self.url.difference_update_query(["options"])))


_SOMEWHERE = "oncall-hosts"
_FILE = "sqlite:///"

Address = SqliteAddress | PostgresAddress


def read_address(text: str) -> Address:
    """The address a text names: a bare path, `sqlite:///path` or `postgresql://…`. Invalid when it is none of these.

    PostgreSQL may have several hosts, `host:port,host:port`: the first of them that takes writes is used.
    """
    if "://" not in text:
        return _sqlite(text)
    if text.startswith(_FILE) and "?" not in text:
        return _sqlite(text.removeprefix(_FILE))  # without SQLAlchemy, which a terminal has no other use for
    from sqlalchemy.exc import ArgumentError

    try:
        url = _with_hosts(text)
        scheme = url.drivername.partition("+")[0]
        if scheme in ("postgresql", "postgres"):
            return _on_servers(url.set(drivername="postgresql+psycopg"))
    except (ArgumentError, ValueError):
        # The text may hold a password: it is not repeated.
        raise Invalid("the database address can't be read", mend=_MEND, path="database") from None
    if scheme == "sqlite":
        return _sqlite(url.database or "")
    raise Invalid(f"{scheme} databases are not supported", mend=_MEND, path="database")


def _with_hosts(text: str) -> URL:
    """The URL, several hosts moved to the query, where SQLAlchemy takes them. Raises ValueError or ArgumentError."""
    from sqlalchemy.engine import make_url

    several = _SEVERAL.match(text)
    if several is None:
        return make_url(text)
    found = [_HOST.match(one) for one in several["hosts"].split(",")]
    if not all(found):
        raise ValueError("not a list of hosts")
    hosts = [one["v6"] or one["name"] for one in found if one]
    ports = [one["port"] or "" for one in found if one]
    url = make_url(several["before"] + several["after"])
    return url.update_query_dict({"host": ",".join(hosts), **({"port": ",".join(ports)} if any(ports) else {})})


def _on_servers(url: URL) -> PostgresAddress:
    """After a failover the old server may come back as a standby: of several, only one that takes writes will do."""
    if "host" not in url.query:
        return PostgresAddress(url)
    given = _arguments(url)
    names = str(given["host"]).split(",")
    ports = str(given.get("port", "")).split(",") + [""] * len(names)
    hosts = tuple(_shown_host(name, port) for name, port in zip(names, ports, strict=False))
    if len(hosts) > 1 and "target_session_attrs" not in url.query:
        url = url.update_query_dict({"target_session_attrs": "read-write"})
    return PostgresAddress(url, hosts)


def _shown_host(name: str, port: str) -> str:
    shown = f"[{name}]" if ":" in name else name
    return f"{shown}:{port}" if port else shown


def _arguments(url: URL) -> Mapping[str, Any]:
    """What psycopg is given. Raises ArgumentError when hosts and ports do not match."""
    _, given = url.get_dialect()().create_connect_args(url)
    return given


def _sqlite(text: str) -> SqliteAddress:
    if not text or text == ":memory:" or text.startswith("file:"):
        raise Invalid("a database file is needed", mend=_MEND, path="database")
    return SqliteAddress(Path(text).expanduser().absolute())
