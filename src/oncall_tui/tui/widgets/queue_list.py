"""The lists of the Incidents tab: the queue, and the story of one incident."""

from __future__ import annotations

from collections.abc import Hashable

from oncall_tui.tui.presenters.incidents.placing import Heading
from oncall_tui.tui.widgets.list import CursorList, ScrollLines


class QueueList(CursorList):
    """The incidents, and the headings of their groups."""

    def is_apart(self, key: Hashable) -> bool:
        return isinstance(key, Heading)


class Story(ScrollLines):
    """The incident under the cursor."""
