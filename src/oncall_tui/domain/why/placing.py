"""Where a page belongs: to a step of a policy at work, to its last resort, or to a policy that was given up since."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from oncall_tui.domain.incident.state import Incident
from oncall_tui.domain.why.kept import EntryKept, PageKept, Story

GONE = -1
"""The run of pages from before the incident was handed to another policy."""
LAST_RESORT = -1
"""The step of pages that went out when every round was over."""


def placed(incident: Incident, story: Story) -> Story:
    """The story with each page where it belongs: an incident keeps only the steps of its policies as they are now."""
    since = _handed_over(story.entries)
    return Story(story.entries, [_placed(page, incident, story, since) for page in story.pages])


def place_of(page: PageKept, incident: Incident) -> str:
    """The place in words."""
    if not 0 <= page.run < len(incident.runs):
        return "an earlier policy"
    policy = incident.runs[page.run].policy.name
    if page.step == LAST_RESORT:
        return f"policy {policy}, after its last round"
    return f"policy {policy}, " + (f"step {page.step}, round {page.round}" if page.step else "before the first step")


def _handed_over(entries: Sequence[EntryKept]) -> datetime | None:
    """When the incident was last handed to a policy; what was undone does not count."""
    since = before = None
    for entry in entries:
        if entry.kind == "reassigned":
            before = since
            since = entry.at if entry.text.startswith("reassigned to policy ") else since
        elif entry.kind == "undone" and entry.text.startswith("reassign undone"):
            since = before
    return since


def _placed(page: PageKept, incident: Incident, story: Story, since: datetime | None) -> PageKept:
    if page.run >= len(incident.runs) or (since is not None and page.at < since):
        return replace(page, run=GONE)
    if page.kind == "first":
        return page
    over = f"policy {incident.runs[page.run].policy.name} is exhausted"
    exhausted = [one.at for one in story.entries if one.kind == "exhausted" and one.text.startswith(over)]
    begun = [one.at for one in story.pages if one.kind == "first" and one.run == page.run and one.at <= page.at]
    ended = max((at for at in exhausted if at <= page.at), default=None)
    is_after = ended is not None and all(at <= ended for at in begun)
    return replace(page, step=LAST_RESORT) if is_after else page
