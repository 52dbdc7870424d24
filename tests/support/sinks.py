"""A real HTTP provider on 127.0.0.1 that records what it gets and answers as told, path by path."""

from __future__ import annotations

import json
import socket
import ssl
import struct
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any
from urllib.parse import urlsplit

PATIENCE = 90.0  # seconds that a condition may take: a guard against hanging, never a measure of speed


@dataclass(frozen=True, slots=True)
class Request:
    """One request as it arrived; `at` is in monotonic seconds, header names are lower case."""

    at: float
    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def path(self) -> str:
        """The path without its query."""
        return urlsplit(self.target).path

    @property
    def json(self) -> Any:
        """The body, read as JSON."""
        return json.loads(self.body)

    @property
    def text(self) -> str:
        """Title and message of a page, or the body as text when it is no JSON."""
        try:
            told = self.json
        except ValueError:
            return self.body.decode("utf-8", "replace")
        return f"{told.get('title', '')}\n{told.get('message', '')}" if isinstance(told, dict) else str(told)

    @property
    def page_id(self) -> str:
        """The page id that a page carries in its header, or else in its last line."""
        header = self.headers.get("x-oncall-page-id", "")
        return header or self.text.rstrip().rpartition("Page ")[2]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """How a path answers: `how` is one of answer, hang (until the sink closes), drip, drip_body, endless,
    reset, close, garbage."""

    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b"ok"
    delay: float = 0.0
    how: str = "answer"


class Sink:
    """A threaded HTTP server. Use it as a context manager; every path answers 200 until told otherwise."""

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        self._changed = threading.Condition()
        self._requests: list[Request] = []
        self._answers: dict[str, list[Answer]] = {}
        self._closing = threading.Event()
        self._server = _Server(("127.0.0.1", 0), _Handler)
        self._server.sink = self
        if tls is not None:
            # Each connection shakes hands in its own thread: one that does not must not hold up the others.
            self._server.socket = tls.wrap_socket(self._server.socket, server_side=True, do_handshake_on_connect=False)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)

    def __enter__(self) -> Sink:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(PATIENCE)

    @property
    def port(self) -> int:
        """The port that it listens on."""
        return int(self._server.server_address[1])

    @property
    def address(self) -> str:
        """Its `http://…` address, without a path."""
        return f"http://127.0.0.1:{self.port}"

    def apprise_url(self, path: str = "/", scheme: str = "json") -> str:
        """The Apprise URL of one of its paths."""
        return f"{scheme}://127.0.0.1:{self.port}{path}"

    def answer(
        self,
        path: str,
        status: int = 200,
        *,
        headers: Mapping[str, str] | None = None,
        body: bytes = b"ok",
        delay: float = 0.0,
        how: str = "answer",
        times: int | None = None,
    ) -> None:
        """Make a path answer so from now on, or only for the next `times` requests, and then as before."""
        given = Answer(status=status, headers=headers or {}, body=body, delay=delay, how=how)
        with self._changed:
            queue = self._answers.setdefault(path, [Answer()])
            if times is None:
                queue[:] = [given]
            else:
                queue[-1:-1] = [given] * times

    def release(self) -> None:
        """Let every hanging and dripping answer end."""
        self._closing.set()

    @property
    def requests(self) -> list[Request]:
        """What arrived so far, in order."""
        with self._changed:
            return list(self._requests)

    def wait_for(self, condition: Callable[[Sequence[Request]], Any], timeout: float = PATIENCE) -> list[Request]:
        """Wait until the condition holds for what arrived; the requests then. Fails when it never does."""
        with self._changed:
            if not self._changed.wait_for(lambda: condition(self._requests), timeout):
                seen = [(request.method, request.target) for request in self._requests]
                raise AssertionError(f"waited {timeout:g} s in vain; arrived: {seen}")
            return list(self._requests)

    def take(self, request: Request) -> Answer:
        """Record a request; how to answer it."""
        with self._changed:
            self._requests.append(request)
            self._changed.notify_all()
            queue = self._answers.setdefault(request.path, [Answer()])
            return queue.pop(0) if len(queue) > 1 else queue[0]

    def idle(self, seconds: float | None) -> bool:
        """Wait, but not beyond the sink's own end; whether it ended."""
        return self._closing.wait(seconds)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 128
    sink: Sink

    def handle_error(self, request: object, client_address: object) -> None:
        """Clients that give up in the middle are what the tests are about."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def _serve(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        headers = {name.lower(): value for name, value in self.headers.items()}
        request = Request(time.monotonic(), self.command, self.path, headers, self.rfile.read(length))
        answer = self.server.sink.take(request)
        if answer.delay:
            self.server.sink.idle(answer.delay)
        getattr(self, f"_{answer.how}")(answer)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = do_HEAD = _serve

    def _answer(self, answer: Answer) -> None:
        if "Date" in answer.headers:  # told by the test: not told twice
            self.send_response_only(answer.status)
        else:
            self.send_response(answer.status)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        self.wfile.write(answer.body)

    def _hang(self, answer: Answer) -> None:
        self.server.sink.idle(None)
        self.close_connection = True

    def _drip(self, answer: Answer) -> None:
        """A header that grows a byte every 50 ms, for ever: no read ever times out."""
        self.wfile.write(b"HTTP/1.1 200 OK\r\nX-Slow: ")
        while not self.server.sink.idle(0.05):
            self.wfile.write(b"a")
        self.close_connection = True

    def _drip_body(self, answer: Answer) -> None:
        """The same with the body."""
        self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n")
        while not self.server.sink.idle(0.05):
            self.wfile.write(b"a")
        self.close_connection = True

    def _endless(self, answer: Answer) -> None:
        """A body without end, as fast as it goes."""
        self.wfile.write(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n")
        while not self.server.sink.idle(0):
            self.wfile.write(b"a" * 65536)
        self.close_connection = True

    def _reset(self, answer: Answer) -> None:
        """RST instead of an answer."""
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.close_connection = True
        self.connection.close()

    def _close(self, answer: Answer) -> None:
        """End the connection without an answer."""
        self.close_connection = True

    def _garbage(self, answer: Answer) -> None:
        self.wfile.write(b"\x00\xffthis is no HTTP\r\n\r\n")
        self.close_connection = True

    def log_message(self, format: str, *args: object) -> None:
        """Keep the test output clean."""


def closed_port() -> int:
    """A port of 127.0.0.1 on which nobody listens."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        return int(held.getsockname()[1])
