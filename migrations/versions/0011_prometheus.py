"""Alerts that expire by themselves, what an integration is told beside its key, messages already taken, SNS topics."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

# As in oncall_tui.storage.types on the day of this revision: a revision never changes with the code.
instant = sa.BigInteger().with_variant(sa.TIMESTAMP(timezone=True), "postgresql")
big = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.add_column("integrations", sa.Column("options", sa.Text(), server_default=sa.text("'{}'"), nullable=False))
    op.add_column("alerts", sa.Column("expires_at", instant, nullable=True))
    op.create_index(
        "ix_alerts_expiring",
        "alerts",
        ["expires_at"],
        unique=False,
        sqlite_where=sa.text("open = 1"),
        postgresql_where=sa.text("open"),
    )
    op.create_table(
        "taken_messages",
        sa.Column("integration_id", big, nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("taken_at", instant, nullable=False),
        sa.ForeignKeyConstraint(
            ["integration_id"],
            ["integrations.id"],
            name=op.f("fk_taken_messages_integration_id_integrations"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("integration_id", "message", name=op.f("pk_taken_messages")),
    )
    op.create_index(op.f("ix_taken_messages_taken_at"), "taken_messages", ["taken_at"], unique=False)
    op.create_table(
        "topics",
        sa.Column("id", big, nullable=False),
        sa.Column("integration_id", big, nullable=False),
        sa.Column("arn", sa.Text(), nullable=False),
        sa.Column("confirm_url", sa.Text(), nullable=False),
        sa.Column("asked_at", instant, nullable=False),
        sa.Column("confirmed_at", instant, nullable=True),
        sa.Column("confirmed_by", sa.Text(), nullable=True),
        sa.Column("ended_at", instant, nullable=True),
        sa.ForeignKeyConstraint(
            ["integration_id"],
            ["integrations.id"],
            name=op.f("fk_topics_integration_id_integrations"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_topics")),
        sa.UniqueConstraint("integration_id", "arn", name=op.f("uq_topics_integration_id_arn")),
    )


def downgrade() -> None:
    op.drop_table("topics")
    op.drop_index(op.f("ix_taken_messages_taken_at"), table_name="taken_messages")
    op.drop_table("taken_messages")
    op.drop_index("ix_alerts_expiring", table_name="alerts")
    op.drop_column("alerts", "expires_at")
    op.drop_column("integrations", "options")
