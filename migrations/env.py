"""Alembic's entry: it gets an open connection, already in the transaction that `oncall_tui.storage.migrate` ends."""

from __future__ import annotations

from alembic import context

from oncall_tui.storage.tables import metadata

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=metadata,
    render_as_batch=connection.dialect.name == "sqlite",
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()
