"""What contact methods remember: codes, status updates; and what delivery must: digests, faults, providers at rest."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

# As in oncall_tui.storage.types on the day of this revision: a revision never changes with the code.
number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
instant = sa.BigInteger().with_variant(sa.TIMESTAMP(timezone=True), "postgresql")


def upgrade() -> None:
    op.add_column("contact_methods", sa.Column("updates", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column("pages", sa.Column("digest", sa.Text(), nullable=True))
    op.add_column("pages", sa.Column("faults", sa.Integer(), server_default=sa.text("0"), nullable=False))
    op.create_index("ix_pages_contact_id_finished_at", "pages", ["contact_id", "finished_at"])
    op.create_index(
        "ix_pages_digest",
        "pages",
        ["digest"],
        sqlite_where=sa.text("digest IS NOT NULL"),
        postgresql_where=sa.text("digest IS NOT NULL"),
    )
    op.create_table(
        "contact_codes",
        sa.Column("contact_id", number, autoincrement=False, nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("made_at", instant, nullable=False),
        sa.Column("expires_at", instant, nullable=False),
        sa.Column("wrong", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.ForeignKeyConstraint(
            ["contact_id"],
            ["contact_methods.id"],
            name="fk_contact_codes_contact_id_contact_methods",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("contact_id", name="pk_contact_codes"),
    )
    op.create_table(
        "provider_rests",
        sa.Column("provider", sa.Text(), nullable=False),
        sa.Column("until_at", instant, nullable=False),
        sa.Column("answer", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.PrimaryKeyConstraint("provider", name="pk_provider_rests"),
    )


def downgrade() -> None:
    op.drop_table("provider_rests")
    op.drop_table("contact_codes")
    op.drop_index("ix_pages_digest", table_name="pages")
    op.drop_index("ix_pages_contact_id_finished_at", table_name="pages")
    op.drop_column("pages", "faults")
    op.drop_column("pages", "digest")
    op.drop_column("contact_methods", "updates")
