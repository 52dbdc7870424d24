"""Severity and urgency: how bad it is, and how hard we knock."""

from __future__ import annotations

from enum import StrEnum


class Severity(StrEnum):
    """How bad it is, by the sender's word; critical is the worst."""

    CRITICAL = "critical"
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"
    INFO = "info"

    @property
    def rank(self) -> int:
        """4 for critical down to 0 for info: higher is worse."""
        return _RANKS[self]


_RANKS = {severity: rank for rank, severity in enumerate(reversed(Severity))}

# PagerDuty Events v2 names error and warning, Opsgenie P1…P5; the rest are words seen in the field.
_WORDS = {
    "error": Severity.HIGH,
    "major": Severity.HIGH,
    "warning": Severity.MEDIUM,
    "warn": Severity.MEDIUM,
    "minor": Severity.LOW,
    "notice": Severity.INFO,
    "information": Severity.INFO,
    "informational": Severity.INFO,
    "p1": Severity.CRITICAL,
    "p2": Severity.HIGH,
    "p3": Severity.MEDIUM,
    "p4": Severity.LOW,
    "p5": Severity.INFO,
    **{str(severity): severity for severity in Severity},
    "crit": Severity.CRITICAL,
    "emergency": Severity.CRITICAL,
    "med": Severity.MEDIUM,
}


class Urgency(StrEnum):
    """How hard we knock: high escalates and reminds, low notifies once."""

    HIGH = "high"
    LOW = "low"


def severity_named(word: str) -> Severity | None:
    """The severity a sender's word means; None when it is no word for one."""
    return _WORDS.get(word.strip().lower())


def severity_of(word: object) -> Severity:
    """The severity a sender's word means; unknown or absent is high (RULES, Incidents)."""
    return (severity_named(word) if isinstance(word, str) else None) or Severity.HIGH


def worst(first: Severity, second: Severity) -> Severity:
    """The worse of two severities."""
    return first if first.rank >= second.rank else second
