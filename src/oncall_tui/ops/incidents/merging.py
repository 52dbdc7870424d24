"""Merging two incidents in one transaction: both are changed, or none."""

from __future__ import annotations

from sqlalchemy import Connection

from oncall_tui.domain.incident import Incident
from oncall_tui.domain.incident.causes import Absorb, Merge
from oncall_tui.ops.incidents import keeping
from oncall_tui.ops.incidents.acting import Done, acting
from oncall_tui.ops.session import Session
from oncall_tui.storage.statements.incident import merging as rows


def merge(session: Session, number: int, into: int, *, version: int | None = None) -> Done:
    """End an incident as merged; the other one has its alerts from now on, and later events of their keys.

    Needs the exact version of the one that ends. Raises LostRace when either is resolved. What is told is the target.
    """
    actor = session.actor

    def work(conn: Connection) -> Incident:
        keeping.lock_senders(conn, [number, into])
        kept = {one: keeping.load(conn, one) for one in sorted({number, into})}
        source, target = kept[number].incident, kept[into]
        now = session.now()  # not before: both are ours only now
        world = session.directory.world(conn)
        by = actor.name
        act = Merge(by=by, version=source.version if version is None else version, into=into)
        rows.move_alerts(conn, number, into)  # before the source's end closes them
        keeping.step(conn, kept[number], world, act, now, via=actor.via, account=actor.os_account)
        taken = Absorb(by=by, number=number, title=source.title, severity=source.severity)
        return keeping.step(conn, target, world, taken, now, via=actor.via, account=actor.os_account).incident

    incident = acting(session, number, work)
    return Done(into, incident.state.value, incident.version, f"#{number} merged into #{into}")
