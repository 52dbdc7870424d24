"""Rules for all integrations, silences, and the alerts that silences hold back."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

# As in oncall_tui.storage.types on the day of this revision: a revision never changes with the code.
number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
instant = sa.BigInteger().with_variant(sa.TIMESTAMP(timezone=True), "postgresql")


def upgrade() -> None:
    op.create_table(
        "routing_rules",
        sa.Column("id", number, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("definition", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_routing_rules"),
        sa.UniqueConstraint("name", name="uq_routing_rules_name"),
    )
    op.create_table(
        "silences",
        sa.Column("id", number, nullable=False),
        sa.Column("uuid", sa.Text(), nullable=False),
        sa.Column("matchers", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("start_at", instant, nullable=False),
        sa.Column("end_at", instant, nullable=False),
        sa.Column("creator", sa.Text(), nullable=False),
        sa.Column("comment", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("integration", sa.Text(), nullable=True),
        sa.Column("made_at", instant, nullable=False),
        sa.Column("finished", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_silences"),
        sa.UniqueConstraint("uuid", name="uq_silences_uuid"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_silences_finished_end_at", "silences", ["finished", "end_at"])
    op.create_table(
        "silenced_alerts",
        sa.Column("id", number, nullable=False),
        sa.Column("integration_id", number, nullable=False),
        sa.Column("dedup_key", sa.Text(), nullable=False),
        sa.Column("service_id", number, nullable=False),
        sa.Column("silence_id", number, nullable=False),
        sa.Column("event", sa.Text(), nullable=False),
        sa.Column("count", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("first_seen_at", instant, nullable=False),
        sa.Column("last_seen_at", instant, nullable=False),
        sa.Column("due_at", instant, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_silenced_alerts"),
        sa.ForeignKeyConstraint(
            ["integration_id"], ["integrations.id"], name="fk_silenced_alerts_integration_id_integrations",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["service_id"], ["services.id"], name="fk_silenced_alerts_service_id_services", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["silence_id"], ["silences.id"], name="fk_silenced_alerts_silence_id_silences", ondelete="CASCADE"
        ),
        sa.UniqueConstraint("integration_id", "dedup_key", name="uq_silenced_alerts_integration_id_dedup_key"),
    )
    op.create_index("ix_silenced_alerts_due_at", "silenced_alerts", ["due_at"])
    op.create_index("ix_silenced_alerts_silence_id", "silenced_alerts", ["silence_id"])


def downgrade() -> None:
    op.drop_table("silenced_alerts")
    op.drop_table("silences")
    op.drop_table("routing_rules")
