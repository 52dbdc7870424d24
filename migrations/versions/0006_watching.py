"""Watching the watcher: when a worker's loops last looked, what its self-audit found, what became of its ping."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

# As in oncall_tui.storage.types on the day of this revision: a revision never changes with the code.
instant = sa.BigInteger().with_variant(sa.TIMESTAMP(timezone=True), "postgresql")
NAMES = ("engine_looked_at", "delivery_looked_at", "audited_at", "audit", "mended", "pinged_at", "ping_failure")


def upgrade() -> None:
    op.add_column("workers", sa.Column("engine_looked_at", instant, nullable=True))
    op.add_column("workers", sa.Column("delivery_looked_at", instant, nullable=True))
    op.add_column("workers", sa.Column("audited_at", instant, nullable=True))
    op.add_column("workers", sa.Column("audit", sa.Text(), server_default=sa.text("''"), nullable=False))
    op.add_column("workers", sa.Column("mended", sa.Integer(), server_default=sa.text("0"), nullable=False))
    op.add_column("workers", sa.Column("pinged_at", instant, nullable=True))
    op.add_column("workers", sa.Column("ping_failure", sa.Text(), server_default=sa.text("''"), nullable=False))


def downgrade() -> None:
    for name in reversed(NAMES):
        op.drop_column("workers", name)
