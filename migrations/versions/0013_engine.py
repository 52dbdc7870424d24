"""What the engine needs to be fast."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


_LEASED = sa.text("lease_until IS NOT NULL")


def upgrade() -> None:
    """Find the first lease to end among the few pages that are being sent, not among all that wait."""
    op.create_index("ix_pages_leased", "pages", ["lease_until"], sqlite_where=_LEASED, postgresql_where=_LEASED)


def downgrade() -> None:
    """Without the index."""
    op.drop_index("ix_pages_leased", "pages")
