"""What belongs to one incident: its timeline, pages with their attempts, and alerts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from oncall_tui.storage.looking import AnyRow, Look, look_of

if TYPE_CHECKING:
    from sqlalchemy import Connection

LONGEST_DIGEST = 1000


def entries(conn: Connection | Look, number: int) -> Sequence[AnyRow]:
    """The timeline, in the order in which it was written."""
    return look_of(conn).rows("SELECT * FROM timeline WHERE number = :number ORDER BY id", {"number": number})


def pages_of(conn: Connection | Look, number: int) -> Sequence[AnyRow]:
    """Every page, in the order made; `unverified` where its contact is there and not verified."""
    return look_of(conn).rows(
        "SELECT p.*, (c.id IS NOT NULL AND c.verified_at IS NULL) AS unverified FROM pages p"
        " LEFT JOIN contact_methods c ON c.id = p.contact_id WHERE p.number = :number ORDER BY p.seq",
        {"number": number},
    )


def digests_of(conn: Connection | Look, number: int) -> Mapping[str, tuple[str, ...]]:
    """The pages of every digest that holds one of the incident's, by its id; a thousand of each at the most."""
    look = look_of(conn)
    ours = "SELECT DISTINCT digest FROM pages WHERE number = :number AND digest IS NOT NULL"
    together = "SELECT id FROM pages WHERE digest = :digest ORDER BY number, seq LIMIT :most"
    return {
        digest: tuple(look.values(together, {"digest": digest, "most": LONGEST_DIGEST}))
        for digest in look.values(ours, {"number": number})
    }


def attempts_of(conn: Connection | Look, number: int) -> Mapping[str, Sequence[AnyRow]]:
    """Every attempt, in order, by page id."""
    grouped: dict[str, list[AnyRow]] = defaultdict(list)
    query = "SELECT a.* FROM attempts a JOIN pages p ON p.id = a.page_id WHERE p.number = :number ORDER BY a.id"
    for row in look_of(conn).rows(query, {"number": number}):
        grouped[row.page_id].append(row)
    return grouped


def alerts_of(conn: Connection | Look, number: int) -> Sequence[AnyRow]:
    """Every alert with its integration's name, the open ones first."""
    return look_of(conn).rows(
        "SELECT a.*, g.name AS integration FROM alerts a LEFT JOIN integrations g ON g.id = a.integration_id"
        " WHERE a.number = :number ORDER BY a.open DESC, a.id",
        {"number": number},
    )
