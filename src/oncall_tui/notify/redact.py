"""Show where a page goes without showing what would let others send there."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import parse_qsl, quote, unquote, urlsplit

HIDDEN = "…"
UNNAMED = "address"
MIN_SECRET = 4  # shorter parts (a port, `v1`) give nothing away and would blot out the answer

# Schemes whose host part really is a host. In all others it is a token, a topic or an account.
# fmt: off
HOST_SCHEMES = frozenset({
    "amqp", "amqps", "apprise", "apprises", "emby", "embys", "enigma2", "enigma2s", "evolution", "evolutions",
    "flowtriq", "flowtriqs", "form", "forms", "gorush", "gorushs", "gotify", "gotifys", "growl", "hassio", "hassios",
    "http", "https", "humhub", "humhubs", "irc", "ircs", "jellyfin", "jellyfins", "json", "jsons", "kodi", "kodis",
    "mailto", "mailtos", "mastodon", "mastodons", "misskey", "misskeys", "mmost", "mmosts", "mqtt", "mqtts",
    "nctalk", "nctalks", "ncloud", "nclouds", "ntfy", "ntfys", "onebot", "onebots", "parsep", "parseps", "pjet",
    "pjets", "rocket", "rockets", "rsyslog", "signal", "signals", "smpp", "smpps", "smseagle", "smseagles",
    "synology", "synologys", "toot", "toots", "workflow", "workflows", "xbmc", "xbmcs", "xml", "xmls", "xmpp",
    "xmpps",
})
# fmt: on

# Without a path, ntfy's host part is a topic of its public server, and who knows a topic can read it.
_TOPIC_ALONE = frozenset({"ntfy", "ntfys"})


def scheme_of(url: str) -> str:
    """The scheme to show for an address, such as `ntfy`; a plain word when it has none."""
    head, colon, _ = url.strip().partition("://")
    scheme = head.lower()
    return scheme if colon and scheme.isascii() and scheme.isalnum() and len(scheme) <= 20 else UNNAMED


def redact_url(url: str) -> str:
    """Scheme and host only: user, password, path, parameters and tokens in the host's place are all hidden."""
    scheme = scheme_of(url)
    host = host_of(url)
    return f"{scheme}://{host or HIDDEN}"


def host_of(url: str) -> str:
    """The host an address goes to; empty where its scheme keeps something else in that place."""
    scheme = scheme_of(url)
    if scheme not in HOST_SCHEMES:
        return ""
    try:
        parts = urlsplit(url.strip())
        host = parts.hostname or ""
    except ValueError:
        return ""
    if scheme in _TOPIC_ALONE and not parts.path.strip("/"):
        return ""
    return host if all(character.isalnum() or character in ".-_:" for character in host) else ""


def secrets_of(url: str) -> frozenset[str]:
    """Every part of an address that must not be shown: credentials, path, parameters, tokens in the host's place."""
    _, _, rest = url.strip().partition("://")
    found: set[str] = set()
    before, _, query = rest.partition("?")
    netloc, _, path = before.partition("/")
    credentials, at, host = netloc.rpartition("@")
    if at:
        found.update((credentials, *credentials.split(":")))
    if not host_of(url):
        found.update((host, *host.split(":")))
    found.update((path, *path.split("/")))
    found.add(query)
    found.update(value for _, value in parse_qsl(query, keep_blank_values=False))
    found.update(piece.partition("=")[2] for piece in query.split("&"))
    return frozenset(
        form
        for part in found
        for form in (part, unquote(part), quote(unquote(part), safe=""))
        if len(form) >= MIN_SECRET
    )


def redact_text(text: str, secrets: Iterable[str]) -> str:
    """The text with every secret blotted out, the longest first."""
    for secret in sorted({secret for secret in secrets if len(secret) >= MIN_SECRET}, key=len, reverse=True):
        text = text.replace(secret, "***")
    return text
