"""People, their contact methods and notification rules, and teams."""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    Column,
    Double,
    ForeignKey,
    Integer,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
    false,
    true,
)

from oncall_tui.storage.tables.base import (
    EMPTY_MAP,
    ZERO,
    at,
    key,
    maybe,
    maybe_at,
    metadata,
    name_of,
    owned_by,
    sealed,
    words,
)
from oncall_tui.storage.types import CleanText, Id, Json

users = Table(
    "users",
    metadata,
    key(),
    name_of("username", unique=True),
    words("name"),
    words("email"),
    words("phone"),
    Column("timezone", CleanText, nullable=False, server_default="UTC"),
    Column("role", CleanText, nullable=False, server_default="responder"),
    Column("handles", Json, nullable=False, server_default=EMPTY_MAP),
    at("created_at"),
    maybe("holidays"),
)

contact_methods = Table(
    "contact_methods",
    metadata,
    key(),
    owned_by("user_id", "users.id"),
    name_of(),
    Column("position", Integer, nullable=False, server_default=ZERO),
    sealed("address"),
    words("display"),
    Column("enabled", Boolean, nullable=False, server_default=true()),
    maybe_at("verified_at"),
    maybe("limit_text"),
    maybe_at("last_success_at"),
    maybe_at("last_failure_at"),
    words("last_answer"),
    Column("updates", Boolean, nullable=False, server_default=false()),
    UniqueConstraint("user_id", "name"),
)

contact_codes = Table(
    "contact_codes",
    metadata,
    Column(
        "contact_id", Id, ForeignKey("contact_methods.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    ),
    Column("digest", Text, nullable=False),
    at("made_at"),
    at("expires_at"),
    Column("wrong", Integer, nullable=False, server_default=ZERO),
)
"""The code that was sent to a contact to verify it, as a salted hash; one at a time."""

notification_rules = Table(
    "notification_rules",
    metadata,
    key(),
    owned_by("user_id", "users.id", index=True),
    owned_by("contact_id", "contact_methods.id", index=True),
    Column("delay_seconds", Double, nullable=False, server_default=ZERO),
    maybe("urgency"),
    Column("position", Integer, nullable=False, server_default=ZERO),
)

teams = Table("teams", metadata, key(), name_of(unique=True))

team_members = Table(
    "team_members",
    metadata,
    owned_by("team_id", "teams.id"),
    owned_by("user_id", "users.id", index=True),
    Column("position", Integer, nullable=False, server_default=ZERO),
    PrimaryKeyConstraint("team_id", "user_id"),
)

team_policies = Table(
    "team_policies",
    metadata,
    owned_by("team_id", "teams.id"),
    owned_by("policy_id", "policies.id", index=True),
    Column("position", Integer, nullable=False, server_default=ZERO),
    PrimaryKeyConstraint("team_id", "policy_id"),
)
