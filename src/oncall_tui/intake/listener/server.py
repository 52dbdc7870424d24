"""The listener: binds before it starts, says where it listens, stops without dropping what is under way."""

from __future__ import annotations

import asyncio
import errno
import logging
import re
import socket
import threading
from dataclasses import dataclass
from pathlib import Path

import uvicorn
from starlette.types import ASGIApp

from oncall_tui.domain.errors import Invalid, OncallError, PortInUse
from oncall_tui.intake.listener.straight import StraightConnection
from oncall_tui.intake.listener.tls import LOOK_EVERY, Certificate
from oncall_tui.intake.wire.connections import Waiting, room

log = logging.getLogger(__name__)

BACKLOG = 2_048
KEEP_ALIVE_SECONDS = 15
STOP_SECONDS = 10
START_SECONDS = 10.0
DEFAULT_PORT = 8080
_HIGHEST_PORT = 65_535
_ADDRESS = re.compile(r"(?:\[(?P<six>[0-9A-Fa-f:.]+)\]|(?P<host>[^:\[\]\s]*))(?::(?P<port>[0-9]{1,5}))?")


@dataclass(frozen=True, slots=True)
class Listen:
    """Where to listen; port 0 lets the system choose."""

    host: str
    port: int


def read_listen(text: str) -> Listen:
    """`HOST:PORT`, `[IPv6]:PORT`, `:PORT` (this host only), `HOST` or `[IPv6]`. Raises Invalid."""
    found = _ADDRESS.fullmatch(text.strip())
    port = int(found["port"] or DEFAULT_PORT) if found else _HIGHEST_PORT + 1
    if found is None or not text.strip() or port > _HIGHEST_PORT:
        raise Invalid(f"'{text}' is no address", mend="write it as 127.0.0.1:8080 or [::1]:8080", path="listen")
    return Listen(found["six"] or found["host"] or "127.0.0.1", port)


class IntakeServer:
    """The application on a port, in a thread of its own."""

    def __init__(
        self, app: ASGIApp, listen: Listen, *, tls_cert: Path | None = None, tls_key: Path | None = None
    ) -> None:
        self._listen = listen
        self._app = app
        if tls_key is not None and tls_cert is None:
            # Serving http to somebody who asked for https would send keys in clear.
            raise Invalid("a TLS key without its certificate", mend="give --tls-cert, too", path="tls_cert")
        self._tls = Certificate(tls_cert, tls_key) if tls_cert is not None else None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._server: uvicorn.Server | None = None
        self._thread: threading.Thread | None = None

    def start(self) -> str:
        """Listen and answer; the bound address as a URL. Raises PortInUse, or Invalid for an address not ours."""
        listener = _bound(self._listen)
        host, port = listener.getsockname()[:2]
        server = uvicorn.Server(self._config())
        self._server = server
        started = threading.Event()
        self._thread = threading.Thread(
            target=self._serve, args=(server, listener, started), name="intake", daemon=True
        )
        self._thread.start()
        if not started.wait(START_SECONDS) or not server.started:
            raise OncallError("the HTTP server did not start", mend="see the log")
        return f"{'https' if self._tls else 'http'}://{f'[{host}]' if ':' in host else host}:{port}"

    def stop(self) -> None:
        """Take nothing new, finish what is under way (ten seconds at most), return when the port is free."""
        if self._server is None or self._thread is None:
            return
        self._server.should_exit = True
        self._thread.join(STOP_SECONDS + 5)

    def reload_certificate(self) -> None:
        """Read the TLS files again now, not at the next look; without TLS nothing happens."""
        if self._tls is not None and self._loop is not None:
            self._loop.call_soon_threadsafe(self._tls.reload)

    @property
    def alive(self) -> bool:
        """Whether the listener still runs."""
        return self._thread is not None and self._thread.is_alive()

    def _config(self) -> uvicorn.Config:
        # A class of its own for each server: the room for waiting connections is not shared between two of them.
        connections = room()
        protocol = type("Connection", (StraightConnection,), {"waiting": Waiting(connections // 2)})
        tls = self._tls
        return uvicorn.Config(
            self._app,
            http=protocol,
            ws="none",
            lifespan="off",
            loop="auto",
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=False,
            backlog=BACKLOG,
            limit_concurrency=connections,
            timeout_keep_alive=KEEP_ALIVE_SECONDS,
            timeout_graceful_shutdown=STOP_SECONDS,
            ssl_context_factory=(lambda _config, _default: tls.context) if tls is not None else None,
        )

    def _watch(self, loop: asyncio.AbstractEventLoop, certificate: Certificate) -> None:
        certificate.look()
        loop.call_later(LOOK_EVERY, self._watch, loop, certificate)

    def _serve(self, server: uvicorn.Server, listener: socket.socket, started: threading.Event) -> None:
        startup = server.startup

        async def startup_then_tell(sockets: list[socket.socket] | None = None) -> None:
            await startup(sockets)
            self._loop = asyncio.get_running_loop()
            if self._tls is not None:
                self._watch(self._loop, self._tls)
            started.set()

        server.startup = startup_then_tell  # type: ignore[method-assign] # uvicorn has no hook for it
        try:
            server.run(sockets=[listener])
        except Exception:
            log.exception("the HTTP server ended")
        finally:
            listener.close()
            started.set()


def _bound(listen: Listen) -> socket.socket:
    try:
        found = socket.getaddrinfo(listen.host, listen.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except OSError as error:
        raise Invalid(
            f"'{listen.host}' is no address of this host", mend="listen on 127.0.0.1:8080", path="listen"
        ) from error
    family, _type, _protocol, _name, address = found[0]
    try:
        return socket.create_server(address[:2], family=family, backlog=BACKLOG)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise PortInUse(
                f"another process listens on {listen.host}:{listen.port}",
                mend="stop it, or choose another port with --listen (:0 takes any)",
            ) from error
        raise Invalid(
            f"can't listen on {listen.host}:{listen.port}: {error.strerror}",
            mend="choose an address of this host and a port you may use, as in --listen 127.0.0.1:8080",
            path="listen",
        ) from error
