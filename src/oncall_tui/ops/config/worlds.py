"""A config file as the world that the engine, the previews and the calendar see: no database needed."""

from __future__ import annotations

from typing import Any

from oncall_tui.domain.world import World
from oncall_tui.notify.redact import redact_url
from oncall_tui.ops.config.entries.document import Config
from oncall_tui.ops.directory import building


def world_of(config: Config) -> World:
    """The world that a checked file describes. Channels are numbered in the order in which the file names them."""
    plain: dict[str, Any] = config.plain()
    channels: dict[str, int] = {}
    for policy in plain.get("policies") or ():
        for targets in (*(step.get("targets", ()) for step in policy.get("steps", ())), policy.get("fallback", ())):
            for target in targets:
                if "url" in target:
                    url = target.pop("url")
                    number = channels.setdefault(url, len(channels) + 1)
                    target.update(channel=number, display=redact_url(url))
    for schedule in plain.get("schedules") or ():
        for notice in schedule.get("notices", ()):
            url = notice.pop("url")
            notice.update(channel=channels.setdefault(url, len(channels) + 1), display=redact_url(url))
    users = map(building.user_of, plain.get("users") or ())
    teams = map(building.team_of, plain.get("teams") or ())
    schedules = map(building.schedule_of, plain.get("schedules") or ())
    notices = {entry["name"]: building.notices_of(entry) for entry in plain.get("schedules") or ()}
    policies = map(building.policy_of, plain.get("policies") or ())
    services = map(building.service_of, plain.get("services") or ())
    integrations = map(building.integration_of, plain.get("integrations") or ())
    windows = map(building.maintenance_of, plain.get("maintenance") or ())
    return World(
        users={user.username: user for user in users},
        teams={team.name: team for team in teams},
        schedules={schedule.name: schedule for schedule in schedules},
        policies={policy.name: policy for policy in policies},
        services={service.name: service for service in services},
        integrations={integration.name: integration for integration in integrations},
        maintenance={window.name: window for window in windows},
        notices=notices,
        rules=tuple(building.rule_of(entry, entry["name"]) for entry in plain.get("rules") or ()),
    )
