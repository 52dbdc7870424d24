"""One incident in full: what it is, what happened, what comes next."""

from __future__ import annotations

import re
from datetime import datetime, tzinfo
from typing import TYPE_CHECKING

from oncall_tui.domain.directory.runbooks import is_address
from oncall_tui.tui.boundary import width_of
from oncall_tui.tui.presenters import times
from oncall_tui.tui.presenters.incidents.around import changes, earlier, quiet_words, still_firing_words
from oncall_tui.tui.presenters.incidents.queue import NOBODY, people, state_words
from oncall_tui.tui.presenters.line import EMPTY, Line, Piece, Tone, cell, cut, line, quiet, strong, width, wrapped

if TYPE_CHECKING:
    from oncall_tui.ops.reading.incidents.story_rows import IncidentDetail, PageRow
    from oncall_tui.ops.reading.rows import IncidentRow

RUNBOOK = line(strong("  Runbook"))
CHOOSE = (line(quiet(" Choose an incident to see its story.")),)

_WITH_INSTANTS = frozenset({"snoozed", "silent", "refused"})  # what the engine writes, not what senders do
_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,6})?Z")
_TOLD = frozenset({"delivered", "failed"})
_PAGE_TONES = {"delivered": Tone.GOOD, "failed": Tone.ALARM, "quarantined": Tone.ALARM, "cancelled": Tone.QUIET}
_TIMELINE_TONES = {
    "triggered": Tone.ALARM,
    "escalated": Tone.WARN,
    "exhausted": Tone.ALARM,
    "waiting": Tone.ALARM,
    "failed": Tone.ALARM,
    "retry": Tone.WARN,
    "acknowledged": Tone.GOOD,
    "resolved": Tone.GOOD,
}


def preview(detail: IncidentDetail, now: datetime, cells: int, rows: int, zone: tzinfo) -> list[Line]:
    """The heading and as much of the story's end as fits in `rows` lines."""
    head = [heading(detail.incident, cells)]
    tail = [
        *story(detail, now, cells, zone, brief=True),
        *still_firing_words(detail, now, cells),
        *coming(detail.incident, now, zone),
    ]
    room = rows - len(head)
    if len(tail) > room > 0:
        hidden = len(tail) - room + 1
        tail = [line(quiet(f"  ⋯ {hidden} earlier, Enter shows all")), *tail[hidden:]]
    return [*head, *tail]


def unread(row: IncidentRow, cells: int, *, away: bool) -> list[Line]:
    """The heading of an incident whose story is not here, and why."""
    why = "its story can't be read while the database is away" if away else "reading its story …"
    return [heading(row, cells), EMPTY, line(quiet(f"  {why}"))]


def whole(detail: IncidentDetail, now: datetime, cells: int, zone: tzinfo) -> list[Line]:
    """Everything known about an incident."""
    row = detail.incident
    lines = [heading(row, cells), EMPTY, *facts(row, now, cells, zone), *quiet_words(detail, now, cells, zone)]
    if row.description:
        lines += [EMPTY, *(line(f"  {part}") for part in wrapped(row.description, max(20, cells - 4)))]
    lines += [EMPTY, line(strong("  Timeline")), *story(detail, now, cells, zone)]
    lines += [*still_firing_words(detail, now, cells), *coming(row, now, zone)]
    if row.runbook and not is_address(row.runbook):
        from oncall_tui.tui.presenters.incidents.runbook import runbook_lines  # what few need is loaded by those

        lines += [EMPTY, RUNBOOK, *runbook_lines(row.runbook, cells)]
    lines += [*changes(detail, cells, zone), *earlier(detail, cells, zone)]
    if detail.pages:
        lines += [EMPTY, line(strong(f"  Pages  {len(detail.pages)}")), *pages(detail.pages, cells, zone)]
    if detail.alerts:
        lines += [EMPTY, line(strong(f"  Alerts  {len(detail.alerts)}"))]
        for alert in detail.alerts:
            state = Piece("firing  ", Tone.ALARM) if alert.open else Piece("closed  ", Tone.GOOD)
            key = f"   key {alert.key}" if alert.key else ""
            seen = f"×{alert.count}  {times.age(now - alert.first_seen_at)}  "
            lines.append(cut(line("  ", state, quiet(seen), alert.title, quiet(key)), cells))
    return lines


def heading(row: IncidentRow, cells: int) -> Line:
    """Number and title, then as much of where it stands and where it came from as fits."""
    left = line(strong(f" #{row.number}  {row.title}"))
    parts = [row.service]
    if row.state == "triggered" and row.steps:
        parts.append(f"step {row.step} of {row.steps}, round {row.round}")
    if row.integration:
        parts.append(row.integration)
        if row.dedup_key:
            parts[-1] += f", key {row.dedup_key}"
    while parts and width(left) + width_of(" · ".join(parts)) + 3 > cells:
        parts.pop()
    return cut((*left, quiet(f"   {' · '.join(parts)}")), cells) if parts else cut(left, cells)


