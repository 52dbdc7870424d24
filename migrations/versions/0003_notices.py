"""Notices: what people and channels are told about their shifts, beside pages."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

# As in oncall_tui.storage.types on the day of this revision: a revision never changes with the code.
number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
instant = sa.BigInteger().with_variant(sa.TIMESTAMP(timezone=True), "postgresql")
unfinished = sa.text("finished_at IS NULL")


def upgrade() -> None:
    op.create_table(
        "notices",
        sa.Column("id", number, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("user_id", number, nullable=True),
        sa.Column("username", sa.Text(), nullable=True),
        sa.Column("contact_id", number, nullable=True),
        sa.Column("contact", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("channel_id", number, nullable=True),
        sa.Column("subject", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("body", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("key", sa.Text(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("created_at", instant, nullable=False),
        sa.Column("due_at", instant, nullable=False),
        sa.Column("expires_at", instant, nullable=False),
        sa.Column("lease_owner", sa.Text(), nullable=True),
        sa.Column("lease_token", sa.Text(), nullable=True),
        sa.Column("lease_until", instant, nullable=True),
        sa.Column("tries", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("possible_repeat", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("finished_at", instant, nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_notices_user_id_users", ondelete="SET NULL"),
        sa.ForeignKeyConstraint(
            ["contact_id"], ["contact_methods.id"], name="fk_notices_contact_id_contact_methods", ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["channel_id"], ["channels.id"], name="fk_notices_channel_id_channels", ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_notices"),
        sa.UniqueConstraint("key", name="uq_notices_key"),
        sqlite_autoincrement=True,
    )
    for column in ("user_id", "contact_id", "channel_id", "created_at"):
        op.create_index(f"ix_notices_{column}", "notices", [column])
    op.create_index(
        "ix_notices_unfinished", "notices", ["due_at"], sqlite_where=unfinished, postgresql_where=unfinished
    )
    op.create_table(
        "notice_attempts",
        sa.Column("id", number, nullable=False),
        sa.Column("notice_id", number, nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("started_at", instant, nullable=False),
        sa.Column("ended_at", instant, nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("answer", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("worker", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.ForeignKeyConstraint(
            ["notice_id"], ["notices.id"], name="fk_notice_attempts_notice_id_notices", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_notice_attempts"),
    )
    op.create_index("ix_notice_attempts_notice_id", "notice_attempts", ["notice_id"])
    op.create_table(
        "notice_marks",
        sa.Column("schedule_id", number, autoincrement=False, nullable=False),
        sa.Column("told_until", instant, nullable=False),
        sa.ForeignKeyConstraint(
            ["schedule_id"], ["schedules.id"], name="fk_notice_marks_schedule_id_schedules", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("schedule_id", name="pk_notice_marks"),
    )
    op.create_table(
        "schedule_notices",
        sa.Column("id", number, nullable=False),
        sa.Column("schedule_id", number, nullable=False),
        sa.Column("position", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("channel_id", number, nullable=False),
        sa.Column("at_time", sa.Text(), nullable=True),
        sa.Column("days", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["schedule_id"], ["schedules.id"], name="fk_schedule_notices_schedule_id_schedules", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["channel_id"], ["channels.id"], name="fk_schedule_notices_channel_id_channels", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_schedule_notices"),
    )
    op.create_index("ix_schedule_notices_schedule_id", "schedule_notices", ["schedule_id"])
    op.create_index("ix_schedule_notices_channel_id", "schedule_notices", ["channel_id"])
    op.add_column("schedules", sa.Column("handoff", sa.Text(), nullable=True))
    op.add_column("users", sa.Column("holidays", sa.Text(), nullable=True))


def downgrade() -> None:
    op.drop_column("users", "holidays")
    op.drop_column("schedules", "handoff")
    op.drop_table("schedule_notices")
    op.drop_table("notice_marks")
    op.drop_table("notice_attempts")
    op.drop_table("notices")
