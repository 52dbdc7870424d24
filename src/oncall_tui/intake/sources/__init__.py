"""The dialects that we understand, each a pure reader with its own answers."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.resources import files

from oncall_tui.intake.payload.reading import Dialect
from oncall_tui.intake.sources import alertmanager, generic, grafana, oncall, pagerduty, prometheus, sns
from oncall_tui.intake.sources.monitoring import icinga, monit, nagios, zabbix
from oncall_tui.intake.sources.paging import opsgenie, pagerduty_change, pagerduty_v1, victorops
from oncall_tui.intake.sources.webhooks import apprise, datadog, healthchecks, sentry, uptime_kuma

_SENDERS: Mapping[str, Dialect] = {
    dialect.kind: dialect
    for dialect in (
        generic.DIALECT,
        pagerduty.DIALECT,
        pagerduty_change.DIALECT,
        pagerduty_v1.DIALECT,
        opsgenie.DIALECT,
        victorops.DIALECT,
        alertmanager.DIALECT,
        prometheus.DIALECT,
        grafana.DIALECT,
        sns.DIALECT,
        datadog.DIALECT,
        sentry.DIALECT,
        zabbix.DIALECT,
        uptime_kuma.DIALECT,
        healthchecks.DIALECT,
        nagios.DIALECT,
        icinga.DIALECT,
        monit.DIALECT,
        apprise.DIALECT,
    )
}
DIALECTS: Mapping[str, Dialect] = {**_SENDERS, "oncall": oncall.over(_SENDERS)}


def example(kind: str) -> bytes:
    """A real-looking payload of this dialect, as it stands in the documentation; KeyError for an unknown kind."""
    return files(__name__).joinpath("examples", f"{DIALECTS[kind].kind}.json").read_bytes()
