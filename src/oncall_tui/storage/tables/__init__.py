"""Every table, one file a region. `metadata` knows them all; the newest migration must equal it."""

from __future__ import annotations

from oncall_tui.storage.tables.base import metadata
from oncall_tui.storage.tables.delivery import UNFINISHED_PAGE, attempts, pages, provider_rests
from oncall_tui.storage.tables.directory import (
    contact_codes,
    contact_methods,
    notification_rules,
    team_members,
    team_policies,
    teams,
    users,
)
from oncall_tui.storage.tables.incidents import (
    MERGED_INCIDENT,
    OPEN_INCIDENT,
    alerts,
    events,
    incidents,
    rejected_events,
    timeline,
    timers,
)
from oncall_tui.storage.tables.intake import changes, routing_rules, silenced_alerts, silences, taken_messages, topics
from oncall_tui.storage.tables.notices import (
    UNFINISHED_NOTICE,
    notice_attempts,
    notice_marks,
    notices,
    schedule_notices,
)
from oncall_tui.storage.tables.operations import api_tokens, audit, meta, workers
from oncall_tui.storage.tables.policies import channels, policies, policy_steps, policy_targets, step_turns
from oncall_tui.storage.tables.schedules import (
    calendar_feeds,
    leave,
    schedule_layers,
    schedule_overrides,
    schedule_temporaries,
    schedules,
)
from oncall_tui.storage.tables.services import (
    beats,
    heartbeats,
    integration_keys,
    integrations,
    maintenance_windows,
    services,
)

__all__ = [
    "MERGED_INCIDENT",
    "OPEN_INCIDENT",
    "UNFINISHED_NOTICE",
    "UNFINISHED_PAGE",
    "alerts",
    "api_tokens",
    "attempts",
    "audit",
    "beats",
    "calendar_feeds",
    "changes",
    "channels",
    "contact_codes",
    "contact_methods",
    "events",
    "heartbeats",
    "incidents",
    "integration_keys",
    "integrations",
    "leave",
    "maintenance_windows",
    "meta",
    "metadata",
    "notice_attempts",
    "notice_marks",
    "notices",
    "notification_rules",
    "pages",
    "policies",
    "policy_steps",
    "policy_targets",
    "provider_rests",
    "rejected_events",
    "routing_rules",
    "schedule_layers",
    "schedule_notices",
    "schedule_overrides",
    "schedule_temporaries",
    "schedules",
    "services",
    "silenced_alerts",
    "silences",
    "step_turns",
    "taken_messages",
    "team_members",
    "team_policies",
    "teams",
    "timeline",
    "timers",
    "topics",
    "users",
    "workers",
]
