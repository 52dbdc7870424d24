"""Icinga 2's notification scripts: Nagios' words in any case, `service` null or absent for a host.

https://icinga.com/docs/icinga-2/latest/doc/03-monitoring-basics/#notification-commands
"""

from __future__ import annotations

from dataclasses import replace

from oncall_tui.intake.sources.monitoring import nagios

DIALECT = replace(nagios.DIALECT, kind="icinga", paths=())
