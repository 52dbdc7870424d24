"""The house itself: workers, deliveries, what was turned away, what is told beside pages, who changed what."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta, tzinfo
from typing import TYPE_CHECKING

from oncall_tui.tui.presenters import times
from oncall_tui.tui.presenters.line import EMPTY, Line, Piece, Tone, cell, column, cut, line, quiet, strong
from oncall_tui.tui.presenters.top import WORKER_DEAD_AFTER

if TYPE_CHECKING:
    from oncall_tui.ops.reading.house import House

BOOKS = ("workers", "deliveries", "rejected", "notices", "audit")
_TOPICS = "topics"
_STATES = {"delivered": Tone.GOOD, "failed": Tone.ALARM, "cancelled": Tone.QUIET, "given up": Tone.ALARM}


def books(house: House) -> tuple[str, ...]:
    """The books to list; topics only while one waits for its operator."""
    return (*BOOKS, _TOPICS) if house.topics else BOOKS


def header(cells: int) -> Line:
    """The names over the columns of `book_line`."""
    return cut(line(quiet("  Book          #  Now")), cells)


def book_line(book: str, house: House, now: datetime) -> Line:
    """One book: how many entries are shown, and what matters most about them now."""
    count, words, tone = _topics_now(house) if book == _TOPICS else _now(book, house, now)
    return (cell(f"  {book.capitalize()}", 12), cell(count, 5, right=True), Piece("  "), Piece(words, tone))


def _now(book: str, house: House, now: datetime) -> tuple[str, str, Tone]:
    match book:
        case "workers":
            alive = [one for one in house.watching.workers if now - one.seen_at <= WORKER_DEAD_AFTER]
            if house.red:
                return str(len(alive)), f"! {house.red[0]}", Tone.ALARM
            lag = house.watching.lag
            return str(len(alive)), f"all is well; pages leave within {_seconds(lag.p99)} (p99)", Tone.GOOD
        case "deliveries":
            waiting = sum(one.state in ("pending", "sending") for one in house.deliveries)
            failed = sum(one.state == "failed" for one in house.deliveries)
            vain = sum(one.state == "pending" and one.tries > 0 for one in house.deliveries)
            parts = ((failed, "failed"), (vain, "in vain so far"), (waiting - vain, "under way"))
            words = ", ".join(f"{count} {what}" for count, what in parts if count) or "none under way"
            return _count(house.deliveries), words, Tone.ALARM if failed else Tone.WARN if vain else Tone.QUIET
        case "rejected":
            words = house.rejected[0].reason if house.rejected else "none turned away"
            return _count(house.rejected), words, Tone.WARN if house.rejected else Tone.QUIET
        case "notices":
            words = house.notices[0].subject if house.notices else "none yet"
            return _count(house.notices), words, Tone.QUIET
        case _:
            words = house.changes[0].text or house.changes[0].action if house.changes else "none yet"
            return _count(house.changes), words, Tone.QUIET


def _topics_now(house: House) -> tuple[str, str, Tone]:
    return _count(house.topics), "wait until you confirm them: 'oncall integration confirm'", Tone.WARN


def _count(rows: tuple[object, ...]) -> str:
    return str(len(rows))


def book_detail(book: str, house: House, now: datetime, zone: tzinfo, cells: int) -> list[Line]:
    """The entries of one book, newest first."""
    lines = [line(strong(f" {book.capitalize()}")), *_entries(book, house, now, zone)]
    if len(lines) == 1:
        lines.append(line(quiet("  none")))
    return [cut(each, cells) for each in lines]


def _entries(book: str, house: House, now: datetime, zone: tzinfo) -> Iterator[Line]:
    match book:
        case "workers":
            yield from _workers(house, now)
        case "deliveries":
            for one in house.deliveries:
                took = f" in {one.took.total_seconds():.1f} s" if one.took is not None else ""
                tries = f", {one.tries} tries" if one.tries > 1 else ""
                yield (
                    column(f"  {_at(one.at, now, zone)}", 13, Tone.QUIET),
                    column(f"#{one.number}", 8),
                    column(f"{one.user}, {one.contact}" if one.user else one.contact, 20),
                    Piece(f"{one.state}{took}{tries}", _STATES.get(one.state, Tone.WARN)),
                    quiet(f"  {one.answer}" if one.state != "delivered" else ""),
                )
        case "rejected":
            yield from _rejected(house, now, zone)
        case "notices":
            for notice in house.notices:
                to = f"{notice.user}, {notice.contact}" if notice.user else notice.channel or ""
                yield (
                    column(f"  {_at(notice.due_at, now, zone)}", 13, Tone.QUIET),
                    column(to, 20),
                    column(notice.state, 10, _STATES.get(notice.state, Tone.WARN)),
                    Piece(notice.subject),
                )
        case "topics":
            yield from _topics(house, now, zone)
        case _:
            for change in house.changes:
                yield (
                    column(f"  {_at(change.at, now, zone)}", 13, Tone.QUIET),
                    column(f"{change.actor} ({change.via})", 18),
                    Piece(change.text or f"{change.action} {change.object}"),
                )


def _rejected(house: House, now: datetime, zone: tzinfo) -> Iterator[Line]:
    for post in house.rejected:
        yield line(
            column(f"  {_at(post.received_at, now, zone)}", 13, Tone.QUIET), column(post.source, 16), post.reason
        )
        yield line(quiet(f"             {post.path}  {post.sample}"))


def _topics(house: House, now: datetime, zone: tzinfo) -> Iterator[Line]:
    for topic in house.topics:
        yield line(
            column(f"  {_at(topic.asked_at, now, zone)}", 13, Tone.QUIET), column(topic.integration, 16), topic.arn
        )


def _workers(house: House, now: datetime) -> Iterator[Line]:
    for words in house.red:
        yield line(Piece(f"  ! {words}", Tone.ALARM))
    seen = house.watching
    yield line(quiet("  due → sent, last hour: "), f"p50 {_seconds(seen.lag.p50)}, p99 {_seconds(seen.lag.p99)}")
    unsent = f"{times.age(now - seen.oldest_unsent_at)} old" if seen.oldest_unsent_at is not None else "none"
    yield line(quiet("  oldest unsent page: "), unsent, quiet(f"   mended by self-audits: {seen.mended}"))
    for worker in seen.workers:
        alive = now - worker.seen_at <= WORKER_DEAD_AFTER
        yield EMPTY
        yield line(
            Piece("  ● " if alive else "  ! ", Tone.GOOD if alive else Tone.ALARM),
            column(f"{worker.host}, process {worker.pid}", 34),
            quiet(f"seen {times.age(now - worker.seen_at)} ago, up {times.age(now - worker.started_at)}"),
        )
        audited = f"audited {times.age(now - worker.audited_at)} ago" if worker.audited_at else "not audited yet"
        ping = f", dead-man ping {times.age(now - worker.pinged_at)} ago" if worker.pinged_at else ""
        yield line(quiet(f"    {worker.version}   {audited}{ping}"))


def _at(at: datetime, now: datetime, zone: tzinfo) -> str:
    if timedelta(0) <= now - at < timedelta(hours=20):
        return times.clock(at, zone)
    return times.until(at, now, zone)


def _seconds(value: float | None) -> str:
    return f"{value:.1f} s" if value is not None else "—"
