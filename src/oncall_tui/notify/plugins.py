"""Find the one Apprise plugin that an address needs, without loading the hundred and fifty others.

Apprise loads all of them at the first address, which costs a second or more of processor time at the start of every
worker and of every check. Which module holds which scheme is read off their sources; what can't be found that way is
left to Apprise's own search.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from importlib import import_module
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from oncall_tui.notify.redact import scheme_of

if TYPE_CHECKING:
    from apprise import AppriseAsset, NotifyBase

_PACKAGE = "apprise.plugins"
_PLUGIN = re.compile(r"(?!base|_)[a-z0-9_]+")
_PROTOCOL = re.compile(r"^    (?:secure_)?protocol\s*=\s*(\([^)]*\)|\[[^\]]*\]|[\"'][^\"']*[\"'])", re.MULTILINE)
_QUOTED = re.compile(r"[\"']([^\"']+)[\"']")


def instantiate(url: str) -> NotifyBase | None:
    """The plugin for this address; None for one of no known kind, switched off, or that can't be read.

    Raises whatever the plugin does for parts it can't take.
    """
    found = plugin_of(scheme_of(url))
    asset = fresh_asset()
    if found is None:
        from apprise import Apprise

        return Apprise.instantiate(url, asset=asset, suppress_exceptions=False)
    if not found.enabled:
        return None
    # As Apprise does: a channel's # is no fragment.
    parts = found.parse_url(url.replace("/#", "/%23"))
    if not parts:
        return None
    plugin: NotifyBase = found(**{**parts, "asset": asset, "tag": set()})
    return plugin if plugin.enabled else None


def fresh_asset() -> AppriseAsset:
    """How every plugin behaves here: no redirects, no pictures, no files, no threads of its own, nothing repeated."""
    from apprise import AppriseAsset, PersistentStoreMode

    return AppriseAsset(
        app_id="oncall",
        app_desc="oncall pages",
        app_url="",
        image_url_mask="",  # no picture that a receiver would fetch from elsewhere
        image_url_logo="",
        async_mode=False,  # in the thread that asks, not in Apprise's pool of a few
        service_timeout=0,  # the deadline is ours
        storage_mode=PersistentStoreMode.MEMORY,
        http_redirects=False,
        interpret_emojis=False,
        interpret_escapes=False,
        pgp_autogen=False,
        pem_autogen=False,
        allow_templates=False,
    )


@cache
def plugin_of(scheme: str) -> Any:
    """The plugin's class for this scheme, if the sources name it; http and https are anybody's."""
    name = modules().get(scheme)
    if name is None or scheme in ("http", "https"):
        return None
    module = import_module(f"{_PACKAGE}.{name}")
    for attribute in sorted(vars(module)):
        found = getattr(module, attribute)
        if attribute.startswith("Notify") and hasattr(found, "app_id") and scheme in found.schemas(found):
            return found
    return None


@cache
def modules() -> Mapping[str, str]:
    """For each scheme the module, below `apprise.plugins`, whose source names it."""
    named: dict[str, str] = {}
    for entry in files("apprise").joinpath("plugins").iterdir():
        name = entry.name.removesuffix(".py")
        if not _PLUGIN.fullmatch(name):
            continue
        sources = [entry] if entry.is_file() else [one for one in entry.iterdir() if one.name.endswith(".py")]
        for source in sources:
            for protocol in _PROTOCOL.findall(source.read_text(encoding="utf-8")):
                for scheme in _QUOTED.findall(protocol):
                    named.setdefault(scheme, name)
    return named
