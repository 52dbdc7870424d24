"""What a claim of the outbox needs: pages in the order in which they go out, and fewer indexes to keep."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

_PENDING = sa.text("state = 'pending' AND digest IS NULL")
_TO_A_CHANNEL = sa.text("channel_id IS NOT NULL")


def upgrade() -> None:
    """Finished pages keep a precedence of 0: nobody asks for theirs any more."""
    op.add_column("pages", sa.Column("precedence", sa.SmallInteger(), server_default=sa.text("0"), nullable=False))
    op.execute(
        "UPDATE pages SET precedence = CASE WHEN kind = 'reminder' THEN 1 ELSE 0 END"
        " - 2 * (SELECT severity_rank FROM incidents WHERE incidents.number = pages.number)"
        " WHERE finished_at IS NULL"
    )
    op.create_index(
        "ix_pages_pending",
        "pages",
        ["precedence", "created_at", "number", "seq"],
        sqlite_where=_PENDING,
        postgresql_where=_PENDING,
    )
    # The index on (contact_id, finished_at) finds a contact's pages, too; few pages go to a channel.
    op.drop_index("ix_pages_contact_id", "pages")
    op.drop_index("ix_pages_channel_id", "pages")
    op.create_index(
        "ix_pages_channel_id", "pages", ["channel_id"], sqlite_where=_TO_A_CHANNEL, postgresql_where=_TO_A_CHANNEL
    )
    if op.get_bind().dialect.name == "postgresql":
        # Every answer of a provider is a new version of its incident's row: with room beside the old one no index is
        # touched (HOT). It counts for rows that are written from now on.
        op.execute("ALTER TABLE incidents SET (fillfactor = 70)")


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute("ALTER TABLE incidents RESET (fillfactor)")
    op.drop_index("ix_pages_channel_id", "pages")
    op.create_index("ix_pages_channel_id", "pages", ["channel_id"])
    op.create_index("ix_pages_contact_id", "pages", ["contact_id"])
    op.drop_index("ix_pages_pending", "pages")
    op.drop_column("pages", "precedence")
