"""A load generator: so many connections, each posting its next body when the last was answered.

Bare sockets and one `epoll`, every request made beforehand: beside the server it costs a few microseconds a post.
"""

from __future__ import annotations

import select
import socket
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

_PATIENCE = 30.0  # seconds without any answer


@dataclass(frozen=True)
class Load:
    """What came of it: answers a second, the time to an answer in milliseconds, what the generator itself cost."""

    per_second: float
    p50: float
    p99: float
    refused: int
    own_share: float


class _Connection:
    __slots__ = ("got", "link", "sent_at")

    def __init__(self, host: str, port: int) -> None:
        self.link = socket.create_connection((host, port))
        self.link.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.got = b""
        self.sent_at = 0.0


def request(host: str, path: str, body: bytes) -> bytes:
    """One post as it goes over the wire."""
    head = (
        f"POST {path} HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def whole(got: bytes) -> bool:
    """Whether an answer has arrived with all its body."""
    head, found, body = got.partition(b"\r\n\r\n")
    if not found:
        return False
    at = head.lower().find(b"content-length:")
    return at < 0 or len(body) >= int(head[at + 15 :].split(b"\r\n", 1)[0])


def load(address: str, path: str, body: Callable[[int], bytes], *, count: int, connections: int) -> Load:
    """Post `count` bodies over `connections` connections. RuntimeError when no answer comes any more."""
    host, port = address.removeprefix("http://").split(":")
    posts = iter([request(host, path, body(number)) for number in range(count)])
    links = [_Connection(host, int(port)) for _ in range(connections)]
    try:
        return _run(links, posts, count)
    finally:
        for each in links:
            each.link.close()


def _run(links: list[_Connection], posts: Iterator[bytes], count: int) -> Load:
    ready = select.epoll()
    by_file = {each.link.fileno(): each for each in links}
    took: list[float] = []
    refused = 0
    now = time.perf_counter
    start, own = now(), time.process_time()
    for each in links:
        ready.register(each.link, select.EPOLLIN)
        if (post := next(posts, None)) is not None:
            each.sent_at = now()
            each.link.send(post)
    while len(took) < count:
        found = ready.poll(_PATIENCE)
        if not found:
            raise RuntimeError("the server does not answer any more")
        for file, _ in found:
            each = by_file[file]
            each.got += each.link.recv(65_536)
            if not whole(each.got):
                continue
            took.append(now() - each.sent_at)
            refused += not each.got.startswith(b"HTTP/1.1 2")
            each.got = b""
            if (post := next(posts, None)) is not None:
                each.sent_at = now()
                each.link.send(post)
    elapsed = now() - start
    own = time.process_time() - own
    ready.close()
    took.sort()
    return Load(
        per_second=count / elapsed,
        p50=took[len(took) // 2] * 1000,
        p99=took[int(len(took) * 0.99)] * 1000,
        refused=refused,
        own_share=own / elapsed,
    )
