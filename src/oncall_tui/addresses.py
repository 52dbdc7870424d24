"""Judge network addresses: which are public, and which are this machine's or this network's own."""

from __future__ import annotations

import ipaddress
import re
import socket
from collections.abc import Iterable
from dataclasses import dataclass

_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")  # RFC 6052: the last 32 bits are an IPv4 address


_HOST = re.compile(r"[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?")


@dataclass(frozen=True, slots=True)
class Allowed:
    """Places that are not public and may be reached all the same: hosts by name, and networks."""

    hosts: frozenset[str] = frozenset()
    networks: tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, ...] = ()

    @classmethod
    def read(cls, places: Iterable[str]) -> Allowed:
        """From `hooks.internal`, `10.1.2.3` and `10.0.0.0/8`. Raises ValueError, saying which is none of these."""
        hosts: set[str] = set()
        networks: list[ipaddress.IPv4Network | ipaddress.IPv6Network] = []
        for place in places:
            try:
                networks.append(ipaddress.ip_network(place))
            except ValueError:
                name = place.lower().rstrip(".")
                # What is all digits and dots was meant for an address; the system's resolver would take it for one.
                if not _HOST.fullmatch(name) or not any(sign.isalpha() for sign in name) or name.startswith("0x"):
                    raise ValueError(f"'{place}' is no host, address or network") from None
                hosts.add(name)
        return cls(frozenset(hosts), tuple(networks))

    def holds(self, host: str, address: str) -> bool:
        """Whether this host at this address is one of them."""
        found = ipaddress.ip_address(address.partition("%")[0])
        return host.lower().rstrip(".") in self.hosts or any(found in network for network in self.networks)


NONE_ALLOWED = Allowed()


def is_public(address: str) -> bool:
    """Whether an IP address belongs to the public Internet.

    Not public: private, loopback, link-local (cloud metadata), shared, reserved, multicast and unspecified ones, and
    IPv6 addresses that carry such an IPv4 address (mapped, 6to4, Teredo, NAT64). Raises ValueError for what is no
    address.
    """
    found = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(found, ipaddress.IPv6Address):
        carried = _carried(found)
        if carried is not None:
            return is_public(str(carried))
    return found.is_global and not found.is_multicast


def resolve(host: str, port: int) -> tuple[str, ...]:
    """The IP addresses that a connection to this host would use, in order, each once.

    Decimal, octal and short forms (`2130706433`, `0177.0.0.1`, `127.1`) come out as the addresses they mean. Raises
    OSError when there are none.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except UnicodeError:
        raise OSError(f"{host[:80]!r} is no host name") from None
    return tuple(dict.fromkeys(str(row[4][0]) for row in found))


def _carried(address: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    if address.ipv4_mapped is not None:
        return address.ipv4_mapped
    if address.sixtofour is not None:
        return address.sixtofour
    if address.teredo is not None:
        return address.teredo[1]
    if address in _NAT64:
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return None
