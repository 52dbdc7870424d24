"""A page in words, ready for any provider."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One page's text. `urgent` asks the provider to make noise.

    `link` is the page's answer page: what a tap opens, and where a POST acknowledges. `short` is all of it for services
    whose messages are short (SMS); without one they get as much of the long text as a message holds.

    `page_id` is the same on every attempt, so that a receiver can tell a repeat from a new page.
    """

    title: str
    body: str
    page_id: str
    urgent: bool
    link: str | None = None
    short: str = ""
