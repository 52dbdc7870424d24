"""What the self-audit mended is told aloud: an incident on the house's own service, else a notice to every admin."""

from __future__ import annotations

import logging
from datetime import datetime

from sqlalchemy import Connection

from oncall_tui.domain.events import Action, Event
from oncall_tui.domain.notices import contacts_for
from oncall_tui.domain.severity import Severity
from oncall_tui.domain.world import World
from oncall_tui.ops.directory import Directory
from oncall_tui.ops.intake.events import take_by_hand
from oncall_tui.ops.notices.queueing import NoticeTo, queue
from oncall_tui.ops.watching.auditing import AUDITOR

log = logging.getLogger(__name__)

KEY = "oncall self-audit"
KIND = "self-audit"


def report_mended(
    conn: Connection, directory: Directory, number: int, flaw: str, now: datetime, *, service: str | None
) -> None:
    """Tell that incident `number` had a flaw: as an alert of `service`, one incident while that is open.

    Without such a service every admin gets a notice, once a day.
    """
    world = directory.world(conn)
    title = f"The self-audit mended incident #{number}"
    body = (
        f"It found that {flaw}. That is a fault of oncall itself, or somebody's hand in the database: worth a report."
    )
    if service is not None and service in world.services:
        event = Event(
            action=Action.TRIGGER, dedup_key=KEY, title=title, description=body, severity=Severity.HIGH, labels={}
        )
        take_by_hand(conn, world, service, event, now, by=AUDITOR, via="engine")
        return
    if service is not None:
        log.warning("there is no service '%s' to tell of what the self-audit mends: admins get a notice", service)
    _tell_admins(conn, world, title, body, now)


def _tell_admins(conn: Connection, world: World, title: str, body: str, now: datetime) -> None:
    for username in world.admins:
        for contact in contacts_for(world.users[username])[:1]:
            queue(
                conn,
                now=now,
                kind=KIND,
                to=NoticeTo(username, contact),
                subject=title,
                body=body,
                key=f"{KIND} {now:%Y-%m-%d} {username}",
            )
