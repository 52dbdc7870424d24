"""When people are away, and the secret addresses of calendars."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

# As in oncall_tui.storage.types on the day of this revision: a revision never changes with the code.
number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
instant = sa.BigInteger().with_variant(sa.TIMESTAMP(timezone=True), "postgresql")


def upgrade() -> None:
    op.create_table(
        "leave",
        sa.Column("id", number, nullable=False),
        sa.Column("user_id", number, nullable=False),
        sa.Column("start_at", instant, nullable=False),
        sa.Column("end_at", instant, nullable=False),
        sa.Column("note", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_leave_user_id_users", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_leave"),
    )
    op.create_index("ix_leave_user_id", "leave", ["user_id"])
    op.create_table(
        "calendar_feeds",
        sa.Column("id", number, nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("user_id", number, nullable=True),
        sa.Column("schedule_id", number, nullable=True),
        sa.Column("made_by", sa.Text(), nullable=True),
        sa.Column("made_at", instant, nullable=False),
        sa.Column("revoked_at", instant, nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_calendar_feeds_user_id_users", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["schedule_id"], ["schedules.id"], name="fk_calendar_feeds_schedule_id_schedules", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_calendar_feeds"),
        sa.UniqueConstraint("digest", name="uq_calendar_feeds_digest"),
    )
    op.create_index("ix_calendar_feeds_user_id", "calendar_feeds", ["user_id"])
    op.create_index("ix_calendar_feeds_schedule_id", "calendar_feeds", ["schedule_id"])


def downgrade() -> None:
    op.drop_table("calendar_feeds")
    op.drop_table("leave")
