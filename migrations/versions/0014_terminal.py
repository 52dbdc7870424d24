"""What the terminal needs: the newest pages, without reading all that ever were."""

from __future__ import annotations

from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_pages_created_at", "pages", ["created_at"])


def downgrade() -> None:
    op.drop_index("ix_pages_created_at", "pages")
