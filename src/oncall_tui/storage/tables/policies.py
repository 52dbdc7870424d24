"""Escalation policies: steps, targets, and the channels a step can name."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, Double, ForeignKey, Integer, Table, text

from oncall_tui.storage.tables.base import EMPTY_LIST, ZERO, key, metadata, name_of, owned_by, sealed, words
from oncall_tui.storage.types import CleanText, Id, Json

policies = Table(
    "policies",
    metadata,
    key(),
    name_of(unique=True),
    Column("repeat", Integer, nullable=False, server_default=ZERO),
    Column("remind_seconds", Double, nullable=True),
)

policy_steps = Table(
    "policy_steps",
    metadata,
    key(),
    owned_by("policy_id", "policies.id", index=True),
    Column("position", Integer, nullable=False),
    Column("delay_seconds", Double, nullable=False),
    Column("assign", CleanText, nullable=False, server_default=text("'all'")),
)

channels = Table("channels", metadata, key(), sealed("address"), name_of("digest", unique=True), words("display"))


def _target(column: str, table: str) -> Column[int]:
    return Column(column, Id, ForeignKey(f"{table}.id", ondelete="CASCADE"), nullable=True, index=True)


policy_targets = Table(
    "policy_targets",
    metadata,
    key(),
    owned_by("policy_id", "policies.id", index=True),
    _target("step_id", "policy_steps"),  # NULL: the policy's fallback
    Column("position", Integer, nullable=False, server_default=ZERO),
    name_of("kind"),
    _target("user_id", "users"),
    _target("schedule_id", "schedules"),
    _target("team_id", "teams"),
    _target("channel_id", "channels"),
    CheckConstraint(
        "(user_id IS NOT NULL AND schedule_id IS NULL AND team_id IS NULL AND channel_id IS NULL)"
        " OR (user_id IS NULL AND schedule_id IS NOT NULL AND team_id IS NULL AND channel_id IS NULL)"
        " OR (user_id IS NULL AND schedule_id IS NULL AND team_id IS NOT NULL AND channel_id IS NULL)"
        " OR (user_id IS NULL AND schedule_id IS NULL AND team_id IS NULL AND channel_id IS NOT NULL)",
        name="one_target",
    ),
)

# By name: applying a file writes a policy's steps anew, and their turns go on.
step_turns = Table(
    "step_turns",
    metadata,
    Column("policy", CleanText, primary_key=True),
    Column("step", Integer, primary_key=True, autoincrement=False),
    Column("count", Integer, nullable=False, server_default=ZERO),
    Column("taken", Json, nullable=False, server_default=EMPTY_LIST),
)
