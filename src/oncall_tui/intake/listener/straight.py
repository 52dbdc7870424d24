"""The straight way through a connection: a plain post that has arrived whole is handed to its door without ASGI.

uvicorn makes a scope, a cycle of messages and a task of each request; that costs more than reading the event does.
Whatever is out of the ordinary (another method, a query, an encoding, a body that comes slowly, a request before
the one ahead of it is answered, a door that declines) takes uvicorn's way, from the start.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Protocol

from uvicorn.config import Config
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, RequestResponseCycle
from uvicorn.server import ServerState

from oncall_tui.intake.doors.straight import Straight
from oncall_tui.intake.payload.reading import Post
from oncall_tui.intake.wire.body import GZIP_MAGIC
from oncall_tui.intake.wire.connections import BODY_IS_WHOLE, OUTCOME, GuardedConnection
from oncall_tui.intake.wire.responses import LINES

_RawHeaders = Sequence[tuple[bytes, bytes]]
_Found = tuple[Straight, str | None, str]
_UNUSUAL = frozenset((b"content-encoding", b"transfer-encoding", b"expect", b"upgrade"))
_LONGEST_LENGTH = 8  # digits
BODY_FOLLOWS = 0.5  # seconds that a body may take here


class _Finder(Protocol):
    def straight(self, path: str) -> tuple[Straight, str | None] | None: ...


class _Headers(Mapping[str, str]):
    """A request's headers, made into text once somebody asks: most dialects never do."""

    __slots__ = ("_raw", "_read")

    def __init__(self, raw: _RawHeaders) -> None:
        self._raw = raw
        self._read: dict[str, str] | None = None

    def __getitem__(self, name: str) -> str:
        return self._all()[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._all())

    def __len__(self) -> int:
        return len(self._all())

    def _all(self) -> dict[str, str]:
        if self._read is None:
            self._read = {name.decode("latin-1"): value.decode("latin-1") for name, value in self._raw}
        return self._read


class _Nobody:
    """Who waits for uvicorn's messages on the straight way."""

    def set(self) -> None:
        """Nothing is waited for."""


class _Answer:
    """Stands where uvicorn keeps its cycle until the post is answered: what comes behind it waits, as behind any."""

    __slots__ = ("_connection", "disconnected", "headers", "keep_alive", "path", "post", "response_complete")

    message_event = _Nobody()

    def __init__(self, connection: StraightConnection, path: str, headers: _RawHeaders, post: Post) -> None:
        self._connection = connection
        self.path = path
        self.headers = headers
        self.post = post
        self.disconnected = False
        self.keep_alive = True
        self.response_complete = False

    def answer(self, status: int, body: bytes) -> None:
        """Send it, in one write."""
        if self.disconnected:
            return
        self._connection.send_whole(status, body, keep_alive=self.keep_alive)
        self.response_complete = True
        if not self.keep_alive:
            self._connection.transport.close()
        self._connection.on_response_complete()

    def otherwise(self, outcome: BaseException | None) -> None:
        """Let uvicorn's way answer."""
        if not self.disconnected:
            self._connection.take_usual_way(self, outcome)


