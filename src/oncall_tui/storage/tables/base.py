"""The one metadata, with names for every constraint: batch migrations on SQLite find them only by name."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Column, ForeignKey, MetaData, Text, text

from oncall_tui.storage.types import CleanText, Id, Instant

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)

EMPTY = text("''")
ZERO = text("0")
ONE = text("1")
EMPTY_LIST = text("'[]'")
EMPTY_MAP = text("'{}'")


def key() -> Column[int]:
    """A row's own number."""
    return Column("id", Id, primary_key=True)


def words(name: str, **more: Any) -> Column[str]:
    """Text that is never NULL; absent means empty."""
    return Column(name, CleanText, nullable=False, server_default=EMPTY, **more)


def name_of(column: str = "name", **more: Any) -> Column[str]:
    """Text by which people and other rows know this one; it must be given."""
    return Column(column, CleanText, nullable=False, **more)


def maybe(column: str) -> Column[str | None]:
    """Text that may be absent."""
    return Column(column, CleanText, nullable=True)


def sealed(column: str) -> Column[str]:
    """A secret, encrypted by `storage.cipher` before it comes here."""
    return Column(column, Text, nullable=False)


def at(column: str) -> Column[Any]:
    """An instant that must be given."""
    return Column(column, Instant, nullable=False)


def maybe_at(column: str) -> Column[Any]:
    """An instant that may not have come."""
    return Column(column, Instant, nullable=True)


def owned_by(column: str, target: str, **more: Any) -> Column[int]:
    """A reference to the row this one belongs to and goes away with."""
    return Column(column, Id, ForeignKey(target, ondelete="CASCADE"), nullable=False, **more)


def refers_to(column: str, target: str, **more: Any) -> Column[int]:
    """A reference that keeps its target from being deleted."""
    return Column(column, Id, ForeignKey(target), **more)


def remembers(column: str, target: str, **more: Any) -> Column[int]:
    """A reference that history outlives: it becomes NULL when its target is deleted."""
    return Column(column, Id, ForeignKey(target, ondelete="SET NULL"), nullable=True, **more)
