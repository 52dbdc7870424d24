"""Where a person's notices go: gently, for no notice is a page."""

from __future__ import annotations

from datetime import timedelta

from oncall_tui.domain.directory.people import User
from oncall_tui.domain.severity import Urgency


def contacts_for(user: User) -> tuple[str, ...]:
    """The contacts that the person's low-urgency rules use at once; else the first enabled one; none if none is."""
    enabled = [contact.name for contact in user.contacts if contact.enabled]
    at_once = (
        rule.contact
        for rule in user.rules
        if rule.urgency in (None, Urgency.LOW) and rule.delay == timedelta(0) and rule.contact in enabled
    )
    return tuple(dict.fromkeys(at_once)) or tuple(enabled[:1])
