"""The demo's inbox: a loopback address that takes every page, and shows them to whoever asks it."""

from __future__ import annotations

import json
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType

from oncall_tui.domain.plaintext import visible

KEPT = 200
LONGEST = 64 * 1024


@dataclass(frozen=True, slots=True)
class Received:
    """A page that arrived: to whom, by which contact, and its title."""

    user: str
    contact: str
    title: str

    def __str__(self) -> str:
        return visible(f"page to {self.user} by {self.contact}: {self.title}")


class Inbox:
    """A listener on a free port of this host. Use it as a context manager."""

    def __init__(self, tell: Callable[[Received], None] = lambda _: None) -> None:
        self._tell = tell
        self._pages: deque[Received] = deque(maxlen=KEPT)
        self._guard = threading.Lock()
        self._server = _Server(self)
        self._thread = threading.Thread(target=self._server.serve_forever, name="inbox", daemon=True)

    def __enter__(self) -> Inbox:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    @property
    def place(self) -> str:
        """HOST:PORT."""
        return f"127.0.0.1:{self._server.server_port}"

    @property
    def pages(self) -> tuple[Received, ...]:
        """The latest pages, oldest first."""
        with self._guard:
            return tuple(self._pages)

    def take(self, path: str, body: bytes) -> None:
        """Keep what was posted to /USER/CONTACT."""
        user, _, contact = path.strip("/").partition("/")
        page = Received(user, contact, _title(body))
        with self._guard:
            self._pages.append(page)
        self._tell(page)


def _title(body: bytes) -> str:
    try:
        told = json.loads(body)
    except ValueError:
        return "?"
    return str(told.get("title") or told.get("message") or "?") if isinstance(told, dict) else "?"


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, inbox: Inbox) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.inbox = inbox


class _Handler(BaseHTTPRequestHandler):
    server: _Server

    def do_POST(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        self.server.inbox.take(self.path, self.rfile.read(min(length, LONGEST)))
        self._answer("taken\n")

    def do_GET(self) -> None:
        self._answer("".join(f"{page}\n" for page in self.server.inbox.pages) or "no page yet\n")

    def _answer(self, text: str) -> None:
        body = text.encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/plain; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Nothing: the terminal is busy."""
