"""Rows of heartbeats and their lives."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, func, insert, or_, select, true, update

from oncall_tui.domain.time.walltime import format_instant
from oncall_tui.storage.statements.conflicts import insert_into
from oncall_tui.storage.tables import beats, heartbeats, meta, services

_HEARD = "heartbeats_heard_at"


class BeatRow(NamedTuple):
    """A heartbeat as configured, and its life."""

    id: int
    name: str
    service: str
    definition: Mapping[str, Any]
    health: str
    since_at: datetime | None
    due_at: datetime | None
    started_at: datetime | None
    away_from: datetime | None
    away_until: datetime | None
    heard_at: datetime | None
    signal: str
    detail: str


_ALL = (
    select(
        heartbeats.c.id,
        heartbeats.c.name,
        services.c.name,
        heartbeats.c.definition,
        *(beats.c[name] for name in BeatRow._fields[4:]),
    )
    .join(services, services.c.id == heartbeats.c.service_id)
    .join(beats, beats.c.heartbeat_id == heartbeats.c.id)
    .order_by(heartbeats.c.name)
)


def every(conn: Connection) -> Sequence[BeatRow]:
    """All heartbeats by name."""
    return [BeatRow(*row) for row in conn.execute(_ALL)]


def locked(conn: Connection, name: str) -> BeatRow | None:
    """The heartbeat of this name, kept from others until the transaction ends."""
    row = conn.execute(_ALL.where(heartbeats.c.name == name).with_for_update(of=beats)).first()
    return None if row is None else BeatRow(*row)


def named(conn: Connection, name: str) -> BeatRow | None:
    """The heartbeat of this name."""
    row = conn.execute(_ALL.where(heartbeats.c.name == name)).first()
    return None if row is None else BeatRow(*row)


def due(conn: Connection, now: datetime, only: str | None = None) -> Sequence[BeatRow]:
    """Those that were never reckoned or are due at `now`, the oldest first, kept from others; or `only` this one."""
    named_so = heartbeats.c.name == only if only is not None else true()
    wanted = _ALL.where(_is_due(now), named_so).order_by(None).order_by(beats.c.due_at, heartbeats.c.name)
    return [BeatRow(*row) for row in conn.execute(wanted.with_for_update(of=beats, skip_locked=True))]


def running_ones(conn: Connection) -> Sequence[BeatRow]:
    """All that are not late or failed, kept from others."""
    wanted = _ALL.where(beats.c.health.in_(("waiting", "up"))).with_for_update(of=beats)
    return [BeatRow(*row) for row in conn.execute(wanted)]


def _is_due(now: datetime) -> ColumnElement[bool]:
    return or_(beats.c.due_at.is_(None), beats.c.due_at <= now)


def next_due(conn: Connection, now: datetime) -> tuple[int, datetime | None]:
    """How many heartbeats there are, and when the next is due: `now` for one that was never reckoned."""
    count, reckoned, earliest = conn.execute(
        select(func.count(), func.count(beats.c.due_at), func.min(beats.c.due_at)).select_from(beats)
    ).one()
    return count, earliest if reckoned == count else now


def keep(conn: Connection, row: int, values: Mapping[str, Any]) -> None:
    """Change a life."""
    conn.execute(update(beats).where(beats.c.heartbeat_id == row).values(**values))


def digests(conn: Connection) -> dict[int, str | None]:
    """The digest of each heartbeat's key, by its id."""
    return {row.heartbeat_id: row.digest for row in conn.execute(select(beats.c.heartbeat_id, beats.c.digest))}


def name_of_key(conn: Connection, digest: str) -> str | None:
    """The heartbeat that this key belongs to."""
    found = (
        select(heartbeats.c.name).join(beats, beats.c.heartbeat_id == heartbeats.c.id).where(beats.c.digest == digest)
    )
    return conn.execute(found).scalar_one_or_none()


def open_door(conn: Connection) -> datetime | None:
    """The last instant at which a worker is known to have been there to hear."""
    text = conn.execute(select(meta.c.value).where(meta.c.key == _HEARD)).scalar_one_or_none()
    return None if text is None else datetime.fromisoformat(text)


def note_open_door(conn: Connection, was: datetime | None, now: datetime) -> bool:
    """Note that a worker is there; whether nobody else has done so since the last known instant."""
    value = format_instant(now)
    if was is None:
        made = insert_into(conn, meta).values(key=_HEARD, value=value).on_conflict_do_nothing()
        return conn.execute(made).rowcount == 1
    moved = update(meta).where(meta.c.key == _HEARD, meta.c.value == format_instant(was)).values(value=value)
    return conn.execute(moved).rowcount == 1


def service_ids(conn: Connection, name: str | None, now: datetime) -> set[int]:
    """The services of the heartbeat of this name, or without one of all that are due: locked before their lives are."""
    wanted = heartbeats.c.name == name if name is not None else _is_due(now)
    found = select(heartbeats.c.service_id).join(beats, beats.c.heartbeat_id == heartbeats.c.id).where(wanted)
    return set(conn.execute(found).scalars())


def configured(conn: Connection, row: int, digest: str, *, anew: bool) -> None:
    """Let the heartbeat have this key; `anew`: its next due instant has to be reckoned again."""
    values: dict[str, Any] = {"digest": digest, **({"due_at": None} if anew else {})}
    if conn.execute(update(beats).where(beats.c.heartbeat_id == row).values(values)).rowcount == 0:
        conn.execute(insert(beats).values(heartbeat_id=row, health="waiting", **values))
