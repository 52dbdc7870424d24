"""The baseline: a Starlette endpoint on the same server that reads the JSON, keeps nothing and answers 202."""

from __future__ import annotations

import sys
from socket import socket

import msgspec
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route


async def _take(request: Request) -> Response:
    msgspec.json.decode(await request.body())
    return Response(b'{"status":"accepted"}', 202, media_type="application/json")


class _Telling(uvicorn.Server):
    async def startup(self, sockets: list[socket] | None = None) -> None:
        await super().startup(sockets)
        port = self.servers[0].sockets[0].getsockname()[1]
        sys.stdout.write(f"ready http://127.0.0.1:{port}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    app = Starlette(routes=[Route("/{rest:path}", _take, methods=["POST"])])
    _Telling(uvicorn.Config(app, port=0, log_level="error", access_log=False)).run()
