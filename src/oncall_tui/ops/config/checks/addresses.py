"""Addresses of contacts and channels: judged in a process of their own, all at once."""

from __future__ import annotations

from collections.abc import Iterator

from oncall_tui.notify.check import MEND, check_urls
from oncall_tui.ops.config.checks.found import Found
from oncall_tui.ops.config.entries.document import Config
from oncall_tui.ops.config.texts import KEPT


def check_addresses(config: Config, found: Found) -> None:
    """Let every address be one that a page can be sent to. Raises Unavailable when that can't be found out."""
    places = [(path, url) for path, url in addresses(config) if url and url != KEPT]
    unique = list(dict.fromkeys(url for _, url in places))
    verdicts = dict(zip(unique, check_urls(unique, trusted=True), strict=True))
    for path, url in places:
        sentence = verdicts[url]
        if sentence is not None:
            found.wrong(path, sentence, MEND, "bad_address")


def addresses(config: Config) -> Iterator[tuple[str, str]]:
    """(path, URL) of every contact and channel."""
    for place, user in enumerate(config.users or ()):
        for number, contact in enumerate(user.contacts):
            yield f"users[{place}].contacts[{number}].url", contact.url
    for place, schedule in enumerate(config.schedules or ()):
        for number, notice in enumerate(schedule.notices):
            yield f"schedules[{place}].notices[{number}].url", notice.url
    for place, policy in enumerate(config.policies or ()):
        lists = [(f".steps[{number}].targets", step.targets) for number, step in enumerate(policy.steps)]
        for inside, targets in (*lists, (".fallback", policy.fallback)):
            for number, target in enumerate(targets):
                if target.url is not None:
                    yield f"policies[{place}]{inside}[{number}].url", target.url
