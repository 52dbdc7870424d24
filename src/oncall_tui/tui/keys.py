"""The keys by where they work, as the key line and the help show them: the most useful first."""

from __future__ import annotations

from oncall_tui.tui.model import Tab

ACTS = (
    ("a", "ack"),
    ("e", "escalate"),
    ("r", "resolve"),
    ("c", "new"),
    ("space", "select"),
    ("/", "filter"),
)
ANYWHERE = (("?", "help"), ("q", "quit"))
BY_TAB = {
    Tab.INCIDENTS: (*ACTS, ("enter", "open"), *ANYWHERE),
    Tab.SCHEDULE: (
        ("←→", "hour"),
        ("↑↓", "day"),
        ("pgup/pgdn", "week"),
        ("[ ]", "schedule"),
        ("z", "zone"),
        ("g", "now"),
        *ANYWHERE,
    ),
    Tab.USERS: (("↑↓", "choose"), ("enter", "open"), *ANYWHERE),
    Tab.POLICIES: (("↑↓", "choose"), ("enter", "open"), *ANYWHERE),
}
IN_STORY = (("a", "ack"), ("e", "escalate"), ("r", "resolve"), ("↑↓", "scroll"), ("esc", "back"), *ANYWHERE)

HELP = (
    (
        "Anywhere",
        (
            ("1 2 3 4", "tabs: incidents, schedule, users, policies"),
            ("j k  ↑ ↓", "move"),
            ("g G", "first, last"),
            ("pgup pgdn", "a page"),
            ("enter", "open: the detail gets the whole screen"),
            ("esc", "back"),
            ("?", "this help"),
            ("q  ctrl+q", "quit"),
        ),
    ),
    (
        "Incidents",
        (
            ("a", "acknowledge: it is yours, the paging stops; asks nothing"),
            ("e", "escalate: pages the next step now; says whom, then asks"),
            ("r", "resolve, for a reason"),
            ("c", "open a new incident by hand"),
            ("space", "select; a, e and r then act on all selected"),
            ("/", "filter: state: service: team: sev>= urgency: label:k=v @me @user #412 words"),
        ),
    ),
    (
        "Schedule",
        (
            ("← →  h l", "an hour back, on"),
            ("↑ ↓  k j", "a day back, on"),
            ("pgup pgdn", "a week back, on"),
            ("[ ]  p n", "the other schedules"),
            ("z", "times in the schedule's zone, or UTC"),
            ("g", "now"),
        ),
    ),
)
