"""Status, receivers, alerts and groups, in Alertmanager's shapes."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from itertools import groupby

from oncall_tui.domain.matching.matchers import Matcher
from oncall_tui.intake.apis.alertmanager.books import Desk
from oncall_tui.intake.apis.alertmanager.endpoint import Asked, Told, Work
from oncall_tui.intake.apis.alertmanager.wire import filters, time_text
from oncall_tui.intake.sources.prometheus import RESOLVE_TIMEOUT
from oncall_tui.ops.intake.shown_alerts import ShownAlert, firing


def status(desk: Desk, _: Asked) -> Told:
    """What clients ask first. The version is the API's, not a promise to be Alertmanager in everything."""
    from oncall_tui import __version__

    built = dict.fromkeys(("branch", "buildDate", "buildUser", "goVersion", "revision"), "")
    return {
        "cluster": {"peers": [], "status": "disabled"},
        "config": {"original": _config(desk.integration.name, __version__)},
        "uptime": time_text(desk.now),
        "versionInfo": built | {"version": f"oncall-{__version__}"},
    }


def _config(name: str, version: str) -> str:
    """As much of a configuration as `amtool config routes` reads: everything goes to the one receiver."""
    quoted = json.dumps(name)  # JSON is YAML
    return f"# oncall {version}\nroute: {{receiver: {quoted}}}\nreceivers: [{{name: {quoted}}}]\n"


def receivers(desk: Desk, _: Asked) -> Told:
    """One receiver: the integration."""
    return [_receiver(desk)]


def alerts(desk: Desk, asked: Asked) -> Told:
    """The integration's alerts that fire and match."""
    return [_alert(one, desk) for one in _wanted(desk, asked)]


def groups(desk: Desk, asked: Asked) -> Told:
    """The same alerts, an incident each; those that a silence holds back make one group."""
    ordered = sorted(_wanted(desk, asked), key=lambda one: one.number or 0)
    return [
        {"labels": {}, "receiver": _receiver(desk), "alerts": [_alert(one, desk) for one in found]}
        for _, found in groupby(ordered, key=lambda one: one.number or 0)
    ]


def _wanted(desk: Desk, asked: Asked) -> list[ShownAlert]:
    matchers = filters(asked)
    name = desk.integration.name
    if not all(Matcher("receiver", "=~", text).takes(name) for text in asked.query.get("receiver", ())):
        return []
    return [
        one
        for one in firing(desk.conn, desk.world, name, desk.now)
        if asked.wants("silenced" if one.silenced_by else "active")
        and all(matcher.takes(one.labels.get(matcher.name, "")) for matcher in matchers)
    ]


def _alert(one: ShownAlert, desk: Desk) -> Mapping[str, object]:
    return {
        "annotations": {"summary": one.title},
        "endsAt": time_text(one.ends_at or one.updated_at + RESOLVE_TIMEOUT),
        "fingerprint": one.key,
        "labels": dict(one.labels),
        "receivers": [_receiver(desk)],
        "startsAt": time_text(one.started_at),
        "status": {
            "inhibitedBy": [],
            "silencedBy": list(one.silenced_by),
            "state": "suppressed" if one.silenced_by else "active",
        },
        "updatedAt": time_text(one.updated_at),
    }


def _receiver(desk: Desk) -> Mapping[str, object]:
    return {"name": desk.integration.name}


HANDLERS: Sequence[tuple[str, str, Work]] = (
    ("GET", "/status", Work(status)),
    ("GET", "/receivers", Work(receivers)),
    ("GET", "/alerts", Work(alerts)),
    ("GET", "/alerts/groups", Work(groups)),
)
