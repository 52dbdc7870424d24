"""Buttons under a page on ntfy: acknowledge from the notification itself, or look first.

Apprise takes them as the parameter `actions` of the address, and sends them in the header X-Actions, whose short form
is told at https://docs.ntfy.sh/publish/#using-a-header.
"""

from __future__ import annotations

from urllib.parse import parse_qsl, quote, urlsplit

from oncall_tui.notify.redact import scheme_of

SCHEMES = frozenset({"ntfy", "ntfys"})
PUBLIC_HOST = "ntfy.sh"  # the one host for which Apprise reads https:// as ntfy


def is_ntfy(url: str) -> bool:
    """Whether Apprise hands this address to ntfy."""
    scheme = scheme_of(url)
    if scheme in SCHEMES:
        return True
    return scheme in ("http", "https") and urlsplit(url).hostname == PUBLIC_HOST


def with_buttons(url: str, link: str) -> str:
    """The address with an Acknowledge and a View button; as it was when it brings buttons of its own."""
    _, _, query = url.partition("?")
    if any(name == "actions" for name, _ in parse_qsl(query, keep_blank_values=True)):
        return url
    return f"{url}{'&' if query else '?'}actions={quote(actions(link), safe='')}"


def actions(link: str) -> str:
    """The buttons in ntfy's words. The notification goes away (`clear`) only when the POST was answered with a 2xx."""
    target = f'"{link}"'
    return f'http, Acknowledge, {target}, method=POST, body="act=acknowledge", clear=true; view, View, {target}'
