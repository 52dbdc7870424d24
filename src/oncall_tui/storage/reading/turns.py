"""Whose turn it was at round robin steps, as it stands."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from oncall_tui.storage.looking import AnyRow, Look, among, look_of

if TYPE_CHECKING:
    from sqlalchemy import Connection


def look(conn: Connection | Look, steps: Iterable[tuple[str, int]]) -> Sequence[AnyRow]:
    """The turns that these steps have given, and to whom."""
    wanted = set(steps)
    chosen = among("policy", "policy", sorted({policy for policy, _ in wanted}))
    found = look_of(conn).rows(
        f"SELECT policy, step, count AS given, taken FROM step_turns WHERE {chosen.sql}",  # noqa: S608 - our own words
        chosen.given,
    )
    return [row for row in found if (row.policy, row.step) in wanted]
