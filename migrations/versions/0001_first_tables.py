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


def fk(table: str, column: str, target: str, ondelete: str | None = None) -> sa.ForeignKeyConstraint:
    name = f"fk_{table}_{column}_{target.partition('.')[0]}"
    return sa.ForeignKeyConstraint([column], [target], name=name, ondelete=ondelete)


def index(table: str, *columns: str) -> None:
    op.create_index("_".join(("ix", table, *columns)), table, list(columns))


def upgrade() -> None:
    create_people()
    create_schedules()
    create_policies()
    create_services()
    create_incidents()
    create_outbox()
    create_house()


def downgrade() -> None:
    newest_first = (
        "audit workers meta attempts pages timers timeline alerts incidents rejected_events events "
        "maintenance_windows heartbeats integration_keys integrations services team_policies policy_targets "
        "channels policy_steps policies schedule_temporaries schedule_overrides schedule_layers schedules "
        "team_members teams notification_rules contact_methods users"
    )
    for table in newest_first.split():
        op.drop_table(table)


def create_people() -> None:
    """Users, their contact methods and rules, teams."""
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
        sa.PrimaryKeyConstraint("id", name="pk_users"),
        sa.UniqueConstraint("username", name="uq_users_username"),
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
        fk("contact_methods", "user_id", "users.id", "CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_contact_methods"),
        sa.UniqueConstraint("user_id", "name", name="uq_contact_methods_user_id_name"),
    )
    op.create_table(
        "notification_rules",
        sa.Column("id", number, nullable=False),
        sa.Column("user_id", number, nullable=False),
        sa.Column("contact_id", number, nullable=False),
        sa.Column("delay_seconds", sa.Double(), server_default=sa.text("0"), nullable=False),
        sa.Column("urgency", sa.Text(), nullable=True),
        sa.Column("position", sa.Integer(), server_default=sa.text("0"), nullable=False),
        fk("notification_rules", "contact_id", "contact_methods.id", "CASCADE"),
        fk("notification_rules", "user_id", "users.id", "CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_notification_rules"),
    )
    index("notification_rules", "contact_id")
    index("notification_rules", "user_id")
    op.create_table(
        "teams",
        sa.Column("id", number, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_teams"),
        sa.UniqueConstraint("name", name="uq_teams_name"),
    )
    op.create_table(
        "team_members",
        sa.Column("team_id", number, nullable=False),
        sa.Column("user_id", number, nullable=False),
        sa.Column("position", sa.Integer(), server_default=sa.text("0"), nullable=False),
        fk("team_members", "team_id", "teams.id", "CASCADE"),
        fk("team_members", "user_id", "users.id", "CASCADE"),
        sa.PrimaryKeyConstraint("team_id", "user_id", name="pk_team_members"),
    )
    index("team_members", "user_id")


def create_schedules() -> None:
    """Schedules with their layers, overrides and temporary stretches."""
    op.create_table(
        "schedules",
        sa.Column("id", number, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("timezone", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_schedules"),
        sa.UniqueConstraint("name", name="uq_schedules_name"),
    )
    op.create_table(
        "schedule_layers",
        sa.Column("id", number, nullable=False),
        sa.Column("schedule_id", number, nullable=False),
        sa.Column("position", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("name", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("definition", sa.Text(), nullable=False),
        fk("schedule_layers", "schedule_id", "schedules.id", "CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_schedule_layers"),
    )
    index("schedule_layers", "schedule_id")
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
        fk("schedule_overrides", "schedule_id", "schedules.id", "CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_schedule_overrides"),
    )
    op.create_index(
        "ix_schedule_overrides_schedule_id_start_at",
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
        fk("schedule_temporaries", "schedule_id", "schedules.id", "CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_schedule_temporaries"),
    )
    op.create_index(
        "ix_schedule_temporaries_schedule_id_start_at",
        "schedule_temporaries",
        ["schedule_id", "start_at"],
        unique=False,
    )


def create_policies() -> None:
    """Escalation policies, their steps, targets and channels."""
    op.create_table(
        "policies",
        sa.Column("id", number, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("repeat", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("remind_seconds", sa.Double(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_policies"),
        sa.UniqueConstraint("name", name="uq_policies_name"),
    )
    op.create_table(
        "policy_steps",
        sa.Column("id", number, nullable=False),
        sa.Column("policy_id", number, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("delay_seconds", sa.Double(), nullable=False),
        sa.Column("assign", sa.Text(), server_default=sa.text("'all'"), nullable=False),
        fk("policy_steps", "policy_id", "policies.id", "CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_policy_steps"),
    )
    index("policy_steps", "policy_id")
    op.create_table(
        "channels",
        sa.Column("id", number, nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("display", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_channels"),
        sa.UniqueConstraint("digest", name="uq_channels_digest"),
    )
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
            "(user_id IS NOT NULL AND schedule_id IS NULL AND team_id IS NULL AND channel_id IS NULL)"
            " OR (user_id IS NULL AND schedule_id IS NOT NULL AND team_id IS NULL AND channel_id IS NULL)"
            " OR (user_id IS NULL AND schedule_id IS NULL AND team_id IS NOT NULL AND channel_id IS NULL)"
            " OR (user_id IS NULL AND schedule_id IS NULL AND team_id IS NULL AND channel_id IS NOT NULL)",
            name=op.f("ck_policy_targets_one_target"),
        ),
        fk("policy_targets", "channel_id", "channels.id", "CASCADE"),
        fk("policy_targets", "policy_id", "policies.id", "CASCADE"),
        fk("policy_targets", "schedule_id", "schedules.id", "CASCADE"),
        fk("policy_targets", "step_id", "policy_steps.id", "CASCADE"),
        fk("policy_targets", "team_id", "teams.id", "CASCADE"),
        fk("policy_targets", "user_id", "users.id", "CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_policy_targets"),
    )
    index("policy_targets", "channel_id")
    index("policy_targets", "policy_id")
    index("policy_targets", "schedule_id")
    index("policy_targets", "step_id")
    index("policy_targets", "team_id")
    index("policy_targets", "user_id")
    op.create_table(
        "team_policies",
        sa.Column("team_id", number, nullable=False),
        sa.Column("policy_id", number, nullable=False),
        sa.Column("position", sa.Integer(), server_default=sa.text("0"), nullable=False),
        fk("team_policies", "policy_id", "policies.id", "CASCADE"),
        fk("team_policies", "team_id", "teams.id", "CASCADE"),
        sa.PrimaryKeyConstraint("team_id", "policy_id", name="pk_team_policies"),
    )
    index("team_policies", "policy_id")


def create_services() -> None:
    """Services and who may report on them."""
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
        fk("services", "policy_id", "policies.id"),
        fk("services", "team_id", "teams.id"),
        sa.PrimaryKeyConstraint("id", name="pk_services"),
        sa.UniqueConstraint("name", name="uq_services_name"),
    )
    index("services", "policy_id")
    index("services", "team_id")
    op.create_table(
        "integrations",
        sa.Column("id", number, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("service_id", number, nullable=False),
        sa.Column("enabled", sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.Column("rules", sa.Text(), server_default=sa.text("'[]'"), nullable=False),
        fk("integrations", "service_id", "services.id"),
        sa.PrimaryKeyConstraint("id", name="pk_integrations"),
        sa.UniqueConstraint("name", name="uq_integrations_name"),
    )
    index("integrations", "service_id")
    op.create_table(
        "integration_keys",
        sa.Column("id", number, nullable=False),
        sa.Column("integration_id", number, nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("made_at", instant, nullable=False),
        sa.Column("expires_at", instant, nullable=True),
        sa.Column("revoked_at", instant, nullable=True),
        fk("integration_keys", "integration_id", "integrations.id", "CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_integration_keys"),
        sa.UniqueConstraint("digest", name="uq_integration_keys_digest"),
    )
    index("integration_keys", "integration_id")
    op.create_table(
        "heartbeats",
        sa.Column("id", number, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("service_id", number, nullable=False),
        sa.Column("definition", sa.Text(), nullable=False),
        fk("heartbeats", "service_id", "services.id"),
        sa.PrimaryKeyConstraint("id", name="pk_heartbeats"),
        sa.UniqueConstraint("name", name="uq_heartbeats_name"),
    )
    index("heartbeats", "service_id")
    op.create_table(
        "maintenance_windows",
        sa.Column("id", number, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("definition", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_maintenance_windows"),
        sa.UniqueConstraint("name", name="uq_maintenance_windows_name"),
    )


def create_incidents() -> None:
    """Events, incidents, alerts, timelines, timers."""
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
        fk("events", "integration_id", "integrations.id", "SET NULL"),
        sa.PrimaryKeyConstraint("id", name="pk_events"),
    )
    index("events", "integration_id")
    index("events", "number")
    index("events", "received_at")
    op.create_table(
        "rejected_events",
        sa.Column("id", number, nullable=False),
        sa.Column("received_at", instant, nullable=False),
        sa.Column("source", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("path", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("reason", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("sample", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_rejected_events"),
    )
    index("rejected_events", "received_at")
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
        fk("incidents", "integration_id", "integrations.id", "SET NULL"),
        fk("incidents", "service_id", "services.id", "SET NULL"),
        sa.PrimaryKeyConstraint("number", name="pk_incidents"),
        sqlite_autoincrement=True,
    )
    index("incidents", "integration_id")
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
    index("incidents", "opened_at")
    index("incidents", "service_id", "state")
    index("incidents", "state", "opened_at")
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
        fk("alerts", "integration_id", "integrations.id", "SET NULL"),
        fk("alerts", "number", "incidents.number", "CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_alerts"),
    )
    index("alerts", "integration_id", "dedup_key")
    index("alerts", "number")
    op.create_index(
        "uq_alerts_open",
        "alerts",
        ["integration_id", "dedup_key"],
        unique=True,
        sqlite_where=sa.text("open = 1"),
        postgresql_where=sa.text("open"),
    )
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
        fk("timeline", "number", "incidents.number", "CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_timeline"),
    )
    index("timeline", "number")
    op.create_table(
        "timers",
        sa.Column("number", number, autoincrement=False, nullable=False),
        sa.Column("due_at", instant, nullable=False),
        fk("timers", "number", "incidents.number", "CASCADE"),
        sa.PrimaryKeyConstraint("number", name="pk_timers"),
    )
    index("timers", "due_at")


def create_outbox() -> None:
    """Pages and the attempts to send them."""
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
        fk("pages", "channel_id", "channels.id", "SET NULL"),
        fk("pages", "contact_id", "contact_methods.id", "SET NULL"),
        fk("pages", "number", "incidents.number", "CASCADE"),
        fk("pages", "user_id", "users.id", "SET NULL"),
        sa.PrimaryKeyConstraint("id", name="pk_pages"),
    )
    index("pages", "channel_id")
    index("pages", "contact_id")
    index("pages", "number")
    op.create_index(
        "ix_pages_unfinished",
        "pages",
        ["due_at"],
        unique=False,
        sqlite_where=sa.text("finished_at IS NULL"),
        postgresql_where=sa.text("finished_at IS NULL"),
    )
    index("pages", "user_id")
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
        fk("attempts", "page_id", "pages.id", "CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_attempts"),
    )
    index("attempts", "page_id")


def create_house() -> None:
    """Facts about the database, workers, the audit trail."""
    op.create_table(
        "meta",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_meta"),
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
        sa.PrimaryKeyConstraint("id", name="pk_workers"),
    )
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
        sa.PrimaryKeyConstraint("id", name="pk_audit"),
    )
    index("audit", "at")
