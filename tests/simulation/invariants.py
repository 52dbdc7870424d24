"""What must hold when the dust has settled, checked on the rows themselves by plain SQL."""

from __future__ import annotations

import sqlite3
from collections import Counter

from oncall_tui.domain.incident.timers import due_at, may_rest
from oncall_tui.ops.incidents.codec import decode
from tests.simulation.plan import CALM
from tests.simulation.play import LOOK_EVERY, NOTICE, Play, Story

GRACE = 2 * LOOK_EVERY
MICROSECONDS = 1_000_000


def broken(play: Play, story: Story) -> list[str]:
    """Every invariant that does not hold, in words; empty when nothing was lost."""
    raw = play.stage.raw
    at_rest = int(play.stage.instant(CALM - GRACE).timestamp() * MICROSECONDS)
    return [
        *_accepted_is_kept(raw, story),
        *_open_incidents_have_their_timer(raw),
        *_queues_are_empty(raw, at_rest),
        *_no_page_after_an_end(raw),
        *_fates_are_final(raw),
        *_who_marks_has_the_lease(raw),
        *_somebody_was_paged(raw),
        *_pages_came_to_something(raw, story),
        *_repeats_have_a_reason(raw, story),
        *_escalation_goes_forward(raw),
        *_one_open_alert_a_key(raw),
        *_notices_are_told_once(raw, story),
        *_notices_came_to_something(raw, story, at_rest if play.plan.tells else None),
        *_nothing_was_mended_but_what_was_lost(raw, story),
    ]


def _accepted_is_kept(raw: sqlite3.Connection, story: Story) -> list[str]:
    found = []
    for post, token in story.accepted:
        row = raw.execute("SELECT number, action FROM events WHERE payload = ?", (token,)).fetchone()
        if row is None:
            found.append(f"accepted, not kept: {post}")
        elif row[1] == "trigger" and row[0] is None:
            found.append(f"a trigger led to no incident: {post}")
    return found


def _open_incidents_have_their_timer(raw: sqlite3.Connection) -> list[str]:
    found = []
    rows = raw.execute(
        "SELECT i.number, i.document, i.next_due_at, t.due_at FROM incidents i LEFT JOIN timers t USING (number)"
    )
    for number, document, next_due_at, timer in rows:
        incident = decode(document)
        due = due_at(incident)
        wanted = None if due is None else round(due.timestamp() * MICROSECONDS)
        if not wanted == next_due_at == timer:
            found.append(f"#{number}: timer {timer}, column {next_due_at}, its state wants {wanted}")
        if wanted is None and not may_rest(incident):
            found.append(f"#{number} rests without a timer: {incident.state}, {[run.phase for run in incident.runs]}")
    return found


def _queues_are_empty(raw: sqlite3.Connection, at_rest: int) -> list[str]:
    late = raw.execute("SELECT number FROM timers WHERE due_at <= ?", (at_rest,)).fetchall()
    unsent = raw.execute(
        "SELECT id, state, tries FROM pages WHERE finished_at IS NULL AND due_at <= ?"
        " AND coalesce(lease_until, 0) <= ?",
        (at_rest, at_rest),
    ).fetchall()
    return [f"timers never fired: {late}"] * bool(late) + [f"pages never finished: {unsent}"] * bool(unsent)


def _no_page_after_an_end(raw: sqlite3.Connection) -> list[str]:
    """In the order of the commits: no page is claimed while its incident is acknowledged or resolved."""
    state: dict[int, str] = {}
    found = []
    for what, number, page, is_now in raw.execute("SELECT what, number, page, is_now FROM sim_log ORDER BY id"):
        if what == "state":
            state[number] = is_now
        elif is_now == "sending" and state[number] != "triggered":
            found.append(f"page {page} of #{number} was claimed while {state[number]}")
    return found


def _fates_are_final(raw: sqlite3.Connection) -> list[str]:
    """Delivered, failed and cancelled stay so: who has lost a lease marks nothing."""
    changed = raw.execute(
        "SELECT page, was, is_now FROM sim_log WHERE what = 'page' AND was IN ('delivered', 'failed', 'cancelled')"
    ).fetchall()
    return [f"page {page} was {was} and became {is_now}" for page, was, is_now in changed]


def _who_marks_has_the_lease(raw: sqlite3.Connection) -> list[str]:
    """A page is marked by the answer to its last try: an earlier one's worker has lost it to another."""
    stale = raw.execute(
        "SELECT page, is_now, answered, tries FROM sim_log WHERE was = 'sending' AND is_now IN ('delivered', 'failed')"
        " AND answered IS NOT tries"
    ).fetchall()
    return [
        f"page {page} became {is_now} by the answer to try {answered} while try {tries} was under way"
        for page, is_now, answered, tries in stale
    ]


def _somebody_was_paged(raw: sqlite3.Connection) -> list[str]:
    silent = raw.execute(
        "SELECT number FROM incidents i WHERE NOT EXISTS (SELECT 1 FROM pages p WHERE p.number = i.number)"
        " AND NOT EXISTS (SELECT 1 FROM timeline t WHERE t.number = i.number AND t.kind IN ('waiting', 'held'))"
    ).fetchall()
    return [f"nobody was ever paged for {silent}"] * bool(silent)


