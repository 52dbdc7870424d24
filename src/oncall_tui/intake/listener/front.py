"""The straight way to the event doors: past the middleware and the list of routes, which grows with every dialect."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.types import Receive, Scope, Send

from oncall_tui.intake.doors.posts import Posts
from oncall_tui.intake.doors.straight import PlainDoor, Straight

_BY_KIND = "/in/"


class Front(Starlette):
    """The application; POSTs to `/in/{kind}/{key}`, and to paths known whole, are looked up instead of searched.

    The routes say the same: whatever is not found here goes their way. Who was told an address with a slash at its end
    and adds a path to it is understood.
    """

    def __init__(self, doors: Mapping[str, Posts], plain: PlainDoor | None, **settings: Any) -> None:
        super().__init__(**settings)
        self._by_kind = doors
        # Gates, and who has to hear of each answer, are waited for.
        self._straight = {
            kind: Straight(posts, plain)
            for kind, posts in doors.items()
            if plain is not None and posts.gate is None and posts.answered is None
        }
        self._by_path = {
            spelling: posts
            for posts in doors.values()
            for path in posts.dialect.paths
            if "{" not in path
            for spelling in (path, f"{path}/")
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] == "http" and scope["method"] == "POST":
            posts, params = self._find(scope["path"])
            if posts is not None:
                scope["path_params"] = params
                response = await posts.respond(Request(scope, receive, send))
                await response(scope, receive, send)
                return
        await super().__call__(_with_one_slash(scope), receive, send)

    def straight(self, path: str) -> tuple[Straight, str | None] | None:
        """The straight way to the door at this path, and the key that the path names; None where there is none."""
        posts, params = self._find(path)
        way = self._straight.get(posts.dialect.kind) if posts is not None else None
        return None if way is None else (way, params.get("key"))

    def _find(self, path: str) -> tuple[Posts | None, dict[str, str]]:
        if not path.startswith(_BY_KIND):
            return self._by_path.get(path), {}
        kind, _, key = path[len(_BY_KIND) :].removesuffix("/").partition("/")
        if not key or "/" in key:
            return None, {}
        return self._by_kind.get(kind), {"key": key}


def _with_one_slash(scope: Scope) -> Scope:
    path: str = scope.get("path", "")
    if not path.startswith("//"):
        return scope
    raw: bytes = scope.get("raw_path") or path.encode()
    return {**scope, "path": f"/{path.lstrip('/')}", "raw_path": b"/" + raw.lstrip(b"/")}
