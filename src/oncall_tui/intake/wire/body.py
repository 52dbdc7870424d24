"""Request bodies from strangers: never more in memory than the limit, never longer than the deadline."""

from __future__ import annotations

import asyncio
import zlib
from collections.abc import AsyncIterator

from starlette.datastructures import Headers
from starlette.types import Receive

BODY_LIMIT = 1 << 20
BODY_SECONDS = 20.0
DRAIN_LIMIT = 16 << 20
DRAIN_SECONDS = 2.0
MEMBERS = 100  # of one compressed body: what is left after each is copied, so that many of nothing would take minutes

GZIP_MAGIC = b"\x1f\x8b"
_GZIP_OR_ZLIB = 47
_RAW_DEFLATE = -15


class TooLarge(Exception):
    """The body is over the limit, as sent or once decompressed."""


class TooSlow(Exception):
    """The body did not arrive within the deadline."""


class Gone(Exception):
    """The sender hung up before its body was whole."""


class Undecodable(Exception):
    """The body is not what its Content-Encoding says, or in an encoding that we don't know."""


async def read_body(receive: Receive, headers: Headers, *, limit: int = BODY_LIMIT, whole: bool = False) -> bytes:
    """The body in clear, at most `limit` bytes. Raises TooLarge, TooSlow, Gone or Undecodable.

    `whole`: all of it has arrived already, and no clock is needed.
    """
    if whole:
        body = await _read(receive, headers, limit)
    else:
        try:
            async with asyncio.timeout(BODY_SECONDS):
                body = await _read(receive, headers, limit)
        except TimeoutError:
            raise TooSlow from None
    return decompressed(body, headers.get("content-encoding", ""), limit)


async def _read(receive: Receive, headers: Headers, limit: int) -> bytes:
    announced = headers.get("content-length", "")
    if announced.isdecimal() and (len(announced) > 18 or int(announced) > limit):
        # A sender that waits for 100-continue has not begun: it needs no draining.
        if headers.get("expect", "").lower() != "100-continue":
            await _drain(receive)
        raise TooLarge
    parts: list[bytes] = []
    size = 0
    async for part in _parts(receive):
        size += len(part)
        if size > limit:
            await _drain(receive)
            raise TooLarge
        parts.append(part)
    return b"".join(parts)


async def _parts(receive: Receive) -> AsyncIterator[bytes]:
    more = True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Gone
        more = message.get("more_body", False)
        yield message.get("body", b"")


async def _drain(receive: Receive) -> None:
    """Let a sender finish what is under way and throw it away: one that is cut off mid-send never sees the 413."""
    left = DRAIN_LIMIT
    try:
        async with asyncio.timeout(DRAIN_SECONDS):
            async for part in _parts(receive):
                left -= len(part)
                if left < 0:
                    return
    except (TimeoutError, Gone):
        return


def decompressed(body: bytes, encoding: str, limit: int) -> bytes:
    """The body in clear: gzip is known by its first bytes, whatever the header says. Raises TooLarge, Undecodable.

    A body that is text is what it is: some senders name its character set where its encoding belongs.
    """
    if body.startswith(GZIP_MAGIC):
        return _inflated(body, _GZIP_OR_ZLIB, limit)
    match encoding.strip().lower():
        case "" | "identity" | "gzip" | "x-gzip":
            return body
        case "deflate":
            try:
                return _inflated(body, _GZIP_OR_ZLIB, limit)
            except Undecodable:
                return body if _is_text(body) else _inflated(body, _RAW_DEFLATE, limit)
        case _ if _is_text(body):
            return body
        case odd:
            raise Undecodable(f"Content-Encoding {odd[:40]!r} is unknown; gzip and deflate are read")


def _is_text(body: bytes) -> bool:
    try:
        return body.decode("utf-8").lstrip()[:1] in ("{", "[", "<", '"') or b"=" in body
    except UnicodeDecodeError:
        return False


def _inflated(body: bytes, wbits: int, limit: int) -> bytes:
    parts: list[bytes] = []
    size = 0
    while body:
        if len(parts) >= MEMBERS:
            raise Undecodable(f"the compressed body has more than {MEMBERS} members")
        inflater = zlib.decompressobj(wbits)
        try:
            part = inflater.decompress(body, limit - size + 1)
        except zlib.error as error:
            raise Undecodable(f"the compressed body is broken: {error}") from None
        size += len(part)
        if size > limit:
            raise TooLarge
        if not inflater.eof:
            raise Undecodable("the compressed body ends too early")
        parts.append(part)
        body = inflater.unused_data
    return b"".join(parts)
