"""Services and what reports on them: owners that exist, settings that go together."""

from __future__ import annotations

from oncall_tui.domain.directory.maintenance import never_ends
from oncall_tui.domain.time.walltime import parse_wall
from oncall_tui.ops.config.checks.found import Found
from oncall_tui.ops.config.entries.document import Config
from oncall_tui.ops.config.entries.services import HeartbeatEntry, MaintenanceEntry, ServiceEntry
from oncall_tui.ops.config.texts import KEPT
from oncall_tui.ops.directory.building import maintenance_of

SIGNED = frozenset({"grafana", "sentry"})
"""The kinds whose senders can sign what they post."""


def check_services(config: Config, found: Found) -> None:
    """Look at services, integrations, heartbeats and maintenance windows."""
    services, integrations = config.services or [], config.integrations or []
    found.once([service.name for service in services], "services", ".name")
    silent_teams = frozenset(team.name for team in config.teams or () if not team.policies)
    for place, service in enumerate(services):
        _check_service(service, f"services[{place}]", silent_teams, found)
    found.once([integration.name for integration in integrations], "integrations", ".name")
    for place, integration in enumerate(integrations):
        found.refer("service", integration.service, f"integrations[{place}].service")
        if integration.secret is not None and integration.kind not in SIGNED:
            sentence = f"kept, but senders of kind {integration.kind} sign nothing: it has no effect"
            found.warn(f"integrations[{place}].secret", sentence)
    _check_keys([integration.key for integration in integrations], "integrations", found)
    found.once([heartbeat.name for heartbeat in config.heartbeats or ()], "heartbeats", ".name")
    _check_keys([heartbeat.key for heartbeat in config.heartbeats or ()], "heartbeats", found)
    for place, heartbeat in enumerate(config.heartbeats or ()):
        _check_heartbeat(heartbeat, f"heartbeats[{place}]", found)
    found.once([window.name for window in config.maintenance or ()], "maintenance", ".name")
    for place, window in enumerate(config.maintenance or ()):
        _check_maintenance(window, f"maintenance[{place}]", found)
    if not any(problem.path.startswith("maintenance") for problem in found.problems):
        _check_ends(config.maintenance or [], found)


def _check_service(service: ServiceEntry, path: str, silent_teams: frozenset[str], found: Found) -> None:
    found.refer("team", service.team, f"{path}.team")
    found.refer("policy", service.policy, f"{path}.policy")
    if service.policy is None and (service.team is None or service.team in silent_teams):
        found.warn(path, f"{service.name} has no policy, nor has a team of it one: only admins are paged")
    if service.grouping == "labels" and not service.group_labels:
        found.wrong(f"{path}.group_labels", "grouping by labels needs labels", "name them, like [cluster, job]")
    if service.grouping != "labels" and service.group_labels:
        found.warn(f"{path}.group_labels", "has an effect only with `grouping: labels`")
    if service.support_hours is not None:
        _check_hours(service, f"{path}.support_hours", found)


def _check_hours(service: ServiceEntry, path: str, found: Found) -> None:
    assert service.support_hours is not None, "asked only for services that have them"
    if not service.support_hours.windows:
        found.wrong(f"{path}.windows", "support hours need a window", 'like {days: [mon], from: "09:00", to: "17:00"}')
    for place, window in enumerate(service.support_hours.windows):
        if not window.days:
            found.wrong(f"{path}.windows[{place}].days", "no day is named", "name days like [mon, tue]")
    if service.urgency != "severity":
        found.warn(path, f"support hours win over `urgency: {service.urgency}`")


def _check_keys(keys: list[str | None], section: str, found: Found) -> None:
    seen: dict[str, int] = {}
    for place, key in enumerate(keys):
        if key is None or key == KEPT:
            continue
        if key in seen:
            sentence = f"{section}[{seen[key]}] has the same key"
            found.wrong(f"{section}[{place}].key", sentence, "give each a key of its own", "duplicate")
        seen.setdefault(key, place)


def _check_heartbeat(heartbeat: HeartbeatEntry, path: str, found: Found) -> None:
    found.refer("service", heartbeat.service, f"{path}.service")
    if (heartbeat.every is None) == (heartbeat.cron is None):
        found.wrong(path, "a heartbeat is expected by every or by cron", "give exactly one of them")
    if heartbeat.timezone is not None and heartbeat.cron is None:
        found.wrong(f"{path}.timezone", "timezone goes with cron only", "leave it out")


def _check_maintenance(window: MaintenanceEntry, path: str, found: Found) -> None:
    found.refer_all("service", window.services, f"{path}.services")
    if not window.services:
        found.wrong(f"{path}.services", "no service is named", "name one or more")
    if window.start and window.end and parse_wall(window.end) <= parse_wall(window.start):
        found.wrong(f"{path}.end", "it ends before it starts", "swap start and end")
    if window.until is not None and window.every is None:
        found.wrong(f"{path}.until", "until goes with every only", "add `every: 1w`, or leave it out")


def _check_ends(entries: list[MaintenanceEntry], found: Found) -> None:
    """Windows always end: what repeats without a pause would let a service page nobody for ever."""
    for service in dict.fromkeys(name for entry in entries for name in entry.services):
        places = [place for place, entry in enumerate(entries) if service in entry.services]
        if never_ends([maintenance_of(entries[place].plain()) for place in places]):
            place = next(place for place in places if entries[place].every is not None)
            found.wrong(
                f"maintenance[{place}].every",
                f"the maintenance of {service} would never end: its repetitions follow each other without a pause",
                "shorten it, or repeat it less often",
                "endless",
            )
