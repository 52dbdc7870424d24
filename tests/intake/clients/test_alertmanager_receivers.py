"""Debian's Alertmanager with the receivers of other pagers, told nothing but another host.

Its receiver of PagerDuty v1 is missing: the host of that one is written into Alertmanager.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from oncall_tui.storage.tables import alerts, incidents, integrations
from tests.intake.listening import listening
from tests.support.house import House
from tests.support.processes import Alertmanager, get, wait_until

pytestmark = [pytest.mark.system("prometheus-alertmanager"), pytest.mark.timeout(120)]

V2, OPSGENIE, VICTOROPS = (letter * 32 for letter in "2ov")
CONFIG = f"""
version: 1
users: [{{username: ana, contacts: [{{name: push, url: "json://ana.example"}}]}}]
policies: [{{name: p, steps: [{{delay: 5m, targets: [{{user: ana}}]}}]}}]
services: [{{name: checkout, policy: p}}]
integrations:
  - {{name: v2, kind: pagerduty, service: checkout, key: "{V2}"}}
  - {{name: og, kind: opsgenie, service: checkout, key: "{OPSGENIE}"}}
  - {{name: vo, kind: victorops, service: checkout, key: "{VICTOROPS}"}}
"""
RECEIVERS = """
global:
  pagerduty_url: URL/v2/enqueue
  opsgenie_api_url: URL/
  victorops_api_url: URL/integrations/generic/20131114/alert/
route: {receiver: pagers, group_by: [alertname], group_wait: 0s, group_interval: 1s, repeat_interval: 1h}
receivers:
  - name: pagers
    pagerduty_configs: [{routing_key: "V2", severity: warning}]
    opsgenie_configs: [{api_key: "OPSGENIE", update_alerts: true, priority: P1, tags: "db,eu"}]
    victorops_configs: [{api_key: "VICTOROPS", routing_key: checkout}]
"""


@pytest.fixture
def house(sqlite_url: str, tmp_path: Path) -> Iterator[House]:
    with House(sqlite_url, CONFIG, tmp_path) as made:
        yield made


def states(house: House) -> dict[str, tuple[str, str, int]]:
    """State, title and number of each integration's newest incident."""
    query = (
        select(integrations.c.name, incidents.c.state, incidents.c.title, incidents.c.number)
        .join(integrations, integrations.c.id == incidents.c.integration_id)
        .order_by(incidents.c.number)
    )
    with house.store.read() as conn:
        return {row.name: (row.state, row.title, row.number) for row in conn.execute(query)}


def test_every_receiver_opens_updates_and_resolves(house: House, tmp_path: Path) -> None:
    with listening(house) as here:
        named = {"URL": here.url, "V2": V2, "OPSGENIE": OPSGENIE, "VICTOROPS": VICTOROPS}
        text = RECEIVERS
        for name, value in named.items():
            text = text.replace(f'"{name}"', f'"{value}"') if name != "URL" else text.replace(name, value)
        alertmanager = Alertmanager(tmp_path, text=text)
        try:
            alertmanager.alert("Checkout5xx", instance="web-1")
            wait_until(lambda: len(states(house)) == 3, "an incident by each receiver")
            opened = states(house)
            assert {state for state, _, _ in opened.values()} == {"triggered"}
            assert all("Checkout5xx" in title for _, title, _ in opened.values())
            severities = {name: house.column(number, "severity") for name, (_, _, number) in opened.items()}
            assert severities == {"v2": "medium", "og": "critical", "vo": "critical"}
            labels = house.column(opened["og"][2], "labels")
            assert isinstance(labels, dict)
            assert (labels["tags"], labels["alertname"]) == ("db, eu", "Checkout5xx")
            assert house.column(opened["og"][2], "link") == labels["source"], "its source is the address of its queue"

            # Another member of the group: a create that repeats, then PUTs of message and description.
            alertmanager.alert("Checkout5xx", instance="web-2")
            wait_until(lambda: "[FIRING:2]" in states(house)["og"][1], "the new message of the alert")
            wait_until(lambda: "web-2" in str(house.column(opened["og"][2], "description")), "its description")
            with house.store.read() as conn:
                kept = conn.execute(select(alerts.c.number, alerts.c.count)).all()
            assert len(kept) == 3, "each receiver has one alert, however often it is told"

            for instance in ("web-1", "web-2"):
                over = (datetime.now(UTC) - timedelta(seconds=1)).isoformat()
                alertmanager.alert("Checkout5xx", instance=instance, ends_at=over)
            wait_until(lambda: {state for state, _, _ in states(house).values()} == {"resolved"}, "the end of all")
            assert {number for _, _, number in states(house).values()} == {number for _, _, number in opened.values()}
            assert successes(alertmanager) == {"pagerduty", "opsgenie", "victorops"}
        finally:
            alertmanager.stop()


def successes(alertmanager: Alertmanager) -> set[str]:
    """The kinds of receivers that told something, and of which none failed, by Alertmanager's own count."""
    _, text = get(f"{alertmanager.address}/metrics")
    counts: dict[str, dict[str, float]] = {}
    for line in str(text).splitlines():
        for what in ("notifications_total", "notifications_failed_total"):
            if line.startswith(f'alertmanager_{what}{{integration="'):
                kind = line.split('"')[1]
                counts.setdefault(kind, {}).setdefault(what, 0.0)
                counts[kind][what] += float(line.rsplit(" ", 1)[1])
    return {
        kind
        for kind, seen in counts.items()
        if seen["notifications_total"] > 0 and seen["notifications_failed_total"] == 0
    }