class StraightConnection(GuardedConnection):
    """A guarded connection whose plain posts go the straight way."""

    def __init__(
        self,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: Any = None,
    ) -> None:
        super().__init__(config, server_state, app_state, _loop)
        finder: _Finder | None = self.app if hasattr(self.app, "straight") and not self.root_path else None
        self._finder = finder
        self._found: _Found | None = None
        self._read = b""
        self._patience: asyncio.TimerHandle | None = None
        self._dated: tuple[_RawHeaders, bytes] = ((), b"")

    def on_message_begin(self) -> None:
        """uvicorn's scope is made once it is known to be needed."""
        self.url = b""
        self.expect_100_continue = False
        self.headers = []

    def on_headers_complete(self) -> None:
        """Choose the way."""
        self._found = found = self._looked_up()
        if found is None:
            self._begin_usual_way()
        else:
            self._head_is_whole()
            self._read = b""

    def on_body(self, body: bytes) -> None:
        """More of it."""
        if self._found is None:
            super().on_body(body)
        else:
            self._read += body

    def on_message_complete(self) -> None:
        """The request is whole."""
        found = self._found
        if found is None:
            super().on_message_complete()
            return
        door, key, path = found
        body = self._body_ends()
        self._body_is_whole = True
        self.waiting.discard(self)
        raw_path = self.url.decode("ascii")
        params = {} if key is None else {"key": key}
        post = Post(body=body, key=key, headers=_Headers(self.headers), params=params, path=raw_path)
        answer = _Answer(self, path, self.headers, post)
        self.cycle = answer  # type: ignore[assignment] # as much of one as uvicorn looks at
        if body.startswith(GZIP_MAGIC) or not door.take(post, answer):
            self.take_usual_way(answer, None)

    def data_received(self, data: bytes) -> None:
        """Many senders write head and body apart; one that takes longer is waited for in uvicorn's way."""
        super().data_received(data)
        if self._found is not None and self._patience is None:
            self._patience = self.loop.call_later(BODY_FOLLOWS, self._wait_usual_way)

    def shutdown(self) -> None:
        """What has begun to arrive is waited for."""
        self._wait_usual_way()
        super().shutdown()

    def connection_lost(self, exc: Exception | None) -> None:
        """It is gone."""
        self._body_ends()
        super().connection_lost(exc)

    def _under_way(self) -> bool:
        return self._found is not None or super()._under_way()

    def _body_ends(self) -> bytes:
        """What has come of a body; the straight way waits for no more of it."""
        self._found = None
        body, self._read = self._read, b""
        if self._patience is not None:
            self._patience.cancel()
            self._patience = None
        return body

    def _wait_usual_way(self) -> None:
        if self._found is None:
            return
        body = self._body_ends()
        if not self.transport.is_closing():
            self._begin_usual_way()
            if body:
                super().on_body(body)

    def send_whole(self, status: int, body: bytes, *, keep_alive: bool) -> None:
        """An answer in one write."""
        headers = self.server_state.default_headers
        known, dated = self._dated
        if known is not headers:
            dated = b"".join(b"%b: %b\r\n" % pair for pair in headers)
            self._dated = headers, dated
        end = b"content-length: %d\r\n\r\n" if keep_alive else b"connection: close\r\ncontent-length: %d\r\n\r\n"
        self.transport.write(b"".join((STATUS_LINE[status], dated, LINES, end % len(body), body)))

    def take_usual_way(self, instead_of: _Answer, outcome: BaseException | None) -> None:
        """Let the application answer a whole post, told what its taking has raised already."""
        scope: Any = {
            "type": "http",
            "asgi": {"version": self.asgi_version, "spec_version": "2.3"},
            "http_version": "1.1",
            "server": self.server,
            "client": self.client,
            "scheme": self.scheme,
            "root_path": "",
            "headers": instead_of.headers,
            "state": self.app_state.copy(),
            "method": "POST",
            "path": instead_of.path,
            "raw_path": instead_of.post.path.encode("ascii"),
            "query_string": b"",
            BODY_IS_WHOLE: True,
        }
        if outcome is not None:
            scope[OUTCOME] = outcome
        cycle = RequestResponseCycle(
            scope=scope,
            transport=self.transport,
            flow=self.flow,
            logger=self.logger,
            access_logger=self.access_logger,
            access_log=self.access_log,
            default_headers=self.server_state.default_headers,
            message_event=asyncio.Event(),
            expect_100_continue=False,
            keep_alive=instead_of.keep_alive,
            on_response=self.on_response_complete,
        )
        cycle.body += instead_of.post.body
        cycle.more_body = False
        cycle.message_event.set()
        if self.cycle is instead_of:  # type: ignore[comparison-overlap] # it may stand there
            self.cycle = cycle
        self._start_asgi_task(cycle, self.app)

    def _begin_usual_way(self) -> None:
        url, headers, expects = self.url, self.headers, self.expect_100_continue
        super().on_message_begin()
        self.url, self.expect_100_continue = url, expects
        self.headers = self.scope["headers"] = headers
        super().on_headers_complete()

    def _looked_up(self) -> _Found | None:
        """The door, the key of the path, and the path of a post that may go the straight way."""
        finder, cycle, parser = self._finder, self.cycle, self.parser
        if (
            finder is None
            or (cycle is not None and not cycle.response_complete)
            or self.pipeline
            or self.flow.write_paused
            or parser.get_method() != b"POST"
            or parser.get_http_version() != "1.1"
            or not parser.should_keep_alive()
            or (self.limit_concurrency is not None and len(self.connections) >= self.limit_concurrency)
        ):
            return None
        url = self.url
        if b"?" in url or b"%" in url or b"#" in url:
            return None
        length = b""
        for name, value in self.headers:
            if name in _UNUSUAL:
                return None
            if name == b"content-length":
                length = value
        path = url.decode("latin-1")
        found = finder.straight(path) if path.isascii() else None
        if found is None:
            return None
        if not length.isdigit() or len(length) > _LONGEST_LENGTH or int(length) > found[0].posts.dialect.limit:
            return None
        return found[0], found[1], path
