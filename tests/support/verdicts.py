"""What the judge of addresses has said, kept for the whole run.

Each `config apply` starts a process that loads Apprise, 0.5 s of a processor, and the tests apply the same few files
hundreds of times. Every address is still judged once, by that process; what it says of one set by an admin depends on
nothing else.
"""

from __future__ import annotations

from collections.abc import Sequence

from oncall_tui.notify.check import WITHIN, check_urls
from oncall_tui.ops.config.checks import addresses

_said: dict[str, str | None] = {}


def keep_verdicts() -> None:
    """From now on a file's addresses are judged by the process the first time that one is seen, then from memory."""
    vars(addresses)["check_urls"] = _remembered


def _remembered(urls: Sequence[str], *, trusted: bool, timeout: float = WITHIN) -> list[str | None]:
    if not trusted:
        return check_urls(urls, trusted=trusted, timeout=timeout)
    unknown = [url for url in dict.fromkeys(urls) if url not in _said]
    _said.update(zip(unknown, check_urls(unknown, trusted=True, timeout=timeout), strict=True))
    return [_said[url] for url in urls]
