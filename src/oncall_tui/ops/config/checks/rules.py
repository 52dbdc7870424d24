"""Rules of routing: services that exist, and rules that can be reached."""

from __future__ import annotations

from collections.abc import Sequence

from oncall_tui.ops.config.checks.found import Found
from oncall_tui.ops.config.entries.document import Config
from oncall_tui.ops.config.entries.rules import RoutingRuleEntry


def check_rules(config: Config, found: Found) -> None:
    """Look at the rules of integrations, and at those for all of them."""
    for place, integration in enumerate(config.integrations or ()):
        path = f"integrations[{place}].rules"
        found.once([rule.name or "" for rule in integration.rules], path, ".name")
        _check(integration.rules, path, found)
    rules = config.rules or []
    found.once([rule.name for rule in rules], "rules", ".name")
    _check(rules, "rules", found)


def _check(rules: Sequence[RoutingRuleEntry], path: str, found: Found) -> None:
    last: int | None = None
    for place, rule in enumerate(rules):
        found.refer("service", rule.service, f"{path}[{place}].service")
        if last is not None:
            found.warn(f"{path}[{place}]", f"is never asked: {path}[{last}] takes every event and does not continue")
        elif not rule.match and not rule.go_on:
            last = place
        if rule.go_on and not set(rule.plain()) - {"name", "match", "continue"}:
            found.warn(f"{path}[{place}]", "sets nothing and continues: it has no effect")
