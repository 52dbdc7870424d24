"""Routing before an incident is opened: ordered rules, each with matchers, which say what becomes of an event."""

from oncall_tui.domain.directory.routing_rules import Rule
from oncall_tui.domain.matching.matchers import Matcher, format_matchers, parse_matchers

__all__ = ["Matcher", "Rule", "format_matchers", "parse_matchers"]
