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
        ("o", "override"),
        ("t", "take"),
        ("u", "undo"),
        ("E", "edit"),
        ("c", "new"),
        ("/", "date"),
        ("+-", "zoom"),
        ("?", "help"),
        ("d", "delete"),
        ("z", "zone"),
        ("q", "quit"),
    ),
    Tab.USERS: (
        ("←→", "contact"),
        ("t", "test"),
        ("v", "verify"),
        ("x", "on/off"),
        ("?", "help"),
        ("enter", "open"),
        ("↑↓", "choose"),
        ("q", "quit"),
    ),
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
            ("← →  h l", "an hour back, on; a day in the month alone"),
            ("↑ ↓  k j", "a day back, on; a week in the month alone"),
            ("pgup pgdn", "a week back, on; four in the month alone"),
            ("/", "go to a time: fri 9am, +2h, tomorrow 18:00, 2026-12-24"),
            ("g", "now"),
            ("+ -", "nearer, farther: a month, both, a week, a day"),
            ("z", "times in the schedule's zone, in mine, in UTC"),
            ("[ ]  p n", "the other schedules"),
            ("o  w", "override from the cursor: cover, swap in, add, take off; tells first, then asks"),
            ("t", "take the shift under the cursor; with several on, asks whose"),
            ("d", "delete the override under the cursor"),
            ("u", "undo my last change, for a minute"),
            ("E enter", "edit name, zone, layers, people, turns, windows"),
            ("c", "a new schedule"),
        ),
    ),
    (
        "Users",
        (
            ("← →  h l", "the person's other contacts"),
            ("t", "send a test to the contact, and watch it arrive"),
            ("v", "verify it: a code goes there, you type it in"),
            ("x  space", "let pages go to it, or not any more"),
        ),
    ),
)
