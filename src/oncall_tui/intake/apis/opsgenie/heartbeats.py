"""The ping of Opsgenie's heartbeats, and what one is asked about: https://docs.opsgenie.com/docs/heartbeat-api"""

from __future__ import annotations

from oncall_tui.domain.directory.heartbeats import Signal
from oncall_tui.domain.errors import Unknown
from oncall_tui.intake.apis.alertmanager.books import Desk
from oncall_tui.intake.apis.opsgenie.endpoint import Asked, Work
from oncall_tui.intake.doors.reading import Answer
from oncall_tui.intake.sources.paging.opsgenie import failed
from oncall_tui.intake.sources.paging.opsgenie_ids import Came, Did, RequestId
from oncall_tui.ops.heartbeats import ping

MISSING = failed(404, "Heartbeat does not exist")


def heartbeats(asked: Asked) -> Work | Answer:
    """What is to be done for a request about heartbeats."""
    match asked.method, asked.parts:
        case "GET" | "PUT" | "PATCH" | "POST", (*name, "ping") if name:
            return Work(lambda desk: _ping(desk, "/".join(name)), acts=True)
    return failed(404, "heartbeats are set up in the config file; here they are pinged")


def _ping(desk: Desk, name: str) -> Answer:
    try:
        ping(desk.conn, desk.world, name, Signal.SUCCESS, desk.now)
    except Unknown:
        return MISSING
    request = RequestId(did=Did.PING, came=Came.DONE, at=int(desk.now.timestamp()))
    return Answer(202, {"result": "PONG - Heartbeat received", "took": 0.0, "requestId": str(request)})
