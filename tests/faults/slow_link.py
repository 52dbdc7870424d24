"""A TCP proxy before a database server that lets each statement arrive late."""

from __future__ import annotations

import socket
import threading
import time
from contextlib import suppress
from types import TracebackType


class SlowLink:
    """Listens on a port of its own and passes everything on; what a client sends arrives `delay` seconds later.

    Use it as a context manager.
    """

    def __init__(self, port: int, delay: float = 0.0, *, host: str = "127.0.0.1") -> None:
        """`port`: the server's, on this machine. `host`: the address to listen on."""
        self.delay = delay
        self.arrivals: list[tuple[float, str]] = []  # when (monotonic) a connection came, and from where
        self._server = port
        self._over = threading.Event()
        self._door = socket.create_server((host, 0))
        self.port = int(self._door.getsockname()[1])
        self._links: list[socket.socket] = []
        self._thread = threading.Thread(target=self._listen, daemon=True)

    def __enter__(self) -> SlowLink:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        for one in (self._door, *self._links):
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()
        self._thread.join(5)

    def _listen(self) -> None:
        while not self._over.is_set():
            try:
                near, peer = self._door.accept()
                self.arrivals.append((time.monotonic(), peer[0]))
                far = socket.create_connection(("127.0.0.1", self._server))
            except OSError:
                continue
            self._links += [near, far]
            for one, two, late in ((near, far, True), (far, near, False)):
                threading.Thread(target=self._pass_on, args=(one, two, late), daemon=True).start()

    def _pass_on(self, one: socket.socket, two: socket.socket, late: bool) -> None:
        try:
            while data := one.recv(65536):
                if late and self._over.wait(self.delay):
                    break
                two.sendall(data)
        except OSError:
            pass  # either end has gone, and the other is told below
        for link in (one, two):
            with suppress(OSError):
                link.shutdown(socket.SHUT_RDWR)
