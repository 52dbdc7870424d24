"""A load generator: so many connections, each posting its next body when the last was answered."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Load:
    """What came of it: answers a second, and the time to an answer in milliseconds."""

    per_second: float
    p50: float
    p99: float
    refused: int


async def _client(
    host: str, port: int, path: str, body: Callable[[int], bytes], numbers: list[int], took: list[float]
) -> int:
    reader, writer = await asyncio.open_connection(host, port)
    refused = 0
    while numbers:
        data = body(numbers.pop())
        head = (
            f"POST {path} HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\n"
            f"Content-Length: {len(data)}\r\n\r\n"
        ).encode()
        start = time.perf_counter()
        writer.write(head + data)
        answer = await reader.readuntil(b"\r\n\r\n")
        length = next(
            (int(line.split(b":")[1]) for line in answer.split(b"\r\n") if line.lower().startswith(b"content-length")),
            0,
        )
        if length:
            await reader.readexactly(length)
        took.append(time.perf_counter() - start)
        refused += not answer.startswith(b"HTTP/1.1 2")
    writer.close()
    return refused


async def _run(address: str, path: str, body: Callable[[int], bytes], count: int, connections: int) -> Load:
    host, port = address.removeprefix("http://").split(":")
    numbers = list(range(count))
    took: list[float] = []
    start = time.perf_counter()
    refused = await asyncio.gather(*(_client(host, int(port), path, body, numbers, took) for _ in range(connections)))
    elapsed = time.perf_counter() - start
    took.sort()
    return Load(
        per_second=count / elapsed,
        p50=took[len(took) // 2] * 1000,
        p99=took[int(len(took) * 0.99)] * 1000,
        refused=sum(refused),
    )


def load(address: str, path: str, body: Callable[[int], bytes], *, count: int, connections: int) -> Load:
    """Post `count` bodies over `connections` connections."""
    import uvloop

    return uvloop.run(_run(address, path, body, count, connections))
