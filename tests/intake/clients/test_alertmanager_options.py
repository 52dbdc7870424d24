"""Debian's Alertmanager with its webhook's odder settings: groups of one, ends that are not told, groups cut short."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from oncall_tui.storage.tables import incidents, integrations
from tests.intake.listening import listening
from tests.support.house import House
from tests.support.processes import Alertmanager, wait_until

pytestmark = [pytest.mark.system("prometheus-alertmanager"), pytest.mark.timeout(120)]

EACH, QUIET, CUT = (letter * 32 for letter in "eqc")
CONFIG = f"""
version: 1
users: [{{username: ana, contacts: [{{name: push, url: "json://ana.example"}}]}}]
policies: [{{name: p, steps: [{{delay: 5m, targets: [{{user: ana}}]}}]}}]
services: [{{name: one, policy: p}}, {{name: two, policy: p}}, {{name: three, policy: p}}]
integrations:
  - {{name: each, kind: alertmanager, service: one, key: "{EACH}"}}
  - {{name: quiet, kind: alertmanager, service: two, key: "{QUIET}"}}
  - {{name: cut, kind: alertmanager, service: three, key: "{CUT}"}}
"""
RECEIVERS = f"""
route:
  receiver: each
  group_wait: 0s
  group_interval: 1s
  repeat_interval: 1h
  routes:
    - {{receiver: each, group_by: ['...'], continue: true}}
    - {{receiver: quiet, group_by: [alertname], continue: true}}
    - {{receiver: cut, group_by: [alertname]}}
receivers:
  - {{name: each, webhook_configs: [{{url: "URL/in/alertmanager/{EACH}"}}]}}
  - {{name: quiet, webhook_configs: [{{url: "URL/in/alertmanager/{QUIET}/", send_resolved: false}}]}}
  - name: cut
    webhook_configs:
      - url: URL/in/alertmanager
        max_alerts: 1
        http_config: {{authorization: {{type: Bearer, credentials: {CUT}}}}}
"""


def states(house: House, name: str) -> list[str]:
    query = select(incidents.c.state).join(integrations, integrations.c.id == incidents.c.integration_id)
    with house.store.read() as conn:
        return list(conn.execute(query.where(integrations.c.name == name).order_by(incidents.c.number)).scalars())


def told(house: House) -> str:
    query = select(incidents.c.description).join(integrations, integrations.c.id == incidents.c.integration_id)
    with house.store.read() as conn:
        return "\n".join(conn.execute(query.where(integrations.c.name == "cut")).scalars())


def test_groups_of_one_ends_untold_and_groups_cut_short(sqlite_url: str, tmp_path: Path) -> None:
    with House(sqlite_url, CONFIG, tmp_path) as house, listening(house) as here:
        alertmanager = Alertmanager(tmp_path, text=RECEIVERS.replace("URL", here.url))
        try:
            alertmanager.alert("Checkout5xx", instance="web-1")
            alertmanager.alert("Checkout5xx", instance="web-2")
            wait_until(lambda: states(house, "each") == ["triggered"] * 2, "an incident for each alert")
            wait_until(lambda: states(house, "quiet") == ["triggered"], "one for the group")
            wait_until(lambda: "1 more alerts of this group were cut off" in told(house), "what a group does not hold")
            over = (datetime.now(UTC) - timedelta(seconds=1)).isoformat()
            alertmanager.alert("Checkout5xx", instance="web-1", ends_at=over)
            wait_until(lambda: states(house, "each").count("resolved") == 1, "the end of one")
            alertmanager.alert("Checkout5xx", instance="web-2", ends_at=over)
            wait_until(lambda: states(house, "each") == ["resolved"] * 2, "the end of both")
            # Whoever is not told of an end goes on.
            assert states(house, "quiet") == ["triggered"]
        finally:
            alertmanager.stop()
