"""What burns: events as they came in, incidents, their alerts, timelines and timers.

`incidents.document` is the engine's whole state; the columns beside it are its projection for queries.
"""

from __future__ import annotations

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, SmallInteger, Table, text

from oncall_tui.storage.tables.base import (
    EMPTY_LIST,
    EMPTY_MAP,
    ONE,
    ZERO,
    at,
    key,
    maybe,
    maybe_at,
    metadata,
    name_of,
    owned_by,
    remembers,
    words,
)
from oncall_tui.storage.types import CleanText, Id, Json

events = Table(
    "events",
    metadata,
    key(),
    remembers("integration_id", "integrations.id", index=True),
    at("received_at"),
    name_of("action"),
    maybe("dedup_key"),
    words("payload"),
    name_of("outcome"),
    Column("number", Id, nullable=True, index=True),  # no foreign key: an event may outlive its incident
    words("note"),
    Index(None, "received_at"),
)

rejected_events = Table(
    "rejected_events",
    metadata,
    key(),
    at("received_at"),
    words("source"),
    words("path"),
    words("reason"),
    words("sample"),
    Index(None, "received_at"),
)

incidents = Table(
    "incidents",
    metadata,
    Column("number", Id, primary_key=True),
    remembers("service_id", "services.id"),
    remembers("integration_id", "integrations.id", index=True),
    maybe("dedup_key"),
    maybe("group_key"),
    words("title"),
    words("description"),
    name_of("severity"),
    Column("severity_rank", SmallInteger, nullable=False),
    name_of("urgency"),
    name_of("state"),
    name_of("phase"),
    Column("step", Integer, nullable=False, server_default=ZERO),
    Column("round", Integer, nullable=False, server_default=ONE),
    Column("assignees", Json, nullable=False, server_default=EMPTY_LIST),
    Column("labels", Json, nullable=False, server_default=EMPTY_MAP),
    maybe("link"),
    at("opened_at"),
    maybe_at("acknowledged_at"),
    maybe("acknowledged_by"),
    maybe_at("resolved_at"),
    maybe("resolved_by"),
    maybe("resolution"),
    maybe_at("next_due_at"),
    maybe_at("last_event_at"),
    Column("alerts", Integer, nullable=False, server_default=ZERO),
    Column("events", Integer, nullable=False, server_default=ZERO),
    Column("previous", Id, nullable=True),
    Column("version", Integer, nullable=False, server_default=ONE),
    Column("rev", Id, nullable=False, server_default=ONE),
    Column("document", CleanText, nullable=False),
    Column("merged_into", Id, nullable=True),  # the incident that has its alerts now
    Index(None, "service_id", "state"),
    Index(None, "state", "opened_at"),
    Index(None, "opened_at"),
    sqlite_autoincrement=True,  # a number is never given twice, also after the highest was deleted
    postgresql_with={"fillfactor": 70},  # room for the next version beside a row: then no index has to be told of it
)

OPEN_INCIDENT = incidents.c.resolved_at.is_(None)
"""True of open incidents. Has no parameter, so that both databases can use the partial indexes on it."""

Index(
    "ix_incidents_open",
    incidents.c.severity_rank,
    incidents.c.opened_at,
    sqlite_where=OPEN_INCIDENT,
    postgresql_where=OPEN_INCIDENT,
)
Index(
    "ix_incidents_open_group",
    incidents.c.service_id,
    incidents.c.group_key,
    sqlite_where=OPEN_INCIDENT,
    postgresql_where=OPEN_INCIDENT,
)

MERGED_INCIDENT = incidents.c.merged_into.is_not(None)
"""True of incidents whose alerts another one has. Has no parameter, as the partial index on it needs."""

Index(
    "ix_incidents_merged",
    incidents.c.service_id,
    incidents.c.group_key,
    sqlite_where=MERGED_INCIDENT,
    postgresql_where=MERGED_INCIDENT,
)

alerts = Table(
    "alerts",
    metadata,
    key(),
    remembers("integration_id", "integrations.id"),
    maybe("dedup_key"),
    owned_by("number", "incidents.number", index=True),
    Column("open", Boolean, nullable=False),
    words("title"),
    name_of("severity"),
    Column("labels", Json, nullable=False, server_default=EMPTY_MAP),
    Column("count", Integer, nullable=False, server_default=ONE),
    at("first_seen_at"),
    at("last_seen_at"),
    maybe_at("started_at"),
    maybe_at("closed_at"),
    maybe("closed_by"),
    maybe_at("expires_at"),  # its sender has to say it again before this
    Index(None, "integration_id", "dedup_key"),
)

Index(
    "uq_alerts_open",
    alerts.c.integration_id,
    alerts.c.dedup_key,
    unique=True,
    sqlite_where=text("open = 1"),  # spelled as SQLAlchemy spells `where(alerts.c.open)`: SQLite compares the words
    postgresql_where=text("open"),
)

Index(
    "ix_alerts_expiring",
    alerts.c.expires_at,
    sqlite_where=text("open = 1"),
    postgresql_where=text("open"),
)

timeline = Table(
    "timeline",
    metadata,
    key(),
    owned_by("number", "incidents.number", index=True),
    at("at"),
    name_of("kind"),
    maybe("by"),
    words("via"),
    words("text"),
    maybe("os_account"),
)

timers = Table(
    "timers",
    metadata,
    Column("number", Id, ForeignKey("incidents.number", ondelete="CASCADE"), primary_key=True, autoincrement=False),
    at("due_at"),
    Index(None, "due_at"),
)
