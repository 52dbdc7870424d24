"""Connections under suspicion: a deadline for every request's head, and room for those who behave."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import Any

from uvicorn._types import ASGI3Application
from uvicorn.config import Config
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol, RequestResponseCycle
from uvicorn.server import ServerState

HEAD_SECONDS = 10.0
HEAD_LIMIT = 64 * 1024
BODY_IS_WHOLE = "oncall.body_is_whole"
ANSWER_WHOLE = "oncall.answer_whole"
OUTCOME = "oncall.outcome"  # what the taking of a post has raised already
CONNECTIONS = 2_000
FILES_OF_THE_REST = 100


def room() -> int:
    """How many connections may be open at once: 4,000, or what the process's limit of open files leaves for them.

    The limit is raised as far as the system allows.
    """
    try:
        import resource
    except ImportError:  # Windows has no such limit
        return 2 * CONNECTIONS
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = 2 * CONNECTIONS + FILES_OF_THE_REST
    if soft != resource.RLIM_INFINITY and soft < wanted:
        soft = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    files = wanted if soft == resource.RLIM_INFINITY else min(wanted, soft)
    return max(files - FILES_OF_THE_REST, files // 2)


class Waiting:
    """Connections whose next request is not whole yet, oldest first; beyond the limit the oldest gives way."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._connections: dict[GuardedConnection, None] = {}

    def add(self, connection: GuardedConnection) -> None:
        """It owes us a request from now on."""
        self.discard(connection)
        self._connections[connection] = None
        if len(self._connections) > self._limit:
            next(iter(self._connections)).give_up()

    def discard(self, connection: GuardedConnection) -> None:
        """It has said a whole request, or is gone."""
        self._connections.pop(connection, None)


class GuardedConnection(HttpToolsProtocol):
    """uvicorn's connection, ended when a request's head takes longer than ten seconds or 64 KiB.

    uvicorn has a time-out between requests only: a socket that never says a whole head would be kept for ever.
    """

    waiting: Waiting

    def __init__(
        self,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        super().__init__(config, server_state, app_state, _loop)
        self._deadline: asyncio.TimerHandle | None = None
        self._head = 0  # bytes of it so far
        self._heads = 0  # of requests so far
        self._body_is_whole = True

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] # as uvicorn has it
        """A new connection owes its first head."""
        super().connection_made(transport)
        self._expect_head()
        self.waiting.add(self)

    def connection_lost(self, exc: Exception | None) -> None:
        """It is gone."""
        self._end_deadline()
        self.waiting.discard(self)
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Count what comes before the head is whole."""
        begins = self._deadline is None and not self._under_way()
        if begins:
            self._head = 0
        if begins or self._deadline is not None:
            self._head += len(data)
            if self._head > HEAD_LIMIT + len(data):
                self.give_up()
                return
        heads = self._heads
        super().data_received(data)
        # Most heads arrive in one piece, and need no clock.
        if begins and heads == self._heads and not self.transport.is_closing():
            self._expect_head()

    def on_headers_complete(self) -> None:
        """The head is whole; while its body is not, a connection gives way as one without a head does."""
        self._head_is_whole()
        super().on_headers_complete()

    def _head_is_whole(self) -> None:
        self._heads += 1
        self._end_deadline()
        self._body_is_whole = False

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: ASGI3Application) -> None:
        cycle.scope[ANSWER_WHOLE] = partial(answered_whole, cycle)  # type: ignore[literal-required] # a word of ours, not of ASGI
        super()._start_asgi_task(cycle, app)

    def on_message_complete(self) -> None:
        """The body is whole, also one that nobody has read; who reads it need not watch the time."""
        self._body_is_whole = True
        self.scope[BODY_IS_WHOLE] = True  # type: ignore[literal-required] # a word of ours, not of ASGI
        super().on_message_complete()
        if self._under_way():
            self.waiting.discard(self)
        else:
            self.waiting.add(self)

    def on_response_complete(self) -> None:
        """Between two requests a connection may wait as long as uvicorn's keep-alive, and gives way before others."""
        super().on_response_complete()
        if not self.transport.is_closing() and not self._under_way():
            self.waiting.add(self)

    def give_up(self) -> None:
        """End it without a word: nothing whole was said."""
        self._end_deadline()
        self.waiting.discard(self)
        if not self.transport.is_closing():
            self.transport.abort()

    def _under_way(self) -> bool:
        return self.cycle is not None and (not self.cycle.response_complete or not self._body_is_whole)

    def _expect_head(self) -> None:
        self._deadline = self.loop.call_later(HEAD_SECONDS, self.give_up)

    def _end_deadline(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None


def answered_whole(cycle: RequestResponseCycle, status: int, head: bytes, body: bytes) -> bool:
    """Send an answer whose head's lines and body are known in one write; False when it has to go the usual way.

    uvicorn sends head and body apart, and each of the two wakes the sender.
    """
    if cycle.response_started or cycle.disconnected or cycle.flow.write_paused or not cycle.keep_alive:
        return False
    cycle.response_started = True
    cycle.waiting_for_100_continue = False
    dated = [b"%b: %b\r\n" % pair for pair in cycle.default_headers]
    cycle.transport.write(
        b"".join((STATUS_LINE[status], *dated, head, b"content-length: %d\r\n\r\n" % len(body), body))
    )
    cycle.response_complete = True
    cycle.message_event.set()
    cycle.on_response()
    return True
