"""Incidents of the database: loaded and locked, advanced, and written back in the caller's transaction."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime

from sqlalchemy import Connection

from oncall_tui.domain.errors import Unknown
from oncall_tui.domain.incident import Advance, advance
from oncall_tui.domain.incident.causes import Cause
from oncall_tui.domain.world import World
from oncall_tui.ops.incidents import turns
from oncall_tui.ops.incidents.codec import decode
from oncall_tui.ops.incidents.writing import Kept, Writing
from oncall_tui.storage.statements.incident import incidents as rows
from oncall_tui.storage.statements.incident import merging


def load(conn: Connection, number: int) -> Kept:
    """The incident, locked until the transaction ends. Raises Unknown."""
    row = rows.lock(conn, number)
    if row is None:
        raise _unknown(number)
    return Kept(decode(row.document), row.rev)


def lock_senders(conn: Connection, numbers: list[int]) -> None:
    """Let no event be placed meanwhile that could reach these incidents: what ends or reopens one takes this first."""
    rows.lock_services(conn, merging.services_of(conn, numbers))


def step(  # noqa: PLR0913 - who, how and when belong to every change
    conn: Connection,
    kept: Kept,
    world: World,
    cause: Cause,
    now: datetime,
    *,
    via: str,
    account: str | None = None,
) -> Advance:
    """Let one cause happen to an incident, and write down what became of it. Raises what `advance` raises."""
    advanced = advance(kept.incident, turns.locked(conn, world, kept.incident, cause), cause, now)
    update(conn, kept, advanced, now, via=via, account=account)
    return advanced


def step_all(conn: Connection, causes: Iterable[tuple[Kept, Cause, datetime]], world: World, *, via: str) -> None:
    """Let a cause happen to each of many incidents, one after the other, and write down what became of them together.

    Raises what `advance` raises for any of them; nothing may be kept of the transaction then.
    """
    writing = Writing(conn)
    for kept, cause, now in causes:
        advanced = advance(kept.incident, turns.locked(conn, world, kept.incident, cause), cause, now)
        writing.changed(kept, advanced, now, via=via)
    writing.write()


def load_all(conn: Connection, numbers: Iterable[int]) -> Callable[[], dict[int, Kept]]:
    """Lock the incidents in their order until the transaction ends; what is given back gives them by number.

    That raises Unknown. Both may be told `in_one_go`, the second after it.
    """
    wanted = sorted(set(numbers))
    asked = rows.lock_all(conn, wanted)

    def loaded() -> dict[int, Kept]:
        found = {row.number: Kept(decode(row.document), row.rev) for row in asked()}
        for number in wanted:
            if number not in found:
                raise _unknown(number)
        return found

    return loaded


def load_free(conn: Connection, numbers: Sequence[int]) -> Callable[[], list[Kept]]:
    """Lock those of the incidents that nobody is changing just now; the engine waits for nobody's transaction.

    What is given back gives them, in the order of `numbers`. Both may be told `in_one_go`, the second after it.
    """
    asked = rows.lock_free(conn, numbers)
    place = {number: position for position, number in enumerate(numbers)}

    def loaded() -> list[Kept]:
        found = sorted(asked(), key=lambda row: place[row.number])
        return [Kept(decode(row.document), row.rev) for row in found]

    return loaded


def update(
    conn: Connection, kept: Kept, advanced: Advance, now: datetime, *, via: str, account: str | None = None
) -> None:
    """Write what became of an incident. Raises LostRace when somebody else wrote it since it was loaded."""
    writing = Writing(conn)
    writing.changed(kept, advanced, now, via=via, account=account)
    writing.write()


def _unknown(number: int) -> Unknown:
    return Unknown(f"there is no incident #{number}", mend="see 'oncall incidents'")