def _pages_came_to_something(raw: sqlite3.Connection, story: Story) -> list[str]:
    reached = {sent.page for sent in story.sent if sent.reached}
    found = [
        f"page {page} is marked delivered, its provider never had it"
        for (page,) in raw.execute("SELECT id FROM pages WHERE state = 'delivered'")
        if page not in reached
    ]
    stray = raw.execute(
        "SELECT p.id FROM pages p JOIN incidents i USING (number) WHERE p.state = 'cancelled'"
        " AND NOT EXISTS (SELECT 1 FROM sim_log l WHERE l.number = p.number AND l.what = 'state'"
        "                 AND l.is_now IN ('acknowledged', 'resolved'))"
        " AND NOT EXISTS (SELECT 1 FROM timeline t WHERE t.number = p.number AND t.kind IN ('reassigned', 'merged'))"
    ).fetchall()
    if stray:
        found.append(f"cancelled without anybody's act: {stray}")
    found += [
        f"page {page} was given up without a word in the timeline of #{number}"
        for page, number in raw.execute("SELECT id, number FROM pages WHERE state = 'failed'")
        if not raw.execute(
            "SELECT 1 FROM timeline WHERE number = ? AND kind IN ('delivery', 'failed', 'undelivered')", (number,)
        ).fetchone()
    ]
    return found


def _repeats_have_a_reason(raw: sqlite3.Connection, story: Story) -> list[str]:
    """A page reaches its provider twice only after a death, a lost answer or a database that was away."""
    counts = Counter(sent.page for sent in story.sent if sent.reached)
    found = []
    for page, times in counts.items():
        if times == 1:
            continue
        marked, tries = raw.execute("SELECT possible_repeat, tries FROM pages WHERE id = ?", (page,)).fetchone()
        unknown = raw.execute(
            "SELECT count(*) FROM attempts WHERE page_id = ? AND outcome <> 'delivered'", (page,)
        ).fetchone()[0]
        if not marked and not unknown:
            found.append(f"page {page} went out {times} times in {tries} tries without a reason")
    return found


def _escalation_goes_forward(raw: sqlite3.Connection) -> list[str]:
    """By itself a run goes from step to step and round to round; only an act or a fresh start sends it back."""
    found = []
    for (number,) in raw.execute("SELECT number FROM incidents").fetchall():
        places: dict[int, tuple[int, int]] = {}
        rows = raw.execute(
            "SELECT run, round, step, kind, created_at FROM pages WHERE number = ? AND kind = 'first' ORDER BY seq",
            (number,),
        ).fetchall()
        restarts = [
            at
            for (at,) in raw.execute(
                "SELECT at FROM timeline WHERE number = ? AND kind IN"
                " ('acknowledged', 'snoozed', 'reassigned', 'escalated', 'triggered', 'retriggered')"
                " AND (by IS NOT NULL OR kind = 'retriggered')",
                (number,),
            )
        ]
        last_at: dict[int, int] = {}
        for run, round_, step, _kind, at in rows:
            before = places.get(run)
            started_anew = any(last_at.get(run, 0) <= restart <= at for restart in restarts)
            waits = raw.execute(
                "SELECT 1 FROM timeline WHERE number = ? AND kind IN ('waiting', 'exhausted') AND at <= ?", (number, at)
            ).fetchone()
            if before is not None and (round_, step) < before and not started_anew and not waits:
                found.append(f"#{number} run {run} went back from {before} to {(round_, step)}")
            places[run], last_at[run] = (round_, step), at
    return found


def _notices_are_told_once(raw: sqlite3.Connection, story: Story) -> list[str]:
    """As with pages; and after a second death a notice is given up, so that it comes once more at the most for that."""
    counts = Counter(sent.page for sent in story.told if sent.reached)
    found = []
    for notice, times in counts.items():
        number = int(notice.removeprefix(NOTICE))
        (marked,) = raw.execute("SELECT possible_repeat FROM notices WHERE id = ?", (number,)).fetchone()
        (failed,) = raw.execute(
            "SELECT count(*) FROM notice_attempts WHERE notice_id = ? AND outcome <> 'delivered'", (number,)
        ).fetchone()
        if times > 1 + marked + failed:
            found.append(f"{notice} went out {times} times, {failed} of its attempts failed, possible repeat {marked}")
    return found


def _notices_came_to_something(raw: sqlite3.Connection, story: Story, at_rest: int | None) -> list[str]:
    reached = {sent.page for sent in story.told if sent.reached}
    delivered = [number for (number,) in raw.execute("SELECT id FROM notices WHERE state = 'delivered'")]
    found = [
        f"{NOTICE}{number} is marked delivered, its provider never had it"
        for number in delivered
        if f"{NOTICE}{number}" not in reached
    ]
    if at_rest is not None:
        unsent = raw.execute(
            "SELECT id, state, tries FROM notices WHERE finished_at IS NULL AND due_at <= ?"
            " AND coalesce(lease_until, 0) <= ?",
            (at_rest, at_rest),
        ).fetchall()
        found += [f"notices never finished: {unsent}"] * bool(unsent)
    return found


def _nothing_was_mended_but_what_was_lost(raw: sqlite3.Connection, story: Story) -> list[str]:
    """Commits are whole, whatever dies: a self-audit has nothing to mend but what was taken away by hand."""
    mended = raw.execute("SELECT number, text FROM timeline WHERE kind = 'mended'").fetchall()
    return [f"{story.lost_timers} timers were lost, and mended: {mended}"] * (len(mended) > story.lost_timers)


def _one_open_alert_a_key(raw: sqlite3.Connection) -> list[str]:
    twice = raw.execute(
        "SELECT integration_id, dedup_key FROM alerts WHERE open GROUP BY 1, 2 HAVING count(*) > 1"
    ).fetchall()
    return [f"several open alerts of one key: {twice}"] * bool(twice)
