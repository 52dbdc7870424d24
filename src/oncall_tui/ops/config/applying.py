"""Apply a config file: in one transaction, all of it or nothing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sqlalchemy import Connection

from oncall_tui.domain.errors import InvalidMany
from oncall_tui.ops.config.changing.changes import KINDS, Change, Changes, changes_of
from oncall_tui.ops.config.changing.pruning import InUse, refusals
from oncall_tui.ops.config.changing.storing import Storing
from oncall_tui.ops.config.checks.addresses import check_addresses
from oncall_tui.ops.config.checks.found import Found, Names, Warned
from oncall_tui.ops.config.entries.document import SECTIONS
from oncall_tui.ops.config.kept import Kept, load, unsealer
from oncall_tui.ops.config.reading import Shaped, read_shape
from oncall_tui.ops.config.validation import examine
from oncall_tui.ops.directory import load_world
from oncall_tui.ops.schedules.changing import schedules_changed
from oncall_tui.storage.directory_rows import revision
from oncall_tui.storage.directory_rows import writing as rows

if TYPE_CHECKING:
    from datetime import datetime

    from oncall_tui.domain.errors import OncallError
    from oncall_tui.ops.session import Session
    from oncall_tui.storage.cipher import Cipher


@dataclass(frozen=True, slots=True)
class Applied:
    """What was changed (nothing when the file was applied before), new keys by integration, and warnings.

    A key stands here once and nowhere else: only its hash is stored.
    """

    changed: tuple[Change, ...]
    keys: dict[str, str] = field(repr=False)
    warnings: tuple[Warned, ...]


def apply(session: Session, text: str, prune: bool = False, *, addresses: bool = True) -> Applied:
    """Make the directory say what the file says, matched by names. Raises InvalidMany with every problem at once.

    Entries that the file lacks are deleted only with `prune`, and only in sections that it has. Overrides and temporary
    schedules are added, never removed. `addresses=False` spares the process that judges URLs.
    """
    session.actor.may_configure()
    shaped, problems = _read(text, addresses=addresses)
    cipher = session.cipher()
    with session.writing() as conn:
        revision.lock(conn)
        now = session.now()
        kept = load(conn, unsealer(cipher))
        changes, warnings = _work_out(conn, shaped, problems, kept, now, prune=prune)
        changed = tuple(changes.listed)
        if changed:
            _store(conn, session, cipher, kept, changes, now)
    return Applied(changed, dict(changes.keys), warnings)


def plan(session: Session, text: str, prune: bool = False, *, addresses: bool = True) -> Applied:
    """What `apply` would change; nothing is changed, and no keys are shown. Raises as `apply` does."""
    session.actor.may_configure()
    shaped, problems = _read(text, addresses=addresses)
    cipher = session.cipher()
    with session.reading() as conn:
        kept = load(conn, unsealer(cipher))
        changes, warnings = _work_out(conn, shaped, problems, kept, session.now(), prune=prune)
    return Applied(tuple(changes.listed), {}, warnings)


def stored_names(session: Session) -> Names:
    """The names that a file's entries may refer to beside its own; for validating against a database."""
    with session.reading() as conn:
        world = session.directory.world(conn)
    return Names(
        users=frozenset(world.users),
        teams=frozenset(world.teams),
        schedules=frozenset(world.schedules),
        policies=frozenset(world.policies),
        services=frozenset(world.services),
    )


def _read(text: str, *, addresses: bool) -> tuple[Shaped, list[OncallError]]:
    """The file's shape, and what is wrong with its addresses: both before the transaction, which is to be short."""
    shaped = read_shape(text)
    found = Found(Names())
    if addresses:
        check_addresses(shaped.config, found)
    return shaped, list(found.problems)


def _work_out(
    conn: Connection, shaped: Shaped, problems: list[OncallError], kept: Kept, now: datetime, *, prune: bool
) -> tuple[Changes, tuple[Warned, ...]]:
    checked, found = examine(shaped, kept.names, prune=prune)
    problems = [*found, *problems]
    if problems:
        raise InvalidMany(problems)
    changes = changes_of(checked.config, kept, prune=prune)
    present = frozenset(section for section in SECTIONS if getattr(checked.config, section) is not None)
    changes.problems += _refusals(conn, changes, present, kept, now)
    if changes.problems:
        raise InvalidMany(changes.problems)
    return changes, checked.warnings


def _refusals(
    conn: Connection, changes: Changes, present: frozenset[str], kept: Kept, now: datetime
) -> Iterator[OncallError]:
    if not changes.deleted:
        return
    counts = rows.open_by_service(conn)
    services = {name: counts.get(row, 0) for name, row in kept.ids["services"].items()}
    yield from refusals(changes.deleted, present, kept, InUse(holders=rows.holders(conn), services=services), now)


def _store(conn: Connection, session: Session, cipher: Cipher, kept: Kept, changes: Changes, now: datetime) -> None:
    before = session.directory.world(conn)
    Storing(conn, kept, cipher, session.actor.name, now).store(changes)
    # The names of keys only: a value may be a secret.
    details = {(KINDS[one.section], one.name): ", ".join(one.differs) for one in changes.written if not one.created}
    rows.note(
        conn,
        [
            {
                "at": now,
                "actor": session.actor.username,
                "os_account": session.actor.os_account,
                "via": session.actor.via,
                "action": f"config.{change.action}",
                "object": f"{change.kind} {change.name}",
                "text": details.get((change.kind, change.name), ""),
            }
            for change in changes.listed
        ],
    )
    revision.move_on(conn)
    revision.wake_waiting(conn, now)
    # Not by the session's directory, which others share: this transaction may still come to nothing.
    after = load_world(conn).schedules
    names = dict.fromkeys((*before.schedules, *after))
    moved = [(before.schedules.get(name), after.get(name)) for name in names]
    schedules_changed(conn, session, now, before, [(old, new) for old, new in moved if old != new])
