"""A page in words, ready for any provider."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One page's text. `urgent` asks the provider to make noise; `link` is what a tap on the page opens.

    `page_id` is the same on every attempt, so that a receiver can tell a repeat from a new page.
    """

    title: str
    body: str
    page_id: str
    urgent: bool
    link: str | None = None
