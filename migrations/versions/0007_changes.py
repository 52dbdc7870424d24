"""What changed: change events, beside the incidents of their service."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

# As in oncall_tui.storage.types on the day of this revision: a revision never changes with the code.
instant = sa.BigInteger().with_variant(sa.TIMESTAMP(timezone=True), "postgresql")
big = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
empty = sa.text("''")


def upgrade() -> None:
    op.create_table(
        "changes",
        sa.Column("id", big, nullable=False),
        sa.Column("service_id", big, nullable=False),
        sa.Column("integration_id", big, nullable=True),
        sa.Column("at", instant, nullable=False),
        sa.Column("received_at", instant, nullable=False),
        sa.Column("summary", sa.Text(), server_default=empty, nullable=False),
        sa.Column("source", sa.Text(), server_default=empty, nullable=False),
        sa.Column("details", sa.Text(), server_default=empty, nullable=False),
        sa.Column("link", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["integration_id"],
            ["integrations.id"],
            name=op.f("fk_changes_integration_id_integrations"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["service_id"], ["services.id"], name=op.f("fk_changes_service_id_services"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_changes")),
    )
    op.create_index(op.f("ix_changes_integration_id"), "changes", ["integration_id"], unique=False)
    op.create_index(op.f("ix_changes_received_at"), "changes", ["received_at"], unique=False)
    op.create_index(op.f("ix_changes_service_id_at"), "changes", ["service_id", "at"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_changes_service_id_at"), table_name="changes")
    op.drop_index(op.f("ix_changes_received_at"), table_name="changes")
    op.drop_index(op.f("ix_changes_integration_id"), table_name="changes")
    op.drop_table("changes")
