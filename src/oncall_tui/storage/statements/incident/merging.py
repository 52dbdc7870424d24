"""Rows that merging touches: alerts that move, and where the keys of a merged incident lead."""

from __future__ import annotations

from sqlalchemy import Connection, select, update

from oncall_tui.storage.statements.incident.incidents import AnyRow
from oncall_tui.storage.tables import MERGED_INCIDENT, alerts, incidents, integrations


def services_of(conn: Connection, numbers: list[int]) -> list[int]:
    """The services whose events can reach these incidents."""
    own = select(incidents.c.service_id).where(incidents.c.number.in_(numbers), incidents.c.service_id.is_not(None))
    senders = (
        select(integrations.c.service_id)
        .join(alerts, alerts.c.integration_id == integrations.c.id)
        .where(alerts.c.number.in_(numbers))
    )
    return sorted({*conn.execute(own).scalars(), *conn.execute(senders).scalars()})


def move_alerts(conn: Connection, source: int, target: int) -> None:
    """Give the source's alerts, and what was merged into it before, to the target, which counts them."""
    counted = conn.execute(select(incidents.c.alerts, incidents.c.events).where(incidents.c.number == source)).one()
    conn.execute(update(alerts).where(alerts.c.number == source).values(number=target))
    conn.execute(update(incidents).where(MERGED_INCIDENT, incidents.c.merged_into == source).values(merged_into=target))
    conn.execute(
        update(incidents)
        .where(incidents.c.number == target)
        .values(alerts=incidents.c.alerts + counted.alerts, events=incidents.c.events + counted.events)
    )


def open_target(conn: Connection, service: int, group_key: str) -> AnyRow | None:
    """The open incident that has the alerts of this service's merged incident of a group; None when there is none."""
    source, target = incidents.alias(), incidents.alias()
    query = (
        select(target.c.number, target.c.last_event_at, target.c.opened_at)
        .join(source, source.c.merged_into == target.c.number)
        .where(
            source.c.merged_into.is_not(None),
            source.c.service_id == service,
            source.c.group_key == group_key,
            target.c.resolved_at.is_(None),
        )
        .order_by(source.c.number.desc())
        .limit(1)
    )
    return conn.execute(query).one_or_none()
