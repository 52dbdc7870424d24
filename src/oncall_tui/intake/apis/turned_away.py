"""What every API answers a key that opens nothing: kept among the rejected, and slowed down when somebody guesses."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from oncall_tui.intake.doors.door import EventDoor
from oncall_tui.intake.payload.decoding import clean
from oncall_tui.intake.wire import responses
from oncall_tui.ops.intake.rejected import Rejection

_SHOWN_OF_A_KEY = 4


async def turned_away(door: EventDoor, request: Request, reason: str, said: str) -> Response:
    """403 with a text; 429 for an address that tries out keys. The key is cut where it is kept."""
    source = request.client.host if request.client else ""
    key = str(request.path_params.get("key", ""))
    path = str(request.scope["path"])
    if key:
        path = path.replace(key, f"{key[:_SHOWN_OF_A_KEY]}…")
    await door.reject(Rejection(source=source, path=clean(path), reason=reason, sample=""))
    wait = await door.missed(source)
    return responses.answer(403, said) if wait is None else responses.guessing(wait.seconds)
