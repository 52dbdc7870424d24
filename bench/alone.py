"""The baseline at one connection: the same server takes each event in a commit of its own, in its own thread."""

from __future__ import annotations

import sys
from socket import socket

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from oncall_tui.clock import SystemClock
from oncall_tui.intake.payload.reading import Post, Reading
from oncall_tui.intake.sources import DIALECTS
from oncall_tui.ops.directory import Directory
from oncall_tui.ops.intake.events import Names, Posted, take_all
from oncall_tui.storage.engine import open_store


class _Telling(uvicorn.Server):
    async def startup(self, sockets: list[socket] | None = None) -> None:
        await super().startup(sockets)
        port = self.servers[0].sockets[0].getsockname()[1]
        sys.stdout.write(f"ready http://127.0.0.1:{port}\n")
        sys.stdout.flush()


def main(url: str, integration: str) -> None:
    """Serve until terminated."""
    store, clock, names = open_store(url), SystemClock(), Names()
    directory = Directory(store)

    async def take(request: Request) -> Response:
        body = await request.body()
        reading = DIALECTS["generic"].read(Post(body=body, key="-"))
        assert isinstance(reading, Reading), "the load is readable"
        with store.write() as conn:
            posts = [Posted(integration, reading.events, body.decode())]
            take_all(conn, directory.world(conn), posts, clock.now(), names)
        return Response(b'{"status":"accepted"}', 202, media_type="application/json")

    app = Starlette(routes=[Route("/{rest:path}", take, methods=["POST"])])
    _Telling(uvicorn.Config(app, port=0, log_level="error", access_log=False)).run()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
