"""Which alert a path means: by id, by alias or by tiny id."""

from __future__ import annotations

from oncall_tui.intake.apis.alertmanager.books import Desk
from oncall_tui.intake.apis.opsgenie.endpoint import Asked, Unprocessable
from oncall_tui.intake.payload.fields import key_from
from oncall_tui.intake.sources.paging.opsgenie import failed
from oncall_tui.intake.sources.paging.opsgenie_ids import Did, RequestId, alert_number, digest_of, read_request
from oncall_tui.ops import sent_alerts
from oncall_tui.ops.sent_alerts import SentAlert

MISSING = failed(404, "Alert does not exist")
_TYPES = ("", "id", "alias", "tiny", "tinyid")


def identifier_type(asked: Asked) -> str:
    """How the alert is named. Raises Unprocessable for what is no way."""
    kind = asked.text("identifierType").lower()
    if kind not in _TYPES:
        raise Unprocessable(identifierType="one of id, alias, tiny")
    return kind


def alert_of(desk: Desk, asked: Asked, name: str) -> SentAlert | None:
    """The alert that a path names; None when this integration has none such.

    Where no way is named it is the id; who forgot to say that it is an alias is understood, too. Apprise gives that of
    the request that created the alert.
    """
    conn, integration = desk.conn, desk.integration.name
    kind = identifier_type(asked)
    if kind == "alias":
        return sent_alerts.by_key(conn, integration, key_from(name.strip()))
    if kind in ("tiny", "tinyid"):
        plain = name.isascii() and name.isdecimal() and len(name) < 15
        return sent_alerts.by_id(conn, integration, int(name)) if plain else None
    number = alert_number(name)
    found = sent_alerts.by_id(conn, integration, number) if number is not None else None
    if found is None and (request := read_request(name)) is not None and request.did is Did.CREATE:
        found = alert_behind(desk, request)
    if found is None and not kind:
        return sent_alerts.by_key(conn, integration, key_from(name.strip()))
    return found


def alert_behind(desk: Desk, request: RequestId) -> SentAlert | None:
    """The alert that a request was about; None when this integration has none such."""
    name = desk.integration.name
    if request.did is not Did.CREATE:
        return sent_alerts.by_id(desk.conn, name, request.number) if request.number else None
    found = sent_alerts.of_incident(desk.conn, name, request.number) if request.number else ()
    ours = [alert for alert in found if digest_of(alert.key) == request.digest]
    return max(ours, key=lambda alert: alert.id, default=None)
