"""Incidents in full: what was merged into what, and whose turn it is at a round robin step."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

# As in oncall_tui.storage.types on the day of this revision: a revision never changes with the code.
number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
merged = sa.text("merged_into IS NOT NULL")


def upgrade() -> None:
    op.add_column("incidents", sa.Column("merged_into", number, nullable=True))
    op.create_index(
        "ix_incidents_merged",
        "incidents",
        ["service_id", "group_key"],
        sqlite_where=merged,
        postgresql_where=merged,
    )
    op.create_table(
        "step_turns",
        sa.Column("policy", sa.Text(), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("count", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("taken", sa.Text(), server_default=sa.text("'[]'"), nullable=False),
        sa.PrimaryKeyConstraint("policy", "step", name="pk_step_turns"),
    )


def downgrade() -> None:
    op.drop_table("step_turns")
    op.drop_index("ix_incidents_merged", table_name="incidents")
    op.drop_column("incidents", "merged_into")
