"""The first tables: people, schedules, policies, services, events, incidents, the outbox."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

# As in oncall_tui.storage.types on the day of this revision: a revision never changes with the code.
number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
instant = sa.BigInteger().with_variant(sa.TIMESTAMP(timezone=True), "postgresql")


def upgrade() -> None:
    op.create_table(
        "audit",
        sa.Column("id", number, nullable=False),
        sa.Column("at", instant, nullable=False),
        sa.Column("actor", sa.Text(), nullable=True),
        sa.Column("os_account", sa.Text(), nullable=True),
        sa.Column("via", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("object", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("text", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit")),
    )
    op.create_index(op.f("ix_audit_at"), "audit", ["at"], unique=False)
    op.create_table(
        "channels",
        sa.Column("id", number, nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("display", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_channels")),
        sa.UniqueConstraint("digest", name=op.f("uq_channels_digest")),
    )
    op.create_table(
        "maintenance_windows",
        sa.Column("id", number, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("definition", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_maintenance_windows")),
        sa.UniqueConstraint("name", name=op.f("uq_maintenance_windows_name")),
    )
    op.create_table(
        "meta",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_meta")),
    )
    op.create_table(
        "policies",
        sa.Column("id", number, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("repeat", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("remind_seconds", sa.Double(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_policies")),
        sa.UniqueConstraint("name", name=op.f("uq_policies_name")),
    )
    op.create_table(
        "rejected_events",
        sa.Column("id", number, nullable=False),
        sa.Column("received_at", instant, nullable=False),
        sa.Column("source", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("path", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("reason", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("sample", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rejected_events")),
    )
    op.create_index(op.f("ix_rejected_events_received_at"), "rejected_events", ["received_at"], unique=False)
    op.create_table(
        "schedules",
        sa.Column("id", number, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("timezone", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_schedules")),
        sa.UniqueConstraint("name", name=op.f("uq_schedules_name")),
    )
    op.create_table(
        "teams",
        sa.Column("id", number, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_teams")),
        sa.UniqueConstraint("name", name=op.f("uq_teams_name")),
    )
    op.create_table(
        "users",
        sa.Column("id", number, nullable=False),
        sa.Column("username", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("email", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("phone", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("timezone", sa.Text(), server_default="UTC", nullable=False),
        sa.Column("role", sa.Text(), server_default="responder", nullable=False),
        sa.Column("handles", sa.Text(), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("created_at", instant, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_users")),
        sa.UniqueConstraint("username", name=op.f("uq_users_username")),
    )
    op.create_table(
        "workers",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("host", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("pid", sa.Integer(), nullable=False),
        sa.Column("version", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("started_at", instant, nullable=False),
        sa.Column("seen_at", instant, nullable=False),
        sa.Column("listen", sa.Text(), nullable=True),
        sa.Column("stopped_at", instant, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_workers")),
    )
    op.create_table(
        "contact_methods",
        sa.Column("id", number, nullable=False),
        sa.Column("user_id", number, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("display", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("enabled", sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.Column("verified_at", instant, nullable=True),
        sa.Column("limit_text", sa.Text(), nullable=True),
        sa.Column("last_success_at", instant, nullable=True),
        sa.Column("last_failure_at", instant, nullable=True),
        sa.Column("last_answer", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_contact_methods_user_id_users"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact_methods")),
        sa.UniqueConstraint("user_id", "name", name=op.f("uq_contact_methods_user_id_name")),
    )
    op.create_table(
        "policy_steps",
        sa.Column("id", number, nullable=False),
        sa.Column("policy_id", number, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("delay_seconds", sa.Double(), nullable=False),
        sa.Column("assign", sa.Text(), server_default=sa.text("'all'"), nullable=False),
        sa.ForeignKeyConstraint(
            ["policy_id"], ["policies.id"], name=op.f("fk_policy_steps_policy_id_policies"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_policy_steps")),
    )
    op.create_index(op.f("ix_policy_steps_policy_id"), "policy_steps", ["policy_id"], unique=False)
    op.create_table(
        "schedule_layers",
        sa.Column("id", number, nullable=False),
        sa.Column("schedule_id", number, nullable=False),
        sa.Column("position", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("name", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("definition", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["schedule_id"], ["schedules.id"], name=op.f("fk_schedule_layers_schedule_id_schedules"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_schedule_layers")),
    )
    op.create_index(op.f("ix_schedule_layers_schedule_id"), "schedule_layers", ["schedule_id"], unique=False)
    op.create_table(
        "schedule_overrides",
        sa.Column("id", number, nullable=False),
        sa.Column("schedule_id", number, nullable=False),
        sa.Column("start_at", instant, nullable=False),
        sa.Column("end_at", instant, nullable=False),
        sa.Column("users", sa.Text(), server_default=sa.text("'[]'"), nullable=False),
        sa.Column("replaces", sa.Text(), nullable=True),
        sa.Column("added", sa.Text(), nullable=True),
        sa.Column("removed", sa.Text(), nullable=True),
        sa.Column("made_by", sa.Text(), nullable=True),
        sa.Column("made_at", instant, nullable=False),
        sa.ForeignKeyConstraint(
            ["schedule_id"],
            ["schedules.id"],
            name=op.f("fk_schedule_overrides_schedule_id_schedules"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_schedule_overrides")),
    )
    op.create_index(
        op.f("ix_schedule_overrides_schedule_id_start_at"),
        "schedule_overrides",
        ["schedule_id", "start_at"],
        unique=False,
    )
    op.create_table(
        "schedule_temporaries",
        sa.Column("id", number, nullable=False),
        sa.Column("schedule_id", number, nullable=False),
        sa.Column("start_at", instant, nullable=False),
        sa.Column("end_at", instant, nullable=False),
        sa.Column("shifts", sa.Text(), server_default=sa.text("'[]'"), nullable=False),
        sa.Column("made_by", sa.Text(), nullable=True),
        sa.Column("made_at", instant, nullable=False),
        sa.ForeignKeyConstraint(
            ["schedule_id"],
            ["schedules.id"],
            name=op.f("fk_schedule_temporaries_schedule_id_schedules"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_schedule_temporaries")),
    )
    op.create_index(
        op.f("ix_schedule_temporaries_schedule_id_start_at"),
        "schedule_temporaries",
        ["schedule_id", "start_at"],
        unique=False,
    )
    op.create_table(
        "services",
        sa.Column("id", number, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("team_id", number, nullable=True),
        sa.Column("policy_id", number, nullable=True),
        sa.Column("grouping", sa.Text(), server_default=sa.text("'dedup_key'"), nullable=False),
        sa.Column("group_labels", sa.Text(), server_default=sa.text("'[]'"), nullable=False),
        sa.Column("group_window_seconds", sa.Double(), server_default=sa.text("300"), nullable=False),
        sa.Column("urgency", sa.Text(), server_default=sa.text("'severity'"), nullable=False),
        sa.Column("support_hours", sa.Text(), nullable=True),
        sa.Column("ack_timeout_seconds", sa.Double(), nullable=True),
        sa.Column("hold_for_seconds", sa.Double(), server_default=sa.text("0"), nullable=False),
        sa.Column("runbook", sa.Text(), nullable=True),
        sa.Column("labels", sa.Text(), server_default=sa.text("'{}'"), nullable=False),
        sa.ForeignKeyConstraint(["policy_id"], ["policies.id"], name=op.f("fk_services_policy_id_policies")),
        sa.ForeignKeyConstraint(["team_id"], ["teams.id"], name=op.f("fk_services_team_id_teams")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_services")),
        sa.UniqueConstraint("name", name=op.f("uq_services_name")),
    )
    op.create_index(op.f("ix_services_policy_id"), "services", ["policy_id"], unique=False)
    op.create_index(op.f("ix_services_team_id"), "services", ["team_id"], unique=False)
    op.create_table(
        "team_members",
        sa.Column("team_id", number, nullable=False),
        sa.Column("user_id", number, nullable=False),
        sa.Column("position", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.ForeignKeyConstraint(
            ["team_id"], ["teams.id"], name=op.f("fk_team_members_team_id_teams"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_team_members_user_id_users"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("team_id", "user_id", name=op.f("pk_team_members")),
    )
    op.create_index(op.f("ix_team_members_user_id"), "team_members", ["user_id"], unique=False)
    op.create_table(
        "team_policies",
        sa.Column("team_id", number, nullable=False),
        sa.Column("policy_id", number, nullable=False),
        sa.Column("position", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.ForeignKeyConstraint(
            ["policy_id"], ["policies.id"], name=op.f("fk_team_policies_policy_id_policies"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["team_id"], ["teams.id"], name=op.f("fk_team_policies_team_id_teams"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("team_id", "policy_id", name=op.f("pk_team_policies")),
    )
    op.create_index(op.f("ix_team_policies_policy_id"), "team_policies", ["policy_id"], unique=False)
    op.create_table(
        "heartbeats",
        sa.Column("id", number, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("service_id", number, nullable=False),
        sa.Column("definition", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["service_id"], ["services.id"], name=op.f("fk_heartbeats_service_id_services")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_heartbeats")),
        sa.UniqueConstraint("name", name=op.f("uq_heartbeats_name")),
    )
    op.create_index(op.f("ix_heartbeats_service_id"), "heartbeats", ["service_id"], unique=False)
    op.create_table(
        "integrations",
        sa.Column("id", number, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("service_id", number, nullable=False),
        sa.Column("enabled", sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.Column("rules", sa.Text(), server_default=sa.text("'[]'"), nullable=False),
        sa.ForeignKeyConstraint(["service_id"], ["services.id"], name=op.f("fk_integrations_service_id_services")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_integrations")),
        sa.UniqueConstraint("name", name=op.f("uq_integrations_name")),
    )
    op.create_index(op.f("ix_integrations_service_id"), "integrations", ["service_id"], unique=False)
    op.create_table(
        "notification_rules",
        sa.Column("id", number, nullable=False),
        sa.Column("user_id", number, nullable=False),
        sa.Column("contact_id", number, nullable=False),
        sa.Column("delay_seconds", sa.Double(), server_default=sa.text("0"), nullable=False),
        sa.Column("urgency", sa.Text(), nullable=True),
        sa.Column("position", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.ForeignKeyConstraint(
            ["contact_id"],
            ["contact_methods.id"],
            name=op.f("fk_notification_rules_contact_id_contact_methods"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_notification_rules_user_id_users"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notification_rules")),
    )
    op.create_index(op.f("ix_notification_rules_contact_id"), "notification_rules", ["contact_id"], unique=False)
    op.create_index(op.f("ix_notification_rules_user_id"), "notification_rules", ["user_id"], unique=False)
    op.create_table(
        "policy_targets",
        sa.Column("id", number, nullable=False),
        sa.Column("policy_id", number, nullable=False),
        sa.Column("step_id", number, nullable=True),
        sa.Column("position", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("user_id", number, nullable=True),
        sa.Column("schedule_id", number, nullable=True),
        sa.Column("team_id", number, nullable=True),
        sa.Column("channel_id", number, nullable=True),
        sa.CheckConstraint(
            "(user_id IS NOT NULL AND schedule_id IS NULL AND team_id IS NULL AND channel_id IS NULL) OR (user_id IS NULL AND schedule_id IS NOT NULL AND team_id IS NULL AND channel_id IS NULL) OR (user_id IS NULL AND schedule_id IS NULL AND team_id IS NOT NULL AND channel_id IS NULL) OR (user_id IS NULL AND schedule_id IS NULL AND team_id IS NULL AND channel_id IS NOT NULL)",
            name=op.f("ck_policy_targets_one_target"),
        ),
        sa.ForeignKeyConstraint(
            ["channel_id"], ["channels.id"], name=op.f("fk_policy_targets_channel_id_channels"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["policy_id"], ["policies.id"], name=op.f("fk_policy_targets_policy_id_policies"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["schedule_id"], ["schedules.id"], name=op.f("fk_policy_targets_schedule_id_schedules"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["step_id"], ["policy_steps.id"], name=op.f("fk_policy_targets_step_id_policy_steps"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["team_id"], ["teams.id"], name=op.f("fk_policy_targets_team_id_teams"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_policy_targets_user_id_users"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_policy_targets")),
    )
    op.create_index(op.f("ix_policy_targets_channel_id"), "policy_targets", ["channel_id"], unique=False)
    op.create_index(op.f("ix_policy_targets_policy_id"), "policy_targets", ["policy_id"], unique=False)
    op.create_index(op.f("ix_policy_targets_schedule_id"), "policy_targets", ["schedule_id"], unique=False)
    op.create_index(op.f("ix_policy_targets_step_id"), "policy_targets", ["step_id"], unique=False)
    op.create_index(op.f("ix_policy_targets_team_id"), "policy_targets", ["team_id"], unique=False)
    op.create_index(op.f("ix_policy_targets_user_id"), "policy_targets", ["user_id"], unique=False)
    op.create_table(
        "events",
        sa.Column("id", number, nullable=False),
        sa.Column("integration_id", number, nullable=True),
        sa.Column("received_at", instant, nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("dedup_key", sa.Text(), nullable=True),
        sa.Column("payload", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("number", number, nullable=True),
        sa.Column("note", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.ForeignKeyConstraint(
            ["integration_id"],
            ["integrations.id"],
            name=op.f("fk_events_integration_id_integrations"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_events")),
    )
    op.create_index(op.f("ix_events_integration_id"), "events", ["integration_id"], unique=False)
    op.create_index(op.f("ix_events_number"), "events", ["number"], unique=False)
    op.create_index(op.f("ix_events_received_at"), "events", ["received_at"], unique=False)
    op.create_table(
        "incidents",
        sa.Column("number", number, nullable=False),
        sa.Column("service_id", number, nullable=True),
        sa.Column("integration_id", number, nullable=True),
        sa.Column("dedup_key", sa.Text(), nullable=True),
        sa.Column("group_key", sa.Text(), nullable=True),
        sa.Column("title", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("description", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("severity", sa.Text(), nullable=False),
        sa.Column("severity_rank", sa.SmallInteger(), nullable=False),
        sa.Column("urgency", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("phase", sa.Text(), nullable=False),
        sa.Column("step", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("round", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("assignees", sa.Text(), server_default=sa.text("'[]'"), nullable=False),
        sa.Column("labels", sa.Text(), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("link", sa.Text(), nullable=True),
        sa.Column("opened_at", instant, nullable=False),
        sa.Column("acknowledged_at", instant, nullable=True),
        sa.Column("acknowledged_by", sa.Text(), nullable=True),
        sa.Column("resolved_at", instant, nullable=True),
        sa.Column("resolved_by", sa.Text(), nullable=True),
        sa.Column("resolution", sa.Text(), nullable=True),
        sa.Column("next_due_at", instant, nullable=True),
        sa.Column("last_event_at", instant, nullable=True),
        sa.Column("alerts", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("events", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("previous", number, nullable=True),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("rev", number, server_default=sa.text("1"), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["integration_id"],
            ["integrations.id"],
            name=op.f("fk_incidents_integration_id_integrations"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["service_id"], ["services.id"], name=op.f("fk_incidents_service_id_services"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_incidents")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_incidents_integration_id"), "incidents", ["integration_id"], unique=False)
    op.create_index(
        "ix_incidents_open",
        "incidents",
        ["severity_rank", "opened_at"],
        unique=False,
        sqlite_where=sa.text("resolved_at IS NULL"),
        postgresql_where=sa.text("resolved_at IS NULL"),
    )
    op.create_index(
        "ix_incidents_open_group",
        "incidents",
        ["service_id", "group_key"],
        unique=False,
        sqlite_where=sa.text("resolved_at IS NULL"),
        postgresql_where=sa.text("resolved_at IS NULL"),
    )
    op.create_index(op.f("ix_incidents_opened_at"), "incidents", ["opened_at"], unique=False)
    op.create_index(op.f("ix_incidents_service_id_state"), "incidents", ["service_id", "state"], unique=False)
    op.create_index(op.f("ix_incidents_state_opened_at"), "incidents", ["state", "opened_at"], unique=False)
    op.create_table(
        "integration_keys",
        sa.Column("id", number, nullable=False),
        sa.Column("integration_id", number, nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("made_at", instant, nullable=False),
        sa.Column("expires_at", instant, nullable=True),
        sa.Column("revoked_at", instant, nullable=True),
        sa.ForeignKeyConstraint(
            ["integration_id"],
            ["integrations.id"],
            name=op.f("fk_integration_keys_integration_id_integrations"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_integration_keys")),
        sa.UniqueConstraint("digest", name=op.f("uq_integration_keys_digest")),
    )
    op.create_index(op.f("ix_integration_keys_integration_id"), "integration_keys", ["integration_id"], unique=False)
    op.create_table(
        "alerts",
        sa.Column("id", number, nullable=False),
        sa.Column("integration_id", number, nullable=True),
        sa.Column("dedup_key", sa.Text(), nullable=True),
        sa.Column("number", number, nullable=False),
        sa.Column("open", sa.Boolean(), nullable=False),
        sa.Column("title", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("severity", sa.Text(), nullable=False),
        sa.Column("labels", sa.Text(), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("count", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("first_seen_at", instant, nullable=False),
        sa.Column("last_seen_at", instant, nullable=False),
        sa.Column("started_at", instant, nullable=True),
        sa.Column("closed_at", instant, nullable=True),
        sa.Column("closed_by", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["integration_id"],
            ["integrations.id"],
            name=op.f("fk_alerts_integration_id_integrations"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["number"], ["incidents.number"], name=op.f("fk_alerts_number_incidents"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alerts")),
    )
    op.create_index(op.f("ix_alerts_integration_id_dedup_key"), "alerts", ["integration_id", "dedup_key"], unique=False)
    op.create_index(op.f("ix_alerts_number"), "alerts", ["number"], unique=False)
    op.create_index(
        "uq_alerts_open",
        "alerts",
        ["integration_id", "dedup_key"],
        unique=True,
        sqlite_where=sa.text("open = 1"),
        postgresql_where=sa.text("open"),
    )
    op.create_table(
        "pages",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("number", number, nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("user_id", number, nullable=True),
        sa.Column("username", sa.Text(), nullable=True),
        sa.Column("contact_id", number, nullable=True),
        sa.Column("contact", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("channel_id", number, nullable=True),
        sa.Column("run", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("step", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("round", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("because", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("created_at", instant, nullable=False),
        sa.Column("due_at", instant, nullable=False),
        sa.Column("lease_owner", sa.Text(), nullable=True),
        sa.Column("lease_token", sa.Text(), nullable=True),
        sa.Column("lease_until", instant, nullable=True),
        sa.Column("tries", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("possible_repeat", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("finished_at", instant, nullable=True),
        sa.ForeignKeyConstraint(
            ["channel_id"], ["channels.id"], name=op.f("fk_pages_channel_id_channels"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["contact_id"],
            ["contact_methods.id"],
            name=op.f("fk_pages_contact_id_contact_methods"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["number"], ["incidents.number"], name=op.f("fk_pages_number_incidents"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_pages_user_id_users"), ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pages")),
    )
    op.create_index(op.f("ix_pages_channel_id"), "pages", ["channel_id"], unique=False)
    op.create_index(op.f("ix_pages_contact_id"), "pages", ["contact_id"], unique=False)
    op.create_index(op.f("ix_pages_number"), "pages", ["number"], unique=False)
    op.create_index(
        "ix_pages_unfinished",
        "pages",
        ["due_at"],
        unique=False,
        sqlite_where=sa.text("finished_at IS NULL"),
        postgresql_where=sa.text("finished_at IS NULL"),
    )
    op.create_index(op.f("ix_pages_user_id"), "pages", ["user_id"], unique=False)
    op.create_table(
        "timeline",
        sa.Column("id", number, nullable=False),
        sa.Column("number", number, nullable=False),
        sa.Column("at", instant, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=True),
        sa.Column("via", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("text", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("os_account", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["number"], ["incidents.number"], name=op.f("fk_timeline_number_incidents"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_timeline")),
    )
    op.create_index(op.f("ix_timeline_number"), "timeline", ["number"], unique=False)
    op.create_table(
        "timers",
        sa.Column("number", number, autoincrement=False, nullable=False),
        sa.Column("due_at", instant, nullable=False),
        sa.ForeignKeyConstraint(
            ["number"], ["incidents.number"], name=op.f("fk_timers_number_incidents"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_timers")),
    )
    op.create_index(op.f("ix_timers_due_at"), "timers", ["due_at"], unique=False)
    op.create_table(
        "attempts",
        sa.Column("id", number, nullable=False),
        sa.Column("page_id", sa.Text(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("started_at", instant, nullable=False),
        sa.Column("ended_at", instant, nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("answer", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("worker", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.ForeignKeyConstraint(["page_id"], ["pages.id"], name=op.f("fk_attempts_page_id_pages"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attempts")),
    )
    op.create_index(op.f("ix_attempts_page_id"), "attempts", ["page_id"], unique=False)


def downgrade() -> None:
    for table in (
        "attempts",
        "timers",
        "timeline",
        "pages",
        "alerts",
        "integration_keys",
        "incidents",
        "events",
        "policy_targets",
        "notification_rules",
        "integrations",
        "heartbeats",
        "team_policies",
        "team_members",
        "services",
        "schedule_temporaries",
        "schedule_overrides",
        "schedule_layers",
        "policy_steps",
        "contact_methods",
        "workers",
        "users",
        "teams",
        "schedules",
        "rejected_events",
        "policies",
        "meta",
        "maintenance_windows",
        "channels",
        "audit",
    ):
        op.drop_table(table)
