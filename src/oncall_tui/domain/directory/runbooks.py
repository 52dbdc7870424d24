"""What a service's runbook is: the address of one, or the text itself, in Markdown."""

from __future__ import annotations


def is_address(runbook: str) -> bool:
    """Whether it is an address, to be shown and copied; a text of several lines is the runbook itself."""
    return "\n" not in runbook
