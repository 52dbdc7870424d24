"""The outbox: a page is a row before it is anything else, and every try to send it is one more row."""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    SmallInteger,
    Table,
    Text,
    and_,
    false,
    literal_column,
)

from oncall_tui.storage.tables.base import ONE, ZERO, at, key, maybe, maybe_at, metadata, name_of, remembers, words
from oncall_tui.storage.types import Id

pages = Table(
    "pages",
    metadata,
    Column("id", Text, primary_key=True),
    Column("number", Id, ForeignKey("incidents.number", ondelete="CASCADE"), nullable=False, index=True),
    Column("seq", Integer, nullable=False),
    remembers("user_id", "users.id", index=True),
    maybe("username"),
    remembers("contact_id", "contact_methods.id"),
    words("contact"),
    remembers("channel_id", "channels.id"),
    Column("run", Integer, nullable=False, server_default=ZERO),
    Column("step", Integer, nullable=False, server_default=ZERO),
    Column("round", Integer, nullable=False, server_default=ONE),
    name_of("kind"),
    words("because"),
    name_of("state"),
    at("created_at"),
    at("due_at"),
    maybe("lease_owner"),
    maybe("lease_token"),
    maybe_at("lease_until"),
    Column("tries", Integer, nullable=False, server_default=ZERO),
    Column("possible_repeat", Boolean, nullable=False, server_default=false()),
    maybe_at("finished_at"),
    maybe("digest"),
    Column("faults", Integer, nullable=False, server_default=ZERO),
    Column("precedence", SmallInteger, nullable=False, server_default=ZERO),  # the lower, the sooner it goes out
    Index(None, "contact_id", "finished_at"),
    Index(None, "created_at"),
)

UNFINISHED_PAGE = pages.c.finished_at.is_(None)
"""True while something is left to do for a page. Has no parameter, so that both databases can use the partial index."""

LEASED_PAGE = pages.c.lease_until.is_not(None)
"""True while somebody holds a page to send it. Has no parameter, as the partial index on it needs."""

Index("ix_pages_leased", pages.c.lease_until, sqlite_where=LEASED_PAGE, postgresql_where=LEASED_PAGE)

PENDING_PAGE = and_(pages.c.state == literal_column("'pending'"), pages.c.digest.is_(None))
"""True of pages that wait to be sent by themselves. Has no parameter, as the partial index on it needs."""

Index(
    "ix_pages_pending",
    *(pages.c.precedence, pages.c.created_at, pages.c.number, pages.c.seq),
    sqlite_where=PENDING_PAGE,
    postgresql_where=PENDING_PAGE,
)

_TO_A_CHANNEL = pages.c.channel_id.is_not(None)
Index("ix_pages_channel_id", pages.c.channel_id, sqlite_where=_TO_A_CHANNEL, postgresql_where=_TO_A_CHANNEL)

_IN_A_DIGEST = pages.c.digest.is_not(None)
Index("ix_pages_digest", pages.c.digest, sqlite_where=_IN_A_DIGEST, postgresql_where=_IN_A_DIGEST)
Index("ix_pages_unfinished", pages.c.due_at, sqlite_where=UNFINISHED_PAGE, postgresql_where=UNFINISHED_PAGE)

attempts = Table(
    "attempts",
    metadata,
    key(),
    Column("page_id", Text, ForeignKey("pages.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("n", Integer, nullable=False),
    at("started_at"),
    at("ended_at"),
    name_of("outcome"),
    words("answer"),
    words("worker"),
)

provider_rests = Table(
    "provider_rests",
    metadata,
    Column("provider", Text, primary_key=True),
    at("until_at"),
    words("answer"),
)
"""Providers that asked to be left alone for a while, by the redacted address that their contacts share."""