def facts(row: IncidentRow, now: datetime, cells: int, zone: tzinfo) -> list[Line]:
    """Names and values, lined up."""
    word, tone = state_words(row.state)
    opened = (
        f"{times.day(row.opened_at, zone)} {times.clock(row.opened_at, zone)}, {times.age(now - row.opened_at)} ago"
    )
    rows: list[tuple[str, Line]] = [
        ("State", line(Piece(word, tone), quiet(_ending(row)))),
        ("Severity", line(f"{row.severity}, urgency {row.urgency}")),
        ("Service", line(row.service + (f", team {row.team}" if row.team else ""))),
        ("With", line(", ".join(row.assignees) or NOBODY)),
        ("Opened", line(opened)),
    ]
    if row.steps:
        rows.append(("Escalation", line(f"step {row.step} of {row.steps}, round {row.round}")))
    if row.integration:
        rows.append(("From", line(row.integration + (f", key {row.dedup_key}" if row.dedup_key else ""))))
    if row.events > 1:
        rows.append(("Seen", line(f"{row.events} events, {row.alerts} alert{'s' if row.alerts != 1 else ''}")))
    if row.labels:
        rows.append(("Labels", line(" ".join(f"{key}={value}" for key, value in sorted(row.labels.items())))))
    if row.runbook:
        address, below = Piece(row.runbook, Tone.ACCENT, row.runbook), line("below", quiet(": o goes there"))
        rows.append(("Runbook", line(address) if is_address(row.runbook) else below))
    if row.link:
        rows.append(("Link", line(Piece(row.link, Tone.ACCENT, row.link))))
    if row.previous:
        rows.append(("Before", line(f"#{row.previous} had the same key")))
    return [cut((cell(f"  {name}", 14, Tone.QUIET), *value), cells) for name, value in rows]


def _ending(row: IncidentRow) -> str:
    if row.state == "acknowledged" and row.acknowledged_by:
        return f"  by {row.acknowledged_by}"
    if row.state == "resolved":
        return f"  {row.resolution or ''}" + (f" by {row.resolved_by}" if row.resolved_by else "")
    return ""


def story(detail: IncidentDetail, now: datetime, cells: int, zone: tzinfo, *, brief: bool = False) -> list[Line]:
    """The timeline, oldest first. `brief` leaves out that a page was made where its delivery is told as well."""
    told = {(page.at, _page_words(page)) for page in detail.pages if page.state in _TOLD} if brief else set()
    lines: list[Line] = []
    day = times.day(now, zone)
    for entry in detail.timeline:
        if entry.kind == "paged" and (entry.at, entry.text.partition(":")[0]) in told:
            continue
        if times.day(entry.at, zone) != day:
            day = times.day(entry.at, zone)
            lines.append(line(quiet(f"  {day}")))
        by = f" by {entry.by}" if entry.by and entry.by not in entry.text else ""
        way = quiet(f"  {entry.via}") if entry.by and entry.via not in ("", "engine", "http", entry.by) else Piece("")
        tone = _TIMELINE_TONES.get(entry.kind, Tone.PLAIN)
        text = in_my_time(entry.text, now, zone) if entry.kind in _WITH_INSTANTS else entry.text
        said = line(quiet(f"  {times.clock(entry.at, zone)}  "), Piece(text + by, tone), way)
        lines.append(cut(said, cells))
    return lines


def in_my_time(text: str, now: datetime, zone: tzinfo) -> str:
    """The house's words with their instants told as everything here is."""
    return _INSTANT.sub(lambda found: times.until(datetime.fromisoformat(found[0]), now, zone), text)


def _page_words(page: PageRow) -> str:
    return f"paging {page.user}, {page.contact}" if page.user else f"paging {page.contact}"


def pages(rows: tuple[PageRow, ...], cells: int, zone: tzinfo) -> list[Line]:
    """Every page with its tries and the providers' answers."""
    lines: list[Line] = []
    for page in rows:
        who = f"{page.user}, {page.contact}" if page.user else page.contact
        place = f"step {page.step}, round {page.round}" if page.step else page.kind
        rest = ", ".join((f"{place}  page {page.id}", *page.marks))
        state = cell(page.state, 11, _PAGE_TONES.get(page.state, Tone.WARN))
        lines.append(
            cut(
                line(quiet(f"  {times.clock(page.at, zone)}  "), state, f"{who}  ", quiet(rest)),
                cells,
            )
        )
        for number, attempt in enumerate(page.attempts, 1):
            took = (attempt.ended_at - attempt.started_at).total_seconds()
            said = f"            try {number}: {attempt.outcome.replace('_', ' ')} in {took:.1f} s  {attempt.answer}"
            lines.append(cut(line(quiet(said)), cells))
    return lines


def coming(row: IncidentRow, now: datetime, zone: tzinfo) -> list[Line]:
    """What happens next if nobody acts."""
    step = row.next
    if step is None or row.state == "resolved":
        return []
    left = times.countdown(step.at - now)
    when = "now" if left == "now" else f"in {left}"
    span = f"for {left} more" if left != "now" else "until now"
    who = people(step.users) if step.users else NOBODY
    said = {
        "escalate": f"next: {who} is paged {when} unless acknowledged",
        "repeat": f"next: the policy begins again with {who} {when} if nobody acknowledges",
        "exhaust": f"next: nobody is left {when}" + (f", {who} is paged" if step.users else ""),
        "wait": f"nobody is on call: {who} is paged when their turn begins, {times.until(step.at, now, zone)}",
        "ack_end": f"next: the acknowledgement ends {when}, then {who} is paged",
        "snooze_end": f"snoozed until {times.until(step.at, now, zone)}, then {who} is paged",
        "hold_end": f"held {span}, then {who} is paged",
        "maintenance_end": f"silent in maintenance {span}, then {who} is paged",
        "support_hours": f"next: support hours begin {when}, then {who} is paged",
    }.get(step.kind, f"next: {step.kind} {when}")
    return [line(quiet(f"  {times.clock(step.at, zone)}  "), Piece(said, Tone.ACCENT))]
