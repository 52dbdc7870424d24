"""The ping of Opsgenie's heartbeats, and what one is asked about: https://docs.opsgenie.com/docs/heartbeat-api"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from oncall_tui.domain.directory.heartbeats import UNWELL, Signal
from oncall_tui.domain.errors import Unknown
from oncall_tui.intake.apis.alertmanager.books import Desk
from oncall_tui.intake.apis.opsgenie.alerts import told
from oncall_tui.intake.apis.opsgenie.endpoint import Asked, Work
from oncall_tui.intake.apis.opsgenie.shapes import moment
from oncall_tui.intake.payload.reading import Answer
from oncall_tui.intake.sources.paging.opsgenie import failed
from oncall_tui.intake.sources.paging.opsgenie_ids import Came, Did, RequestId
from oncall_tui.ops.heartbeats import HeartbeatRow, every, ping

MISSING = failed(404, "Heartbeat does not exist")
_UNITS = (("days", timedelta(days=1)), ("hours", timedelta(hours=1)), ("minutes", timedelta(minutes=1)))


def heartbeats(asked: Asked) -> Work | Answer:
    """What is to be done for a request about heartbeats."""
    match asked.method, asked.parts:
        case "GET" | "PUT" | "PATCH" | "POST", (*name, "ping") if name:
            return Work(lambda desk: _ping(desk, "/".join(name)), acts=True)
        case "GET", ():
            return Work(lambda desk: told({"heartbeats": [_shape(row) for row in every(desk.conn)]}))
        case "GET", name:
            return Work(lambda desk: _one(desk, "/".join(name)))
    return failed(404, "heartbeats are set up in the config file; here they are asked about and pinged")


def _ping(desk: Desk, name: str) -> Answer:
    try:
        ping(desk.conn, desk.world, name, Signal.SUCCESS, desk.now)
    except Unknown:
        return MISSING
    request = RequestId(did=Did.PING, came=Came.DONE, at=int(desk.now.timestamp()))
    return Answer(202, {"result": "PONG - Heartbeat received", "took": 0.0, "requestId": str(request)})


def _one(desk: Desk, name: str) -> Answer:
    found = next((row for row in every(desk.conn) if row.name == name), None)
    return told(_shape(found)) if found is not None else MISSING


def _shape(row: HeartbeatRow) -> Mapping[str, Any]:
    shape: dict[str, Any] = {"name": row.name, "description": row.rhythm, "enabled": True}
    shape["expired"] = row.health in UNWELL
    if row.every is not None:
        unit, length = next((one for one in _UNITS if not row.every % one[1]), _UNITS[-1])
        shape |= {"interval": max(1, row.every // length), "intervalUnit": unit}
    if row.heard_at is not None:
        shape["lastPingTime"] = moment(row.heard_at)
    return shape
