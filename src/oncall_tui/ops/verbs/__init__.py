"""The registry of commands: keys, the `:` line, the palette, the help, the command line and the docs share it.

It is data that every face may import cheaply; what a command does is imported when it runs.
"""

from __future__ import annotations

from collections.abc import Mapping

from oncall_tui.ops.verbs.incidents import INCIDENT_VERBS, POLICY, REASONS
from oncall_tui.ops.verbs.kinds import Asks, Said, Scope, Takes, Target, Verb
from oncall_tui.ops.verbs.screens import ANYWHERE_VERBS, SCHEDULE_VERBS, USERS_VERBS

__all__ = ["BY_ID", "BY_NAME", "POLICY", "REASONS", "VERBS", "Asks", "Said", "Scope", "Takes", "Target", "Verb"]

VERBS: tuple[Verb, ...] = (*ANYWHERE_VERBS, *INCIDENT_VERBS, *SCHEDULE_VERBS, *USERS_VERBS)
"""Every command, in the order of the help."""

BY_ID: Mapping[str, Verb] = {verb.id: verb for verb in VERBS}
BY_NAME: Mapping[str, Verb] = {verb.name: verb for verb in VERBS}
