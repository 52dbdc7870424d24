"""Routing before an incident is opened: ordered rules, each with matchers, which say what becomes of an event."""

from oncall_tui.domain.routing.matchers import Matcher, format_matchers, parse_matchers
from oncall_tui.domain.routing.rules import Rule

__all__ = ["Matcher", "Rule", "format_matchers", "parse_matchers"]
