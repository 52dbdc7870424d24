"""Heartbeats: when each was last heard and when it is late."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

# As in oncall_tui.storage.types on the day of this revision: a revision never changes with the code.
number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
instant = sa.BigInteger().with_variant(sa.TIMESTAMP(timezone=True), "postgresql")


def upgrade() -> None:
    op.create_table(
        "beats",
        sa.Column("heartbeat_id", number, nullable=False),
        sa.Column("digest", sa.Text(), nullable=True),
        sa.Column("health", sa.Text(), nullable=False),
        sa.Column("since_at", instant, nullable=True),
        sa.Column("due_at", instant, nullable=True),
        sa.Column("started_at", instant, nullable=True),
        sa.Column("away_from", instant, nullable=True),
        sa.Column("away_until", instant, nullable=True),
        sa.Column("heard_at", instant, nullable=True),
        sa.Column("signal", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("detail", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.ForeignKeyConstraint(
            ["heartbeat_id"], ["heartbeats.id"], name="fk_beats_heartbeat_id_heartbeats", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("heartbeat_id", name="pk_beats"),
        sa.UniqueConstraint("digest", name="uq_beats_digest"),
    )
    op.create_index("ix_beats_due_at", "beats", ["due_at"])
    op.execute("INSERT INTO beats (heartbeat_id, health) SELECT id, 'waiting' FROM heartbeats")


def downgrade() -> None:
    op.drop_table("beats")
