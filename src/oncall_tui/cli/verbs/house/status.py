"""How the house itself does, and what it has to tell beside pages."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import click

from oncall_tui.cli.frame.flags import Verb, said
from oncall_tui.cli.frame.opening import session_of_flags
from oncall_tui.cli.frame.printing import remark, say, say_json, table
from oncall_tui.domain.time.durations import short_span
from oncall_tui.domain.time.walltime import format_instant

if TYPE_CHECKING:
    from datetime import datetime

    from oncall_tui.ops.reading.notices import NoticeRow
    from oncall_tui.ops.reading.rows import WorkerRow
    from oncall_tui.ops.watching import Watching

RED = 1


@click.command(cls=Verb)
def status() -> None:
    """Tell whether pages go out: workers, lag, the oldest unsent page, self-audits, dead-man; status 1 when red."""
    from oncall_tui.ops.watching import red, watching

    with session_of_flags() as session:
        # By the database's clock, which the workers' own times follow.
        seen = watching(session, session.store.database_now())
        wrong = red(seen, timedelta(seconds=session.settings.audit_every))
    if said().json:
        say_json(_shape(seen, wrong))
    else:
        _print(seen, wrong)
    if wrong:
        raise click.exceptions.Exit(RED)


@click.command(cls=Verb)
@click.option("--unfinished", is_flag=True, help="Only what is still to be sent.")
@click.option("--limit", type=click.IntRange(1, 1000), default=50, show_default=True)
def notices(unfinished: bool, limit: int) -> None:
    """List what is told beside pages: handoffs, changed shifts, codes, updates; the newest first."""
    from oncall_tui.ops.reading.notices import notices as listed

    with session_of_flags() as session:
        found = listed(session, limit=limit, unfinished=unfinished)
    if said().json:
        say_json({"notices": [_notice_shape(one) for one in found]})
        return
    table(
        ("No.", "Due", "Kind", "To", "Subject", "State", "Last answer"),
        [
            (
                str(one.number),
                format_instant(one.due_at),
                one.kind,
                f"{one.user}, {one.contact}" if one.user else one.channel or "—",
                one.subject,
                one.state,
                one.attempts[-1].answer if one.attempts else "—",
            )
            for one in found
        ],
        right={0},
    )
    if not found:
        remark("there is nothing to send" if unfinished else "nothing was told yet")


def _print(seen: Watching, wrong: tuple[str, ...]) -> None:
    for words in wrong:
        say(f"red: {words}")
    if not wrong:
        say("all is well")
    lag = "no page in the last hour"
    if seen.lag.p50 is not None and seen.lag.p99 is not None:
        lag = f"p50 {seen.lag.p50:.3f} s, p99 {seen.lag.p99:.3f} s over {seen.lag.pages} pages"
    unsent = "none"
    if seen.oldest_unsent_at is not None:
        unsent = f"made {_since(seen.oldest_unsent_at, seen.at)}"
    say(f"lag: {lag}")
    say(f"oldest unsent page: {unsent}")
    say(f"mended by self-audits: {seen.mended}")
    table(
        ("Worker", "Seen", "Engine", "Delivery", "Audited", "Dead-man"),
        [
            (
                one.id,
                _since(one.seen_at, seen.at),
                _since(one.engine_looked_at, seen.at),
                _since(one.delivery_looked_at, seen.at),
                _since(one.audited_at, seen.at),
                _since(one.pinged_at, seen.at),
            )
            for one in seen.workers
        ],
    )


def _since(at: datetime | None, now: datetime) -> str:
    return "—" if at is None else f"{short_span(max(now - at, timedelta()))} ago"


def _shape(seen: Watching, wrong: tuple[str, ...]) -> dict[str, Any]:
    from oncall_tui.ops.watching import is_alive

    return {
        "at": format_instant(seen.at),
        "ok": not wrong,
        "red": list(wrong),
        "lag": {"pages": seen.lag.pages, "p50": seen.lag.p50, "p99": seen.lag.p99},
        "oldest_unsent_at": _instant(seen.oldest_unsent_at),
        "mended": seen.mended,
        "workers": [{**_worker_shape(one), "alive": is_alive(one, seen.at)} for one in seen.workers],
    }


def _worker_shape(one: WorkerRow) -> dict[str, Any]:
    return {
        "id": one.id,
        "host": one.host,
        "pid": one.pid,
        "version": one.version,
        "started_at": format_instant(one.started_at),
        "seen_at": format_instant(one.seen_at),
        "engine_looked_at": _instant(one.engine_looked_at),
        "delivery_looked_at": _instant(one.delivery_looked_at),
        "audited_at": _instant(one.audited_at),
        "audit": one.audit,
        "mended": one.mended,
        "pinged_at": _instant(one.pinged_at),
        "ping_failure": one.ping_failure,
    }


def _notice_shape(one: NoticeRow) -> dict[str, Any]:
    return {
        "number": one.number,
        "kind": one.kind,
        "user": one.user,
        "contact": one.contact,
        "channel": one.channel,
        "subject": one.subject,
        "body": one.body,
        "state": one.state,
        "due_at": format_instant(one.due_at),
        "expires_at": format_instant(one.expires_at),
        "finished_at": _instant(one.finished_at),
        "attempts": [
            {"at": format_instant(attempt.started_at), "outcome": attempt.outcome, "answer": attempt.answer}
            for attempt in one.attempts
        ],
    }


def _instant(at: datetime | None) -> str | None:
    return None if at is None else format_instant(at)
