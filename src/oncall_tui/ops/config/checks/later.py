"""What a file may say already and the engine does not act on yet: stored whole, and said."""

from __future__ import annotations

from collections.abc import Iterator

from oncall_tui.ops.config.checks.found import Found
from oncall_tui.ops.config.entries.document import Config

_MEANINGS = {
    "heartbeats": "nobody watches heartbeats yet",
}


def warn_of_later(config: Config, found: Found) -> None:
    """One warning a feature, at the first place that asks for it."""
    first: dict[str, str] = {}
    for key, path in _places(config):
        first.setdefault(key, path)
    for key, path in first.items():
        found.warn(path, f"kept, but without effect for now: {_MEANINGS[key]}")


def _places(config: Config) -> Iterator[tuple[str, str]]:
    yield from ((section, section) for section in ("heartbeats",) if getattr(config, section))
